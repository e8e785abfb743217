"""The JSON door, with what honest and hostile programs send."""

import json
from datetime import timedelta

import pytest

from pintar.enrolment.tests.builders import make_seat
from pintar.foundation import ids
from pintar.learning.tests.builders import complete_everything
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db


def put(client, address, body, **headers):
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.put(f"/api/v1{address}", raw, content_type="application/json", headers=headers)


def post(client, address, body):
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def op(**changes):
    return {"form": "reading", "ranges": [[0, 3]], "position": 3, "op_id": str(ids.uid()), **changes}


@pytest.fixture
def lesson(seat):
    return f"/seats/{seat.uid}/lessons/selamat-datang"


def test_the_contents_say_what_is_locked_and_why(learner, seat):
    answer = learner.get(f"/api/v1/seats/{seat.uid}")
    assert answer.status_code == 200
    body = answer.json()
    lines = {line["key"]: line for group in body["groups"] for line in group["entries"]}
    assert body["next"] == "tes-awal"
    assert lines["tes-awal"]["state"] == "current"
    locked = lines["mengenali-data-pribadi"]
    assert (locked["state"], locked["reasons"][0]["code"]) == ("locked", "pretest_first")
    assert "Tes awal" in locked["reasons"][0]["detail"]
    assert [question["key"] for question in body["survey"]] == ["manfaat", "jelas", "saran"]


def test_progress_merges_and_finishes_when_there_was_time(learner, lesson, now, time_machine):
    first = put(learner, lesson, op()).json()
    assert first["completed_at"] is None
    assert (first["missing"], first["wait"]) == (0, 4)
    time_machine.move_to(now + timedelta(seconds=5), tick=False)
    second = put(learner, lesson, op(ranges=[])).json()
    assert second["completed_at"] is not None
    assert second["ranges"] == [[0, 3]]


def test_the_mark_of_a_page_proves_since_when_it_was_open(learner, seat, lesson, now, time_machine):
    mark = learner.get(f"/belajar/{seat.batch.key}/selamat-datang/").text.split('data-mark="')[1].split('"')[0]
    time_machine.move_to(now + timedelta(minutes=1), tick=False)
    assert put(learner, lesson, op(opened=mark + "x")).json()["completed_at"] is None
    assert put(learner, lesson, op(opened=mark)).json()["completed_at"] is not None


def test_the_same_operation_twice_gives_the_same_answer(learner, lesson):
    sent = op(op_id="a-1")
    assert put(learner, lesson, sent).json() == put(learner, lesson, sent).json()


HOSTILE = [
    {}, [], 12, None,
    op(form="hologram"), op(form=None), op(form=["reading"]), op(ranges="0-3"), op(ranges=[[0]]), op(ranges=[[3, 0]]),
    op(ranges=[[-1, 2]]), op(ranges=[[0, "x"]]), op(ranges=[[0, 1]] * 201), op(ranges=[[0, 1e308]]),
    op(position=-1), op(position="awal"), op(position=1e308), op(op_id=""), op(op_id="😀" * 20), op(op_id="a" * 65),
    op(op_id=None), op(op_id="a\0b"), op(opened="x" * 500), op(opened=5),
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: json.dumps(body)[:60])
def test_what_is_no_progress_is_refused(learner, lesson, body):
    answer = put(learner, lesson, body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b'{"ranges": [[0, NaN]]}', b"[" * 5000, b'{"op_id": "\\ud800"}']
)
def test_what_is_no_json_is_refused(learner, lesson, raw):
    assert put(learner, lesson, raw).status_code in (400, 422)


def test_numbers_that_are_none_are_refused(learner, lesson):
    for number in ("NaN", "Infinity", "1e999"):
        raw = json.dumps(op()).replace('"position": 3', f'"position": {number}')
        assert put(learner, lesson, raw).status_code in (400, 422)


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("tidak-ada", 404),
        ("tes-awal", 404),
        ("x" * 900, 404),
        ("😀", 404),
        ("%00", 404),
        ("mengenali-data-pribadi", 409),
    ],
)
def test_a_lesson_that_is_not_there_or_locked(learner, seat, key, status):
    assert put(learner, f"/seats/{seat.uid}/lessons/{key}", op()).status_code == status


