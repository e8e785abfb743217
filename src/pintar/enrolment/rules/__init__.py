"""What is allowed and why not: conditions of a batch, and the decision whether a person may take a seat in it."""

from pintar.enrolment.rules.admission import Admission, decide_admission, pools_for, why_kept, why_not
from pintar.enrolment.rules.batches import (
    LARGEST_QUOTA,
    PLEDGE,
    SCARCE,
    AllocationFacts,
    BatchFacts,
    Pledge,
    SeatFacts,
    Verdict,
)
from pintar.enrolment.rules.conditions import (
    EMPLOYMENTS,
    PROFESSIONS,
    ROOM,
    Check,
    Conditions,
    CourseAsked,
    PersonFacts,
    UnitAsked,
    asked,
    check_all,
)

__all__ = [
    "EMPLOYMENTS",
    "LARGEST_QUOTA",
    "PLEDGE",
    "PROFESSIONS",
    "ROOM",
    "SCARCE",
    "Admission",
    "AllocationFacts",
    "BatchFacts",
    "Check",
    "Conditions",
    "CourseAsked",
    "PersonFacts",
    "Pledge",
    "SeatFacts",
    "UnitAsked",
    "Verdict",
    "asked",
    "check_all",
    "decide_admission",
    "pools_for",
    "why_kept",
    "why_not",
]
