"""What a run needs in the house, made by the rooms' own actions. `python -m bench.house <function> <JSON> …`.

Each function prints JSON. They run in the environment of the server that is measured (`servers.House.inside`).
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

TRAINING = "hak-cipta-di-ruang-kelas"
BATCH = "hak-cipta-di-ruang-kelas-2"
PRETEST, LESSON = "tes-awal", "pembatasan-untuk-pendidikan"
CSRF = "bench" + "0" * 27
"""A CSRF secret as Django makes them: 32 letters and digits; the form may send it as it is."""

MOST_AT_ONCE = 1000


def learners(many: int) -> list[dict[str, Any]]:
    """People in the middle of the demonstration's training: lessons read, the pre-test and a quiz handed in, and the
    addresses of their pages."""
    from pintar.assessment.models import Sitting
    from pintar.cli.demonstration.walk import Walk
    from pintar.foundation import clock

    made, now = [], clock.now()
    for number in range(many):
        person = _person(f"Peserta {number}")
        walk = Walk(person, BATCH, now - timedelta(days=2))
        walk.take_seat(now - timedelta(days=3))
        walk.go(until=LESSON)
        sat = Sitting.objects.filter(person_id=person.id, closed_at__isnull=False).order_by("id").first()
        assert sat is not None
        made.append(
            {
                "cookie": _cookie(person, now),
                "lesson": f"/belajar/{BATCH}/{LESSON}/",
                "contents": f"/belajar/{BATCH}/",
                "rules": f"/belajar/{BATCH}/{PRETEST}/",
                "result": f"/tes/{sat.uid}/bukti/",
                "home": "/beranda/",
                "batch": f"/angkatan/{BATCH}/",
            }
        )
    return made


def test_takers(many: int) -> list[dict[str, Any]]:
    """People with an open pre-test of 20 questions."""
    from pintar.assessment import kept, model_answers
    from pintar.assessment.models import Sitting
    from pintar.cli.demonstration.walk import Walk
    from pintar.foundation import clock
    from pintar.learning import actions as learning

    made, now = [], clock.now()
    for number in range(many):
        person = _person(f"Penguji {number}")
        walk = Walk(person, BATCH, now)
        walk.take_seat(now)
        uid = learning.start_sitting(person=person, seat=walk.seat, test=PRETEST, by=person.uid, now=now)
        paper = kept.paper(uid, person.id)
        made.append(
            {
                "cookie": _cookie(person, now),
                "test": f"/tes/{uid}/",
                "answers": f"/api/v1/sittings/{uid}/answers",
                "lease": Sitting.objects.values_list("lease", flat=True).get(uid=uid),
                "items": {item: model_answers.right_value(paper, item) for item in paper.items},
            }
        )
    return made


def contenders(many: int, first: int = 0) -> list[str]:
    """The cookies of people who are ready to register, made many at a time, straight in the tables."""
    from django.db import transaction

    from pintar.foundation import clock, ids
    from pintar.people import seals
    from pintar.people.models import Account, Identifier, Session

    now, cookies = clock.now(), []
    for begin in range(first, first + many, MOST_AT_ONCE):
        numbers = range(begin, min(begin + MOST_AT_ONCE, first + many))
        with transaction.atomic():
            accounts = Account.objects.bulk_create(
                Account(name=f"Peserta {n}", profession="guru", employment="pns", gender="P", province="33")
                for n in numbers
            )
            logins = [f"77{n:014}" for n in numbers]
            Identifier.objects.bulk_create(
                Identifier(
                    account=account, kind="nuptk", sealed=seals.seal(login, f"{account.uid} nuptk"),
                    blind=seals.blind_index(login), vouched_at=now,
                )
                for account, login in zip(accounts, logins, strict=True)
            )  # fmt: skip
            tokens = [ids.key(32) for _ in numbers]
            Session.objects.bulk_create(
                Session(
                    account=account, kind="web", digest=seals.digest(token), device="", created_at=now, seen_at=now,
                    expires_at=now + timedelta(days=30),
                )
                for account, token in zip(accounts, tokens, strict=True)
            )  # fmt: skip
        cookies += [_with_csrf(token) for token in tokens]
    return cookies


def open_batch(name: str, quota: int, opens_in: int | None = None) -> str:
    """A batch of a period of its own, open for registration now, or in so many seconds. Returns its key."""
    from pintar.enrolment import actions
    from pintar.foundation import clock

    now, day = clock.now(), timedelta(days=1)
    opens_at = now - day if opens_in is None else now + timedelta(seconds=opens_in)
    facts = actions.open_batch(
        course_slug=TRAINING, period_key=name, period_title=name, title="", quota=quota, opens_at=opens_at,
        closes_at=now + 2 * day, starts_at=now + 3 * day, until_at=now + 17 * day, by=None, now=now,
    )  # fmt: skip
    return facts.key


def seats(batch: str) -> dict[str, Any]:
    """What the database holds of a batch: its quota, its count, and of each seat the number of the contender."""
    from pintar.enrolment.models import Batch, Seat

    row = Batch.objects.get(key=batch)
    held = Seat.objects.filter(batch=row, released_at=None).values_list("person__name", flat=True)
    return {"quota": row.quota, "taken": row.taken, "seated": [int(name.rpartition(" ")[2]) for name in held]}


def sign_ins(many: int) -> list[dict[str, str]]:
    """People with a password, as the sign-in form wants them."""
    from pintar.people.models import Account
    from pintar.people.tests.builders import PASSWORD, give_number, make_person

    made = []
    for number in range(many):
        login = f"88{number:014}"
        person = make_person(f"Pengunjung {number}")
        give_number(Account.objects.get(id=person.id), "nuptk", login)
        made.append({"login": login, "password": PASSWORD})
    return made


def statements(requests: list[dict[str, Any]]) -> int:
    """The statements of the last of these requests (method, path, cookie, headers, body), made one after the other:
    the first ones fill what is kept in memory."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    for wanted in requests:
        client = Client(headers={"host": "localhost", **wanted.get("headers", {})})
        with CaptureQueriesContext(connection) as captured:
            client.generic(
                wanted.get("method", "GET"), wanted["path"], wanted.get("body", ""),
                content_type=wanted.get("headers", {}).get("Content-Type", "application/json"),
            )  # fmt: skip
    return len(captured)


