"""When the rule is tried: after everything that could settle it, and when a window is over."""

from collections.abc import Sequence
from datetime import datetime

from pintar.assessment.events import HeldAnswersReviewed, SittingScored
from pintar.enrolment.events import BatchChanged, SeatGivenBack, SeatTaken
from pintar.foundation import clock
from pintar.foundation.ledger import Recorded, handles
from pintar.foundation.schedule import every
from pintar.graduation import actions
from pintar.learning.events import LessonCompleted, SurveyHandedIn


@handles(LessonCompleted, SittingScored, SurveyHandedIn)
def decide_graduations(events: Sequence[Recorded[LessonCompleted | SittingScored | SurveyHandedIn]]) -> None:
    # A sitting's context is the uid of the seat that it was opened for.
    seats = {each.what.context if isinstance(each.what, SittingScored) else each.what.seat for each in events}
    actions.decide(seats=seats, now=clock.now())


@handles(HeldAnswersReviewed)
def count_late_answers(events: Sequence[Recorded[HeldAnswersReviewed]]) -> None:
    """Their sitting was scored anew; a window that was over meanwhile does not stand against that."""
    actions.reconsider(seats={each.what.context for each in events if each.what.accepted}, now=clock.now())


@handles(SeatTaken)
def begin_graduations(events: Sequence[Recorded[SeatTaken]]) -> None:
    actions.begin(seats={each.what.seat for each in events})


@handles(SeatGivenBack)
def forget_graduations(events: Sequence[Recorded[SeatGivenBack]]) -> None:
    actions.forget_seats(seats={each.what.seat for each in events})


@handles(BatchChanged)
def reopen_graduations(events: Sequence[Recorded[BatchChanged]]) -> None:
    actions.reopen(batches={each.what.batch for each in events}, now=clock.now())


@every(seconds=60)
def close_windows(now: datetime) -> None:
    actions.close_windows(now=now)