def test_somebody_elses_seat_is_not_there(client, seat, now):
    stranger = make_person("Budi")
    make_seat(stranger, seat.batch, now)
    sign_in(client, stranger)
    for uid in (seat.uid, ids.uid()):
        assert client.get(f"/api/v1/seats/{uid}").status_code == 404
        assert put(client, f"/seats/{uid}/lessons/selamat-datang", op()).status_code == 404
        assert put(client, f"/seats/{uid}/survey", {"answers": {}}).status_code == 404
        assert post(client, f"/seats/{uid}/sittings", {"test": "tes-awal"}).status_code == 404
    assert client.get("/api/v1/seats/bukan-uid").status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, seat, lesson):
    assert client.get(f"/api/v1/seats/{seat.uid}").status_code == 401
    assert put(client, lesson, op()).status_code == 401


def test_a_sitting_is_begun_once_and_comes_with_its_paper(learner, seat):
    first = post(learner, f"/seats/{seat.uid}/sittings", {"test": "tes-awal"})
    assert first.status_code == 200
    body = first.json()
    assert len(body["items"]) == 5
    assert "left" not in body["items"][0] or body["items"][0]["left"]
    assert post(learner, f"/seats/{seat.uid}/sittings", {"test": "tes-awal"}).json()["sitting"] == body["sitting"]


@pytest.mark.parametrize(
    ("test", "status"),
    [("tes-akhir", 409), ("kuis-mengenali-data-pribadi", 409), ("selamat-datang", 404), ("survei", 404),
     ("x" * 900, 422), (None, 422), ("😀", 404), ("a\0", 404)],
)  # fmt: skip
def test_a_test_whose_turn_it_is_not(learner, seat, test, status):
    answer = post(learner, f"/seats/{seat.uid}/sittings", {"test": test})
    assert answer.status_code == status
    assert answer.json()["code"]


def test_an_ended_batch_takes_nothing_more(learner, seat, lesson, now, time_machine):
    time_machine.move_to(now + timedelta(days=15), tick=False)
    assert put(learner, lesson, op()).json()["code"] == "ended"
    assert post(learner, f"/seats/{seat.uid}/sittings", {"test": "tes-awal"}).status_code == 410
    assert learner.get(f"/api/v1/seats/{seat.uid}").status_code == 200


def test_the_survey_is_handed_in_once(learner, seat, now, time_machine):
    done = complete_everything(seat, now, until="survei")
    time_machine.move_to(done, tick=False)
    address = f"/seats/{seat.uid}/survey"
    good = {"manfaat": 5, "jelas": "4", "saran": "Tambahkan contoh. 😀"}
    for bad in ({}, {"manfaat": 5}, {**good, "manfaat": 6}, {**good, "jelas": "x"}, {**good, "lain": 1},
                {**good, "saran": "x" * 4001}, {**good, "manfaat": True}, {**good, "manfaat": 10**900}, {"x" * 900: 1},
                {**good, "saran": "\0"}, {**good, "saran": ["x"]}, {**good, "manfaat": 4.5}):  # fmt: skip
        answer = put(learner, address, {"answers": bad})
        assert answer.status_code == 422, bad
        assert answer.json()["code"] in ("survey_incomplete", "bad_answers", "invalid_input")
    first = put(learner, address, {"answers": good})
    assert first.status_code == 200
    time_machine.move_to(done + timedelta(hours=1), tick=False)
    assert put(learner, address, {"answers": {**good, "manfaat": 1}}).json() == first.json()


def test_an_idempotency_key_repeats_the_answer_and_refuses_another_body(learner, lesson):
    sent = op()
    first = put(learner, lesson, sent, **{"Idempotency-Key": "kunci-1"})
    assert put(learner, lesson, sent, **{"Idempotency-Key": "kunci-1"}).json() == first.json()
    assert put(learner, lesson, op(), **{"Idempotency-Key": "kunci-1"}).json()["code"] == "key_reused"
