"""Numbers at rest: who steals the database learns none."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from pintar.people import queries, seals
from pintar.people.models import Identifier
from pintar.people.tests.builders import make_person

NIP = "198503122010012008"


def test_a_ciphertext_opens_for_its_owner_alone() -> None:
    sealed = seals.seal(NIP, "owner nip")
    assert seals.open_seal(sealed, "owner nip") == NIP
    with pytest.raises(ValueError, match="owner"):
        seals.open_seal(sealed, "other nip")
    with pytest.raises(ValueError, match="owner"):
        seals.open_seal(sealed[:-1] + bytes([sealed[-1] ^ 1]), "owner nip")


def test_the_same_number_is_sealed_differently_each_time_and_found_by_the_same_index() -> None:
    assert seals.seal(NIP, "owner") != seals.seal(NIP, "owner")
    assert seals.blind_index(NIP) == seals.blind_index(NIP) != seals.blind_index(NIP[:-1] + "9")


def test_another_key_finds_and_opens_nothing(settings: object) -> None:
    sealed, blind = seals.seal(NIP, "owner"), seals.blind_index(NIP)
    settings.IDENTIFIER_KEY = "another key that is long enough 0123456789"  # type: ignore[attr-defined]
    assert seals.blind_index(NIP) != blind
    with pytest.raises(ValueError, match="owner"):
        seals.open_seal(sealed, "owner")


@pytest.mark.django_db
def test_no_number_stands_in_any_row_of_the_database() -> None:
    person = make_person(nip=NIP, nik="3374011203850001", nuptk="4437768669230123")
    for table in connection.introspection.table_names():
        if not table.startswith("people_"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = b"".join(
                bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                for row in cursor.fetchall()
                for cell in row
            )
        for number in (NIP, "3374011203850001", "4437768669230123"):
            assert number.encode() not in stored and number.encode().hex().encode() not in stored
    assert queries.masked_numbers([person.id])[person.id][0].masked == "1985****** ****08"


@pytest.mark.django_db
def test_a_ciphertext_moved_to_another_account_does_not_open() -> None:
    one, other = make_person(nip=NIP), make_person("Budi", nip="198907152015031004")
    stolen = Identifier.objects.get(account_id=one.id)
    Identifier.objects.filter(account_id=other.id).update(sealed=stolen.sealed)
    with pytest.raises(ValueError, match="owner"):
        queries.masked_numbers([other.id])


def test_the_key_lies_beside_the_secret_key_and_not_in_the_database() -> None:
    kept = Path(settings.ENVIRONMENT.data) / "keys" / "identifiers.key"
    assert kept.read_text().strip() == settings.IDENTIFIER_KEY
    assert kept.stat().st_mode & 0o077 == 0
