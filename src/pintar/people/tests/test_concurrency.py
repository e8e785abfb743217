"""Many at once: guesses are no more than one after the other, links and codes are used once, numbers have one owner.

Each promise has a control: the same storm without its guard must break it, or the storm proves nothing.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from pintar.foundation import clock
from pintar.foundation.refusals import Refusal
from pintar.people import actions, links
from pintar.people.actions.tries import count_try
from pintar.people.models import Account, Identifier, Tries
from pintar.people.rules import tries
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 12
NIP = "198503122010012008"


def storm(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at once; the answers, or the refusals' codes, in order."""
    ready = Barrier(len(deeds), timeout=30)

    def one(deed: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return deed()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def guess() -> str:
    count_try(login=NIP, now=clock.now())
    return "looked at"


def test_of_many_guesses_at_once_five_are_looked_at() -> None:
    assert storm([guess] * AT_ONCE).count("looked at") == tries.FREE


def test_control_guesses_that_are_counted_after_a_look_are_too_many() -> None:
    now, seen = clock.now(), Barrier(AT_ONCE, timeout=30)
    Tries.objects.create(login=NIP, last_at=now)

    def unguarded() -> str:
        row = Tries.objects.get(login=NIP)
        seen.wait()
        standing = tries.Standing(row.wrong, row.locks, row.last_at, row.locked_until)
        if not tries.decide(standing, now).allowed:
            return "locked"
        Tries.objects.filter(login=NIP).update(wrong=tries.after_try(standing, now).wrong)
        return "looked at"

    assert storm([unguarded] * AT_ONCE).count("looked at") > tries.FREE


def test_a_number_that_many_register_at_once_has_one_owner() -> None:
    def register(n: int) -> Callable[[], str]:
        return lambda: (
            actions.register(
                name=f"Siti {n}",
                number=NIP,
                email=f"siti{n}@example.go.id",
                password="hujan sore di kendal",
                consent=True,
                now=clock.now(),
            ).name
        )

    answers = storm([register(n) for n in range(4)])
    assert answers.count("already_registered") == 3
    assert Identifier.objects.count() == 1 and Account.objects.count() == 1


def test_a_letters_link_sets_one_password() -> None:
    person = make_person(email="siti@example.go.id", consented_at=clock.now())
    link = links.make(links.RESET, Account.objects.get(id=person.id), clock.now() - timedelta(minutes=1))

    def use(n: int) -> Callable[[], str]:
        deed = actions.reset_password
        return lambda: deed(link=link, password=f"hujan sore {n}", consent=True, now=clock.now()).name

    answers = storm([use(n) for n in range(4)])
    assert answers.count("link_over") == 3


def test_an_address_that_two_confirm_at_once_has_one_owner() -> None:
    now = clock.now()
    two = [make_person(f"Siti {n}", email="siti@example.go.id", email_verified_at=None) for n in range(2)]
    made = [links.make(links.CONFIRM, Account.objects.get(id=p.id), now - timedelta(minutes=1)) for p in two]
    storm([lambda link=link: actions.confirm_email(link=link, now=clock.now()) for link in made])
    assert Account.objects.filter(email="siti@example.go.id", email_verified_at__isnull=False).count() == 1


def test_the_database_itself_refuses_a_second_owner_of_an_address() -> None:
    from django.db import IntegrityError

    make_person("Siti", email="siti@example.go.id")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person("Budi", email="siti@example.go.id")
    make_person("Budi", email="siti@example.go.id", email_verified_at=None)