def statements_in_queue(batch: str, contender: int) -> int:
    """The statements of a look at the page of the queue by this contender, through the front of a process of its own:
    who waits never meets Django."""
    import asyncio
    import io
    from unittest.mock import patch

    from django.db.backends.utils import CursorWrapper

    from pintar.enrolment.waitingroom import tickets
    from pintar.foundation import clock
    from pintar.front import front
    from pintar.people.models import Account

    uid = Account.objects.get(name=f"Peserta {contender}").uid
    ticket = tickets.QueueTicket(batch, tickets.id_of(batch, uid), 0, int(clock.now().timestamp()))
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": f"/angkatan/{batch}/antre/", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.input": io.BytesIO(),
        "HTTP_COOKIE": f"antrean={tickets.write(ticket)}",
    }  # fmt: skip
    with patch.object(CursorWrapper, "execute", autospec=True, side_effect=CursorWrapper.execute) as executed:
        front.room.begin(batch)
        assert executed.call_count, "whoever asks the database is not seen"
        executed.reset_mock()
        page = b"".join(asyncio.run(front(environ, lambda *told: None))).decode()
        assert batch in page, page[:200]
        return executed.call_count


def _person(name: str) -> Any:
    from pintar.people.tests.builders import make_person

    return make_person(
        name, profession="guru", employment="pns", email=f"{'.'.join(name.lower().split())}@contoh.example"
    )


def _address(name: str) -> str:
    return f"{'.'.join(name.lower().split())}@contoh.example"


def _cookie(person: Any, now: Any) -> str:
    from pintar.people.actions import begin_session

    return _with_csrf(begin_session(account_id=person.id, remember=True, now=now))


def _with_csrf(token: str) -> str:
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={token}; {settings.CSRF_COOKIE_NAME}={CSRF}"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "pintar.settings"
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]](*map(json.loads, sys.argv[2:])), default=str))
