"""Tables of this room: sittings with the editions they are pinned to, and the bank that outlives them."""

from pintar.assessment.models.forms import FormItem, FormSet
from pintar.assessment.models.items import (
    BankTally,
    Blueprint,
    EnemyPair,
    Item,
    ItemDraft,
    ItemImport,
    ItemStep,
    ItemVersion,
)
from pintar.assessment.models.scale import Calibration, ItemDoubt, ItemSums, ScaleItem
from pintar.assessment.models.sittings import (
    ANONYMOUS,
    Bank,
    ExtraTime,
    HeldOperation,
    HeldReview,
    ItemKey,
    Operation,
    OperationFields,
    Sitting,
)
from pintar.assessment.models.standards import CohortCuts, EditionCuts, Judging, Panel, Standard

__all__ = [
    "ANONYMOUS",
    "Bank",
    "BankTally",
    "Blueprint",
    "Calibration",
    "CohortCuts",
    "EditionCuts",
    "EnemyPair",
    "ExtraTime",
    "FormItem",
    "FormSet",
    "HeldOperation",
    "HeldReview",
    "Item",
    "ItemDoubt",
    "ItemDraft",
    "ItemImport",
    "ItemKey",
    "ItemStep",
    "ItemSums",
    "ItemVersion",
    "Judging",
    "Operation",
    "OperationFields",
    "Panel",
    "ScaleItem",
    "Sitting",
    "Standard",
]
