"""What may be asked about tests: the facts of sittings, whether one may begin, and one page object a page."""

from pintar.assessment.queries.facts import (
    IndicatorResult,
    Shape,
    SittingFacts,
    limits_of,
    may_open,
    person_of,
    rule_of,
    shape_of,
    sittings,
    sittings_of,
)
from pintar.assessment.queries.held import HeldFacts, Late, held
from pintar.assessment.queries.papers import SittingPage, lease_document, paper_document, sitting_page
from pintar.assessment.queries.results import ResultPage, result_document, result_page
from pintar.assessment.rules import Context, Opening

__all__ = [
    "Context",
    "HeldFacts",
    "IndicatorResult",
    "Late",
    "Opening",
    "ResultPage",
    "Shape",
    "SittingFacts",
    "SittingPage",
    "held",
    "lease_document",
    "limits_of",
    "may_open",
    "paper_document",
    "person_of",
    "result_document",
    "result_page",
    "rule_of",
    "shape_of",
    "sitting_page",
    "sittings",
    "sittings_of",
]
