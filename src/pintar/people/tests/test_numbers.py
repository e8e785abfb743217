"""Numbers: what is taken, what is wrong with the others, and that no text breaks the reading."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pintar.people.rules import numbers

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("nip", "198503122010012008"),
        ("nip", "199001012022211001"),  # a contract employee: 21 in the place of the month
        ("nik", "3374011203850001"),
        ("nik", "3374015203850001"),  # a woman: 40 more in the day
        ("nik", "3374012902840001"),
        ("nuptk", "4437768669230123"),
        ("npk", "12345678"),
        ("npk", "1234567890123"),
        ("nidn", "0012345678"),
    ],
)
def test_a_number_of_the_right_shape_is_taken(kind: str, number: str) -> None:
    assert numbers.wrong(kind, number, TODAY) is None


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("nip", "19850312201001200", "number_too_short"),
        ("nip", "1985031220100120080", "number_too_long"),
        ("nip", "198513122010012008", "nip_birth"),
        ("nip", "198502302010012008", "nip_birth"),
        ("nip", "202003122045012008", "nip_birth"),
        ("nip", "198503122010132008", "nip_appointment"),
        ("nip", "198503121990012008", "nip_appointment"),
        ("nip", "198503122040012008", "nip_appointment"),
        ("nip", "198503122010013008", "nip_sex"),
        ("nip", "198503122010012000", "nip_sequence"),
        ("nip", "19850312201001200x", "number_not_digits"),
        ("nip", "111111111111111111", "number_made_up"),
        ("nik", "337401120385001", "number_too_short"),
        ("nik", "9974011203850001", "nik_place"),
        ("nik", "3300011203850001", "nik_place"),
        ("nik", "3374013203850001", "nik_birth"),
        ("nik", "3374017203850001", "nik_birth"),
        ("nik", "3374011213850001", "nik_birth"),
        ("nik", "3374013102850001", "nik_birth"),
        ("nik", "3374014003850001", "nik_birth"),
        ("nik", "3374011203850000", "nik_sequence"),
        ("nuptk", "443776866923012", "number_too_short"),
        ("npk", "1234567", "number_too_short"),
        ("nidn", "12345678901", "number_too_long"),
        ("nidn", "", "number_not_digits"),
    ],
)
def test_what_is_wrong_with_a_number_is_named(kind: str, number: str, code: str) -> None:
    wrong = numbers.wrong(kind, number, TODAY)
    assert wrong is not None and wrong.code == code


@pytest.mark.parametrize("typed", ["19850312 201001 2 008", "1985.0312-2010 0120/08", " ١٩٨٥٠٣١٢ ٢٠١٠٠١ ٢ ٠٠٨ "])
def test_spaces_dots_and_other_digits_are_forgiven(typed: str) -> None:
    assert numbers.read_login(typed) == numbers.Login("198503122010012008", ("nip",))


def test_an_address_is_read_in_small_letters() -> None:
    read = numbers.read_login("  Siti.Aminah@Kemenag.GO.ID ")
    assert read.is_email and read.value == "siti.aminah@kemenag.go.id"


def test_sixteen_digits_that_are_no_nik_are_not_taken_for_a_nuptk_unasked() -> None:
    kind, _, wrong = numbers.recognise("3374 0132 0385 0001")
    assert kind == "nik" and wrong is not None and wrong.code == "nik_birth"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("198503122010012008", "1985****** ****08"),
        ("3374011203850001", "3374 **** **** **01"),
        ("0012345678", "0012 **** 78"),
        ("1234", "****"),
    ],
)
def test_a_masked_number_shows_four_digits_and_two(number: str, shown: str) -> None:
    # A NIP has eighteen digits; two of its stars are left out for the shape that people know.
    assert numbers.masked(number) == shown


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    read = numbers.read_login(text)
    assert len(read.value) <= numbers.LONGEST_EMAIL
    read.value.encode()
    numbers.recognise(text)
    for kind in numbers.KINDS:
        numbers.wrong(kind, numbers.digits(text), TODAY)
    numbers.is_email(numbers.email(text))


def test_lone_surrogates_do_not_break_the_reading() -> None:
    numbers.read_login("\ud800123").value.encode()
    numbers.read_login("\ud800@x.id").value.encode()


@pytest.mark.parametrize(
    "text", ["a@b", "@b.id", "a b@c.id", "a@b..id", "a@-b.id", "a" * 65 + "@b.id", "a@b.id\n", "<a@b.id>", "a\x00@b.id"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not numbers.is_email(text)
