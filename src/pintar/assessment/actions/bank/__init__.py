"""What can be done in a bank: write items and versions, keep what is being written, take steps, name enemies."""

from pintar.assessment.actions.bank.assembling import approve_forms, ask_forms, assemble_forms, drop_forms, try_items
from pintar.assessment.actions.bank.blueprints import write_blueprint
from pintar.assessment.actions.bank.drafts import begin_draft, drop_draft, keep_draft
from pintar.assessment.actions.bank.enemies import name_enemies
from pintar.assessment.actions.bank.exposure import count_exposure
from pintar.assessment.actions.bank.importing import bring_file, mend_question, take_in, undo_import
from pintar.assessment.actions.bank.stepping import take_step
from pintar.assessment.actions.bank.writing import Written, restore_version, write_item

__all__ = [
    "Written",
    "approve_forms",
    "ask_forms",
    "assemble_forms",
    "begin_draft",
    "bring_file",
    "count_exposure",
    "drop_draft",
    "drop_forms",
    "keep_draft",
    "mend_question",
    "name_enemies",
    "restore_version",
    "take_in",
    "take_step",
    "try_items",
    "undo_import",
    "write_blueprint",
    "write_item",
]
