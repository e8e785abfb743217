"""A learner who goes through a training as people do: step by step, in plausible time, with some mistakes."""

from datetime import datetime, timedelta
from uuid import UUID

from pintar.assessment import actions as tests
from pintar.assessment import kept, model_answers
from pintar.assessment.actions import OpIn
from pintar.enrolment import actions as enrolment
from pintar.enrolment import queries as seats
from pintar.foundation import ids
from pintar.learning import actions as learning
from pintar.learning import queries as studies
from pintar.people.queries import Person

READING_PACE = timedelta(minutes=8)
PAUSE = timedelta(minutes=7)
# Share of items answered rightly, by kind of test: little at first, enough in the end.
KNOWS = {"pretest": 0.45, "quiz": 1.0, "posttest": 0.85}


class Walk:
    """`begin` is when the learner opens the training first; time goes on with every step."""

    def __init__(self, person: Person | None, batch_key: str, begin: datetime):
        assert person is not None
        self.person, self.batch_key, self.now = person, batch_key, begin
        self.seat: UUID

    def take_seat(self, at: datetime) -> None:
        seat = enrolment.take_seat(
            person=self.person, batch_key=self.batch_key, pledge=True, by=self.person.uid, now=at
        )
        self.seat = seat.uid
        learning.begin_study(seat=seats.seats([seat.uid])[seat.uid], now=at)

    def go(self, until: str = "") -> None:
        """Step by step to the end, or until the step with this key, or the first of this kind, is next."""
        for _ in range(100):
            view = studies.study_view(self.person.id, self.batch_key, self.now)
            step = view.next_step if view else None
            if step is None or until in (step.line.key, step.line.kind):
                return
            self._take(step.line.key, step.line.kind)
            self.now += PAUSE

    def _take(self, key: str, kind: str) -> None:
        if kind == "lesson":
            self.read(key)
        elif kind == "survey":
            self._answer_survey()
        else:
            self.sit(key, KNOWS[kind])

    def read(self, key: str) -> None:
        view = studies.study_view(self.person.id, self.batch_key, self.now)
        assert view is not None
        entry = view.edition.entry(key)
        assert entry and entry.lesson
        reading = entry.lesson.form("reading")
        assert reading is not None
        half = reading.paragraphs // 2
        for share in ([], [[0, half]], [[half, reading.paragraphs]]):
            learning.record_progress(
                person=self.person, seat=self.seat, lesson=key, form="reading", ranges=share, position=None,
                op_id=str(ids.uid()), by=self.person.uid, now=self.now,
            )  # fmt: skip
            self.now += READING_PACE

    def sit(self, key: str, knows: float, *, hands_in: bool = True) -> UUID:
        """Begin a test, answer this share of its items, all rightly, and hand it in."""
        sitting = learning.start_sitting(person=self.person, seat=self.seat, test=key, by=self.person.uid, now=self.now)
        paper = kept.paper(sitting, self.person.id)
        known = round(len(paper.items) * knows)
        ops = [
            OpIn(op_id=ids.uid(), seq=number, item=item, answers=True, value=model_answers.right_value(paper, item))
            for number, item in enumerate(paper.items[:known], start=1)
        ]
        self.now += PAUSE
        lease = tests.take_lease(person=self.person, sitting=sitting, by=self.person.uid, now=self.now)
        tests.record_answers(
            person=self.person, sitting=sitting, lease=lease, ops=ops, by=self.person.uid, now=self.now
        )
        if hands_in:
            tests.hand_in(person=self.person, sitting=sitting, by=self.person.uid, now=self.now)
        return sitting

    def _answer_survey(self) -> None:
        view = studies.study_view(self.person.id, self.batch_key, self.now)
        assert view is not None
        answers = {
            question["key"]: 4 if question["type"] == "scale" else "Contohnya dekat dengan kelas saya."
            for question in view.survey
        }
        learning.hand_in_survey(person=self.person, seat=self.seat, answers=answers, by=self.person.uid, now=self.now)
