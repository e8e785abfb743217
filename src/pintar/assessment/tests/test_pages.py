"""The pages of a sitting as a plain browser uses them, without script."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from pintar.assessment import actions, kept, queries
from pintar.assessment.models import Operation, Sitting
from pintar.assessment.queries.papers import Gap
from pintar.assessment.tests import builders, items
from pintar.courses.queries import Edition
from pintar.foundation import clock
from pintar.people.queries import Person
from pintar.people.tests.builders import make_person, sign_in


@pytest.fixture
def sitting(edition: Edition, person: Person, client: Client) -> UUID:
    sign_in(client, person)
    return builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())


def right_form(page: queries.SittingPage, number: int, person: Person) -> dict[str, Any]:
    """The fields that answer a question rightly."""
    question = page.at(number)
    value = builders.right_value(kept.paper(page.uid, person.id), question.key)
    fields: dict[str, Any] = {"soal": number, "lease": page.lease}
    match question.type:
        case "truefalse":
            fields[question.field] = "true" if value else "false"
        case "matching":
            fields |= {row.field: value[row.id] for row in question.rows}
        case "ordering":
            fields |= {row.field: value.index(row.id) + 1 for row in question.rows}
        case "cloze":
            fields |= {part.field: value[part.id] for part in question.parts if isinstance(part, Gap)}
        case _:
            fields[question.field] = value
    return fields


def test_every_type_is_answered_by_a_plain_form(sitting: UUID, person: Person, client: Client) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    for number in range(1, 9):
        html = client.get(f"/tes/{sitting}/?soal={number}").content.decode()
        for field in right_form(page, number, person):
            assert f'name="{field}"' in html
        asked = right_form(page, number, person) | {"ke": number + 1}
        response = client.post(f"/tes/{sitting}/", asked)
        assert response.status_code == 303
        assert response["Location"] == f"/tes/{sitting}/?soal={min(number + 1, 8)}"
    assert client.post(f"/tes/{sitting}/tinjau/")["Location"] == f"/tes/{sitting}/bukti/"
    row = Sitting.objects.get(uid=sitting)
    assert (row.got, row.of, row.passed) == (15, 15, True)


def test_a_plain_form_flags_clears_and_goes_to_the_review(sitting: UUID, person: Person, client: Client) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    fields = right_form(page, 6, person)
    flagged = client.post(f"/tes/{sitting}/", fields | {"ragu": 1})
    assert flagged["Location"].endswith("?soal=6")
    question = queries.sitting_page(sitting, person.id, clock.now()).at(6)
    assert (question.answered, question.flag) == (True, True)
    client.post(f"/tes/{sitting}/", fields | {"clear": 1})
    question = queries.sitting_page(sitting, person.id, clock.now()).at(6)
    assert (question.answered, question.flag) == (False, True)
    assert client.post(f"/tes/{sitting}/", {**fields, "tinjau": 1})["Location"] == f"/tes/{sitting}/tinjau/"
    review = client.get(f"/tes/{sitting}/tinjau/").content.decode()
    assert 'data-jumlah="answered">1<' in review
    assert "Soal 6, ragu" in review


def test_the_same_form_twice_is_one_operation(sitting: UUID, person: Person, client: Client) -> None:
    fields = right_form(queries.sitting_page(sitting, person.id, clock.now()), 1, person)
    for _ in range(2):
        client.post(f"/tes/{sitting}/", fields | {"ke": 2})
    assert Operation.objects.count() == 1


def test_another_device_keeps_what_was_typed_until_it_is_taken_back(
    sitting: UUID, person: Person, client: Client
) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    actions.take_lease(person=person, sitting=sitting, by=person.uid, now=clock.now())
    response = client.post(f"/tes/{sitting}/", right_form(page, 2, person) | {"ke": 3})
    assert response.status_code == 409
    assert not Operation.objects.exists()
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    kept_fields: dict[str, list[str]] = {}
    for name, text in hidden:
        kept_fields.setdefault(name, []).append(text)
    again = client.post(f"/tes/{sitting}/perangkat/", kept_fields)
    assert again["Location"] == f"/tes/{sitting}/?soal=3"
    assert queries.sitting_page(sitting, person.id, clock.now()).at(2).answered


def test_when_time_is_up_the_page_only_hands_in(sitting: UUID, person: Person, client: Client) -> None:
    Sitting.objects.update(deadline=clock.now() - timedelta(seconds=1))
    html = client.get(f"/tes/{sitting}/").content.decode()
    assert "Waktu habis" in html
    assert 'name="q1"' not in html
    assert Sitting.objects.get(uid=sitting).closed_at is None, "looking changes nothing"
    client.post(f"/tes/{sitting}/tinjau/")
    assert Sitting.objects.get(uid=sitting).closed_at is not None


def test_a_plain_answer_that_comes_too_late_is_held_and_said(sitting: UUID, person: Person, client: Client) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    Sitting.objects.update(deadline=clock.now() - timedelta(minutes=10))
    response = client.post(f"/tes/{sitting}/", right_form(page, 1, person) | {"ke": 2}, follow=True)
    assert "datang terlambat" in response.content.decode()


def test_an_open_sitting_has_no_receipt_and_a_closed_one_no_questions(
    sitting: UUID, person: Person, client: Client
) -> None:
    assert client.get(f"/tes/{sitting}/bukti/")["Location"] == f"/tes/{sitting}/"
    client.post(f"/tes/{sitting}/tinjau/")
    for address in (f"/tes/{sitting}/", f"/tes/{sitting}/tinjau/"):
        assert client.get(address)["Location"] == f"/tes/{sitting}/bukti/"


def test_the_receipt_shows_score_cut_and_indicators_but_no_key_of_a_posttest(
    sitting: UUID, person: Person, client: Client
) -> None:
    builders.answer(person, sitting, clock.now(), right=4)
    client.post(f"/tes/{sitting}/tinjau/")
    html = client.get(f"/tes/{sitting}/bukti/").content.decode()
    row = Sitting.objects.get(uid=sitting)
    assert "Belum lulus tes akhir" in html
    assert "7 dari 15 poin" in html
    assert "batas paket ini 11" in html
    assert "Belum pasti" in html
    assert row.receipt in html
    assert re.fullmatch(r"TA1-[0-9A-Z]{4}-[0-9A-Z]{4}", row.receipt)
    assert items.CANARY not in html


def test_a_quiz_explains_after_closing(edition: Edition, person: Person, client: Client) -> None:
    sign_in(client, person)
    quiz = builders.open_sitting(person, edition.uid, builders.QUIZZES[0], clock.now())
    client.post(f"/tes/{quiz}/tinjau/")
    html = client.get(f"/tes/{quiz}/bukti/").content.decode()
    assert f"{items.CANARY} umum" in html
    assert "belum tuntas" in html


@pytest.mark.parametrize("address", ["", "tinjau/", "bukti/"])
def test_a_foreign_sitting_is_a_page_that_is_not_there(
    sitting: UUID, person: Person, client: Client, address: str
) -> None:
    sign_in(client, make_person("Budi"))
    assert client.get(f"/tes/{sitting}/{address}").status_code == 404
    if address != "bukti/":
        assert client.post(f"/tes/{sitting}/{address}", {"soal": "1"}).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "9" * 50, "１", "", "\0"])
def test_any_number_in_the_address_is_some_question(sitting: UUID, client: Client, number: str) -> None:
    assert client.get(f"/tes/{sitting}/", {"soal": number}).status_code == 200
    assert client.post(f"/tes/{sitting}/", {"soal": number, "ke": number}).status_code in (303, 409)


HOSTILE = ["\0", "🙂" * 500, "x" * 5000, "<script>", "o1", "\x1b"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_are_refused_or_kept_and_never_break(
    sitting: UUID, person: Person, client: Client, text: str
) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    for number in range(1, 9):
        fields = {name: text for name in right_form(page, number, person) if name.startswith("q")}
        response = client.post(f"/tes/{sitting}/", {**fields, "soal": number, "lease": page.lease, "ke": 1})
        assert response.status_code in (303, 422)


@pytest.mark.parametrize("times", [1, 3])
def test_pages_keep_to_their_queries_with_few_items_and_with_many(
    times: int, person: Person, client: Client, now: datetime, django_assert_max_num_queries: Any
) -> None:
    edition = builders.publish_all_types(now, times=times, slug=f"latihan-{times}")
    sign_in(client, person)
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())
    builders.answer(person, sitting, clock.now())
    client.get(f"/tes/{sitting}/")
    for address in (f"/tes/{sitting}/", f"/tes/{sitting}/?soal=3", f"/tes/{sitting}/tinjau/"):
        with django_assert_max_num_queries(3):
            assert client.get(address).status_code == 200
    actions.hand_in(person=person, sitting=sitting, by=person.uid, now=clock.now())
    with django_assert_max_num_queries(3):
        assert client.get(f"/tes/{sitting}/bukti/").status_code == 200


def test_the_whole_paper_of_fifty_items_stays_under_its_budget(person: Person, client: Client, now: datetime) -> None:
    edition = builders.publish_all_types(now, times=6)
    sign_in(client, person)
    sitting = builders.open_sitting(person, edition.uid, "tes-akhir", clock.now())
    response = client.get(f"/tes/{sitting}/", headers={"Accept-Encoding": "br"})
    assert response["Content-Encoding"] == "br"
    assert len(response.content) <= 60_000
    assert response.wsgi_request.path.startswith("/tes/")


def test_the_service_worker_may_look_after_the_whole_site(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Service-Worker-Allowed"] == "/"
    assert response["Content-Type"].startswith("text/javascript")


def test_the_script_reads_numbers_beyond_a_thousand_without_a_separator(
    sitting: UUID, person: Person, client: Client
) -> None:
    page = queries.sitting_page(sitting, person.id, clock.now())
    question = page.at(1)
    value = builders.right_value(kept.paper(sitting, person.id), question.key)
    builders.record(person, sitting, clock.now(), [builders.op(question.key, value, seq=1234)])
    html = client.get(f"/tes/{sitting}/").content.decode()
    assert re.findall(r'data-seq="([^"]*)"', html).count("1234") == 2  # of the question, and the highest of all
    assert "1.234" not in html
