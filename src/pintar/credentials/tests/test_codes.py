"""Looking up a code: the long one freely, the short one within budgets."""

from datetime import timedelta

import pytest

from pintar.credentials import actions, rules
from pintar.credentials.models import WrongCodes
from pintar.credentials.tests.builders import make_certificate
from pintar.foundation import ids
from pintar.foundation.refusals import Refusal
from pintar.people.tests.builders import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(now):
    return make_certificate(make_person(), now)


def refusal(typed: str, now, device: str = "") -> Refusal:
    with pytest.raises(Refusal) as refused:
        actions.check_code(typed=typed, device=device, now=now)
    return refused.value


def test_both_codes_are_found_however_they_are_typed(certificate, now):
    short, long = certificate.short_code, certificate.code
    for typed in (
        short,
        short.lower(),
        f" {certificate.printed_code} ",
        certificate.printed_code.replace("-", " "),
        long,
    ):
        assert actions.check_code(typed=typed, device="", now=now).uid == certificate.uid
    lookalike = short.replace("0", "O").replace("1", "l")
    assert actions.check_code(typed=lookalike, device="", now=now).uid == certificate.uid


@pytest.mark.parametrize(
    "typed",
    ["K7M2-9XQD-4R6T", "", "x", "%00", "\0" * 12, "😀" * 12, "A" * 25, "A" * 27, "A" * 100_000, "'; DROP"],
)
def test_absent_and_malformed_get_the_same_answer(certificate, now, typed):
    refused = refusal(typed, now)
    assert (refused.code, refused.status, dict(refused.reasons[0].data)) == ("certificate_unknown", 404, {})


def test_a_known_device_has_ten_wrong_codes_in_ten_minutes(certificate, now):
    for _ in range(rules.DEVICE.wrong):
        assert refusal(ids.key(12), now, "ponsel").status == 404
    spent = refusal(certificate.short_code, now, "ponsel")
    assert (spent.code, spent.status) == ("too_many_codes", 429)
    assert 0 < spent.retry_after <= 600
    again = now + timedelta(seconds=spent.retry_after)
    assert actions.check_code(typed=certificate.short_code, device="ponsel", now=again).uid == certificate.uid
    assert actions.check_code(typed=certificate.short_code, device="laptop", now=now).uid == certificate.uid
    assert actions.check_code(typed=certificate.short_code, device="", now=now).uid == certificate.uid


def test_strangers_share_one_budget_and_cannot_shut_out_who_is_known(certificate, now):
    refusal(ids.key(12), now)
    WrongCodes.objects.filter(bucket="strangers").update(wrong=rules.EVERYONE.wrong)
    assert refusal(certificate.short_code, now).status == 429
    assert actions.check_code(typed=certificate.short_code, device="ponsel", now=now).uid == certificate.uid


def test_the_long_code_is_never_limited_and_right_codes_count_nowhere(certificate, now):
    for _ in range(30):
        actions.check_code(typed=certificate.short_code, device="ponsel", now=now)
    assert not WrongCodes.objects.exists()
    for _ in range(30):
        assert refusal(ids.key(26), now, "ponsel").status == 404
    assert not WrongCodes.objects.exists()
    WrongCodes.objects.create(
        bucket="strangers", window_at=rules.window_start(rules.EVERYONE, now), wrong=rules.EVERYONE.wrong
    )
    assert actions.check_code(typed=certificate.code, device="", now=now).uid == certificate.uid


def test_counts_of_wrong_codes_go_after_a_day(now):
    refusal(ids.key(12), now, "ponsel")
    assert WrongCodes.objects.count() == 2
    actions.forget_wrong_codes(before=now - timedelta(days=1))
    assert WrongCodes.objects.count() == 2
    actions.forget_wrong_codes(before=now + timedelta(days=1))
    assert WrongCodes.objects.count() == 0


def test_no_device_is_kept_by_its_name(now):
    refusal(ids.key(12), now, "nama-perangkat")
    assert not WrongCodes.objects.filter(bucket__contains="nama-perangkat").exists()


def test_a_code_that_cannot_be_guessed_has_a_hundred_and_thirty_bits(now):
    codes = {make_certificate(make_person(f"P {n}"), now).code for n in range(5)}
    assert len(codes) == 5
    assert all(len(code) == 26 and rules.can_exist(code) for code in codes)
