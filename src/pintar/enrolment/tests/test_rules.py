"""The decision, without a database."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from pintar.enrolment import rules
from pintar.enrolment.rules import (
    AllocationFacts,
    BatchFacts,
    Conditions,
    CourseAsked,
    PersonFacts,
    SeatFacts,
    UnitAsked,
    Verdict,
)

TEACHER = PersonFacts(
    name="Siti Aminah",
    profession="guru",
    employment="pns",
    unit_name="MAN 2 Kota Semarang",
    unit_path="/1/5/33/",
    regency="33.74",
    province="33",
    has_identifier=True,
    has_email=True,
    email_verified=True,
)


def batch(now: datetime, **changes: object) -> BatchFacts:
    return replace(
        BatchFacts(
            id=1,
            uid=UUID(int=1),
            key="kelas-rangkap-5",
            number=5,
            title="Angkatan 5",
            course_slug="kelas-rangkap",
            edition=UUID(int=2),
            period_id=1,
            period_key="2026-iv",
            period_title="Periode IV 2026",
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=1),
            starts_at=now + timedelta(days=2),
            until_at=now + timedelta(days=10),
            quota=2000,
            taken=1188,
            set_aside=0,
            set_aside_taken=0,
            filled_at=None,
            withdrawn_at=None,
            conditions=Conditions(),
            allocations=(),
        ),
        **changes,
    )


def seat(of: BatchFacts, now: datetime) -> SeatFacts:
    return SeatFacts(7, UUID(int=7), "DFT-5-3M8T-60RW", 3, of, now, None, 1189, rules.PLEDGE.version)


def test_an_open_batch_admits_whom_it_asks_for(now: datetime) -> None:
    asked = Conditions(professions=("guru", "dosen"), full_identity=True)
    admission = rules.decide_admission(batch(now, conditions=asked), TEACHER, (), now)
    assert admission.allowed
    assert [check.reason.code for check in admission.checks] == ["profession_met", "identity_met"]
    assert admission.pools == (None,)


def test_the_window_opens_and_closes_on_the_second(now: datetime) -> None:
    facts = batch(now)
    second = timedelta(seconds=1)
    verdicts = {
        at: rules.decide_admission(facts, TEACHER, (), at).verdict
        for at in (facts.opens_at - second, facts.opens_at, facts.closes_at - second, facts.closes_at)
    }
    assert list(verdicts.values()) == [Verdict.SOON, Verdict.OPEN, Verdict.OPEN, Verdict.CLOSED]


@pytest.mark.parametrize(
    ("asked", "person", "code"),
    [
        (Conditions(professions=("dosen",)), TEACHER, "profession"),
        (Conditions(employments=("pppk",)), TEACHER, "employment"),
        (Conditions(units=(UnitAsked(3, "kanwil", "Kanwil Jawa Timur"),)), TEACHER, "unit"),
        (Conditions(regions=("53.04", "94")), TEACHER, "region"),
        (Conditions(regions=("33.74",)), replace(TEACHER, regency="", province=""), "region"),
        (Conditions(prerequisites=(CourseAsked("dasar", "Dasar"),)), TEACHER, "prerequisite"),
        (Conditions(full_identity=True), replace(TEACHER, has_identifier=False), "identity"),
        (Conditions(full_identity=True), replace(TEACHER, email_verified=False), "identity"),
        (Conditions(), replace(TEACHER, has_identifier=False, has_email=False), "identity"),
        (Conditions(), replace(TEACHER, name="  "), "identity"),
    ],
)
def test_each_condition_refuses_with_its_own_reason(
    now: datetime, asked: Conditions, person: PersonFacts, code: str
) -> None:
    admission = rules.decide_admission(batch(now, conditions=asked), person, (), now)
    assert admission.verdict is Verdict.INELIGIBLE
    assert [why.code for why in admission.reasons] == [code]


@pytest.mark.parametrize(
    "asked",
    [
        Conditions(professions=("dosen", "guru")),
        Conditions(units=(UnitAsked(5, "kanwil-jateng", "Kanwil Jawa Tengah"),)),
        Conditions(units=(UnitAsked(33, "man-2", "MAN 2"),)),
        Conditions(regions=("33.74",)),
        Conditions(regions=("33",)),
        Conditions(prerequisites=(CourseAsked("dasar", "Dasar"),)),
        Conditions(full_identity=True),
    ],
)
def test_each_condition_is_met_by_whom_it_means(now: datetime, asked: Conditions) -> None:
    person = replace(TEACHER, completed=frozenset({"dasar"}))
    assert rules.decide_admission(batch(now, conditions=asked), person, (), now).allowed


def test_a_unit_is_not_mistaken_for_one_whose_number_begins_alike(now: datetime) -> None:
    asked = Conditions(units=(UnitAsked(3, "lain", "Lain"),))  # the path holds 33, not 3
    assert not rules.decide_admission(batch(now, conditions=asked), TEACHER, (), now).allowed


def test_every_obstacle_is_named_at_once(now: datetime) -> None:
    asked = Conditions(professions=("dosen",), regions=("94",), full_identity=True)
    admission = rules.decide_admission(batch(now, conditions=asked), replace(TEACHER, email_verified=False), (), now)
    assert [why.code for why in admission.reasons] == ["profession", "region", "identity"]


def test_one_who_has_a_seat_here_is_seated_whatever_changed_since(now: datetime) -> None:
    facts = batch(now, conditions=Conditions(professions=("dosen",)), taken=2000, withdrawn_at=now)
    admission = rules.decide_admission(facts, TEACHER, (seat(facts, now),), now)
    assert admission.verdict is Verdict.SEATED
    assert admission.seat == seat(facts, now)


def test_a_seat_elsewhere_in_the_period_may_be_exchanged(now: datetime) -> None:
    held = seat(batch(now, id=2, course_slug="lain", key="lain-1"), now)
    admission = rules.decide_admission(batch(now), TEACHER, (held,), now)
    assert (admission.verdict, admission.seat, admission.changeable) == (Verdict.ELSEWHERE, held, True)
    assert admission.reasons[0].data["seat"] == str(held.uid)


def test_a_seat_in_another_period_is_no_obstacle(now: datetime) -> None:
    held = seat(batch(now, id=2, period_id=2), now)
    assert rules.decide_admission(batch(now), TEACHER, (held,), now).allowed


def test_a_seat_of_a_completed_training_cannot_be_exchanged(now: datetime) -> None:
    held = seat(batch(now, id=2, course_slug="lain"), now)
    person = replace(TEACHER, completed=frozenset({"lain"}))
    admission = rules.decide_admission(batch(now), person, (held,), now)
    assert (admission.verdict, admission.changeable) == (Verdict.ELSEWHERE, False)
    why = rules.why_kept(held, person, now)
    assert why is not None and why.code == "seat_completed"


def test_a_seat_whose_study_is_over_cannot_be_given_back(now: datetime) -> None:
    held = seat(batch(now), now)
    assert rules.why_kept(held, TEACHER, held.batch.until_at - timedelta(seconds=1)) is None
    why = rules.why_kept(held, TEACHER, held.batch.until_at)
    assert why is not None and why.code == "batch_over"


def test_a_full_batch_is_full_even_for_one_who_could_exchange(now: datetime) -> None:
    held = seat(batch(now, id=2), now)
    assert rules.decide_admission(batch(now, taken=2000), TEACHER, (held,), now).verdict is Verdict.FULL


def test_seats_set_aside_are_taken_first_and_only_by_whom_they_are_for(now: datetime) -> None:
    remote = AllocationFacts(9, "Daerah 3T", Conditions(regions=("94",)), quota=100, taken=40)
    facts = batch(now, quota=300, taken=240, set_aside=100, set_aside_taken=40, allocations=(remote,))
    papuan = replace(TEACHER, regency="94.12", province="94")
    assert facts.left == 60 and facts.left_for_anyone == 0
    assert rules.decide_admission(facts, TEACHER, (), now).verdict is Verdict.FULL
    assert rules.decide_admission(facts, papuan, (), now).pools == (9,)
    roomy = replace(facts, taken=239)
    assert rules.decide_admission(roomy, papuan, (), now).pools == (9, None)
    assert rules.decide_admission(roomy, TEACHER, (), now).pools == (None,)


def test_conditions_survive_being_stored() -> None:
    asked = Conditions(
        professions=("guru",),
        employments=("pns", "pppk"),
        units=(UnitAsked(5, "kanwil", "Kanwil"),),
        regions=("94",),
        regions_title="daerah 3T",
        prerequisites=(CourseAsked("dasar", "Dasar"),),
        full_identity=True,
    )
    assert Conditions.from_json(asked.to_json()) == asked
    assert Conditions().to_json() == {} and Conditions.from_json({}) == Conditions()


def test_a_stranger_sees_the_conditions_without_a_verdict(now: datetime) -> None:
    asked = rules.asked(Conditions(professions=("guru",), regions=("94",)))
    assert [why.code for why in asked] == ["profession_asked", "region_asked", "identity_asked"]
    admission = rules.decide_admission(batch(now), None, (), now)
    assert admission.verdict is Verdict.OPEN and admission.checks == ()


def test_the_last_twentieth_is_scarce(now: datetime) -> None:
    scarce = [batch(now, quota=100, taken=taken).is_scarce for taken in (94, 95, 99, 100)]
    assert scarce == [False, True, True, False]
