"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from science_examples import ANY_TEXT, unhurried

from pintar.sciences.scoring.numbers import is_within, readings


def read(text, unit=None):
    return sorted(readings(text, unit))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", ["12"]),
        ("12,5", ["12.5"]),
        ("12.5", ["12.5"]),
        ("1.234,5", ["1234.5"]),
        ("1,234.5", ["1234.5"]),
        ("1.234.567", ["1234567"]),
        ("1,234,567", ["1234567"]),
        ("1 234 567,8", ["1234567.8"]),
        ("1\u202f234", ["1234"]),
        ("−3", ["-3"]),
        ("- 3", ["-3"]),
        ("–3,25", ["-3.25"]),
        ("+4", ["4"]),
        (",5", ["0.5"]),
        (".5", ["0.5"]),
        ("12.", ["12"]),
        ("007", ["7"]),
        ("0.500", ["0.5"]),
        ("0,125", ["0.125"]),
        ("1234,567", ["1234.567"]),
        ("12,3456", ["12.3456"]),
        ("١٢٫٥", ["12.5"]),
        ("١٬٢٣٤٫٥", ["1234.5"]),
        ("٣،٥", ["3.5"]),
        ("۱۲", ["12"]),
        ("１２，５", ["12.5"]),
        ("\u200f12\u200f", ["12"]),
    ],
)
def test_both_styles_and_all_digits_are_read(typed, meant):
    assert read(typed) == [Decimal(number) for number in meant]


@pytest.mark.parametrize("typed", ["1.000", "1,000"])
def test_a_single_separator_before_three_digits_may_be_either(typed):
    assert read(typed) == [Decimal(1), Decimal(1000)]
    assert is_within(typed, Decimal(1000), Decimal(0))
    assert is_within(typed, Decimal(1), Decimal(0))
    assert not is_within(typed, Decimal(500), Decimal(0))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "dua belas",
        "1,2,3",
        "1.23.456",
        "1,234,5",
        "1 2",
        "1/2",
        "1e3",
        "10²",
        "--5",
        "5-",
        "3-4",
        "NaN",
        "∞",
        "12%",
        "½",
        "1" * 65,
        ".",
        ",",
        "-",
    ],
)
def test_what_is_no_number_has_no_reading(typed):
    assert read(typed) == []


@pytest.mark.parametrize(
    ("typed", "unit", "meant"),
    [
        ("12,5 jam", "jam", "12.5"),
        ("12,5jam", "jam", "12.5"),
        ("12,5 JAM.", "Jam", "12.5"),
        ("12,5", "jam", "12.5"),
        ("30 km / jam", "km/jam", "30"),
        ("5 m2", "m²", "5"),
        ("5 m²", "m2", "5"),
        ("12 %", "%", "12"),
        ("Rp 5.000.000,-", "Rp", "5000000"),
        ("Rp. 7.500,50", "Rp", "7500.50"),
        ("-3 °C", "°C", "-3"),
        ("٣ ساعات", "ساعات", "3"),
    ],
)
def test_the_items_unit_may_be_written(typed, unit, meant):
    assert read(typed, unit) == [Decimal(meant)]


@pytest.mark.parametrize(
    ("typed", "unit"), [("12,5 menit", "jam"), ("12,5 jam", None), ("jam 12 jam", "jam"), ("jam", "jam")]
)
def test_another_unit_or_one_too_many_makes_it_no_number(typed, unit):
    assert read(typed, unit) == []


def test_the_edge_of_the_tolerance_is_inside_exactly():
    answer, tolerance = Decimal("0.3"), Decimal("0.1")
    assert is_within("0,2", answer, tolerance)
    assert is_within("0,4", answer, tolerance)
    assert not is_within("0,40000000000000000000000000000000000000000000000001", answer, tolerance)


def written(number, thousands, decimal):
    whole, _, fraction = format(number, ",f").partition(".")
    return whole.replace(",", thousands) + (decimal + fraction if fraction else "")


@unhurried
@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False),
    st.sampled_from([(".", ","), (",", "."), (" ", ","), ("", ","), ("", "."), ("٬", "٫")]),
)
def test_what_is_written_in_any_style_is_read_back(number, style):
    assert number in readings(written(number, *style))


@unhurried
@given(st.one_of(ANY_TEXT, st.text(alphabet="0123456789.,-− ٫٬٣jam", max_size=70)), st.none() | ANY_TEXT)
def test_no_text_raises(typed, unit):
    assert len(readings(typed, unit)) <= 2
