"""What may be asked about banks: all of them, one as a table, one item with its history, what somebody is writing."""

from pintar.assessment.queries.bank.banks import BankLine, banks
from pintar.assessment.queries.bank.blueprints import BlueprintPage, blueprint_page, field_of
from pintar.assessment.queries.bank.forms import FormsPage, forms_page
from pintar.assessment.queries.bank.imports import (
    ImportPage,
    QuestionPage,
    exported,
    faults_of,
    import_page,
    question_page,
)
from pintar.assessment.queries.bank.items import (
    EditorPage,
    ItemPage,
    VersionPage,
    editor_page,
    fields_to_translate,
    item_page,
    version_page,
)
from pintar.assessment.queries.bank.listing import PAGE, BankPage, DraftLine, Filters, ItemLine, bank_page
from pintar.assessment.queries.bank.previews import Preview, preview

__all__ = [
    "PAGE",
    "BankLine",
    "BankPage",
    "BlueprintPage",
    "DraftLine",
    "EditorPage",
    "Filters",
    "FormsPage",
    "ImportPage",
    "ItemLine",
    "ItemPage",
    "Preview",
    "QuestionPage",
    "VersionPage",
    "bank_page",
    "banks",
    "blueprint_page",
    "editor_page",
    "exported",
    "faults_of",
    "field_of",
    "fields_to_translate",
    "forms_page",
    "import_page",
    "item_page",
    "preview",
    "question_page",
    "version_page",
]
