"""Banks, forms and blueprint of a folder: every mistake with its file and line, and what is kept of them."""

from datetime import datetime

import pytest
import yaml

from pintar.assessment.models import Bank, ItemKey
from pintar.assessment.queries.bank import blueprint_page
from pintar.assessment.rules.blueprint import Terms
from pintar.assessment.tests import builders, items
from pintar.courses import actions as courses
from pintar.courses.ports import Mistake
from pintar.foundation.refusals import Reason
from pintar.foundation.ui.tags import in_words

QUIZ = builders.QUIZZES[0]


def mistakes(files: dict[str, str | bytes | None], **changes: object) -> list[Mistake]:
    found = courses.check_folder(builders.all_types_folder(files=files, **changes))
    return [mistake for mistake in found if mistake.room == "assessment"]


def codes(files: dict[str, str | bytes | None], **changes: object) -> set[tuple[str, int, str]]:
    return {(mistake.file, mistake.line, mistake.code) for mistake in mistakes(files, **changes)}


def test_a_sound_folder_has_no_mistake() -> None:
    assert mistakes({}) == []


def test_mistakes_in_items_come_with_file_and_line() -> None:
    text = "- key: a\n  indicator: '1'\n  type: single\n  stem: Apa?\n  options:\n  - text: x\n  - text: y\n"
    assert (f"bank/{QUIZ}.yaml", 6, "no_correct_option") in codes({f"bank/{QUIZ}.yaml": text})


def test_a_quiz_needs_its_bank_and_a_bank_its_quiz() -> None:
    found = codes({f"bank/{QUIZ}.yaml": None, "bank/kuis-lain.yaml": items.make_file("lain")})
    assert {(f"bank/{QUIZ}.yaml", 0, "bank_missing"), ("bank/kuis-lain.yaml", 0, "bank_of_nothing")} <= found


def test_a_bank_holds_at_least_what_a_quiz_draws() -> None:
    few = yaml.safe_dump([items.make_item("sedikit", "single", "1")])
    assert (f"bank/{QUIZ}.yaml", 0, "bank_too_small") in codes({f"bank/{QUIZ}.yaml": few})


def test_five_forms_are_needed_for_pretest_three_sittings_and_the_remedial_one() -> None:
    found = mistakes({"forms/E.yaml": None})
    assert [(m.code, m.data["forms"], m.data["least"]) for m in found] == [("too_few_forms", 4, 5)]


def test_forms_keep_to_the_blueprint_and_are_parallel() -> None:
    other = [items.make_item(f"e-{n}", "single" if n == 1 else type_, "1") for n, type_ in enumerate(items.TYPES)]
    found = codes({"forms/E.yaml": yaml.safe_dump(other)})
    assert ("forms/E.yaml", 0, "form_off_blueprint") in found
    assert ("forms/E.yaml", 0, "form_not_parallel") in found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "blueprint_missing"),
        ("", "blueprint_missing"),
        ("items: 9\nindicators: {'1': 4, '2': 4}\n", "blueprint_sum"),
        ("items: 8\nindicators: {'1': 4, '9': 4}\n", "unknown_indicator"),
        ("items: 8\nindicators: {'1': banyak, '2': 4}\n", "bad_number"),
        ("items: 8\nindicators: {'1': [1], '2': 4}\n", "bad_number"),
        ("indicators: {'1': 4, '2': 4}\n", "missing_field"),
        ("items: 8\nindicators: 5\n", "wrong_shape"),
        ("- 5\n", "wrong_shape"),
        ("a: &x 1\nb: *x\n", "alias"),
    ],
)
def test_a_blueprint_says_what_is_wrong_with_it(text: str | None, code: str) -> None:
    assert code in {m.code for m in mistakes({"blueprint.yaml": text})}


def test_keys_and_stems_are_unique_in_the_training() -> None:
    twice = items.make_file("a")
    found = codes({"forms/B.yaml": twice})
    assert ("forms/B.yaml", 1, "key_in_two_files") in found
    assert ("forms/B.yaml", 1, "same_stem") in found


def test_an_unknown_indicator_is_named_at_its_item() -> None:
    text = yaml.safe_dump([items.make_item(f"x-{n}", "single", "7") for n in range(5)])
    assert (f"bank/{QUIZ}.yaml", 1, "unknown_indicator") in codes({f"bank/{QUIZ}.yaml": text})


def test_every_mistake_has_words() -> None:
    files: dict[str, str | bytes | None] = {
        f"bank/{QUIZ}.yaml": "- {key: '!', type: esai, stem: ''}\n- 5\n"
        "- {key: b, indicator: '1', type: number, stem: x, answer: y}\n",
        "forms/A.yaml": "x: [",
        "forms/B.yaml": b"- \xff",
        "forms/C.yaml": items.make_file("a"),
        "blueprint.yaml": "items: 1\nindicators: {'1': 4, '2': 4}\n",
    }
    found = mistakes(files)
    assert len(found) > 5
    for mistake in found:
        assert in_words(Reason("assessment", mistake.code, mistake.data))


@pytest.mark.parametrize(
    "name", ["bank/kuis-x.gift", "forms/A.gift", "forms/[x].yaml", "bank/a/b/c.yaml", "forms/.yaml"]
)
@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"::a::x{=1 ~2}", "🙂".encode() * 1000, b"[" * 5000])
def test_hostile_files_are_mistakes_and_never_break(name: str, content: bytes) -> None:
    assert isinstance(mistakes({name: content}), list)


@pytest.mark.django_db
def test_keys_are_kept_apart_from_questions(now: datetime) -> None:
    edition = builders.publish_all_types(now)
    document = Bank.objects.get(edition=edition.uid).document
    assert not [secret for secret in items.SECRETS if secret in str(document)]
    assert set(ItemKey.objects.filter(edition=edition.uid).values_list("item", flat=True)) == set(document["questions"])
    assert {form: len(keys) for form, keys in document["forms"].items()} == dict.fromkeys("ABCDE", 8)
    assert edition.parts["assessment"]["tests"]["tes-akhir"] == {"items": 8, "forms": 5, "pilots": 0}


@pytest.mark.django_db
def test_a_gift_file_serves_as_a_bank(now: datetime) -> None:
    questions = "\n\n".join(f"::k{n}:: Soal GIFT {n} {{=Betul {n} ~Keluar {n}}}" for n in range(4))
    edition = builders.publish_all_types(
        now, files={f"bank/{QUIZ}.yaml": None, f"bank/{QUIZ}.gift": "$CATEGORY: 1\n\n" + questions}
    )
    assert edition.parts["assessment"]["tests"][QUIZ] == {"items": 3, "bank": 4}


@pytest.mark.django_db
def test_formulas_arabic_and_figures_stand_in_questions(now: datetime) -> None:
    svg = '<svg viewBox="0 0 320 90"><path d="M0 0h9" stroke="#0F6B47"/></svg>'
    rich = items.make_item("kaya", "single", "1") | {
        "stem": "Hitung $x^2$ dari [سَلَام]{lang=ar}.\n\n![Sebuah garis](gambar/garis.svg)"
    }
    bank = yaml.safe_dump([rich, *(items.make_item(f"lain-{n}", "single", "1") for n in range(3))])
    edition = builders.publish_all_types(now, files={f"bank/{QUIZ}.yaml": bank, "bank/gambar/garis.svg": svg})
    stem = Bank.objects.get(edition=edition.uid).document["questions"]["kaya"]["stem"]
    assert "<math" in stem
    assert '<bdi lang="ar" dir="rtl">' in stem
    assert 'aria-label="Sebuah garis"' in stem
    without = [m.code for m in courses.check_folder(builders.all_types_folder(files={f"bank/{QUIZ}.yaml": bank}))]
    assert "text_picture_missing" in without


TERMS = "items: 8\nindicators: {'1': 4, '2': 4}\n"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("minutes: 4\n", 3, "bad_term"),
        ("anchors: 9\n", 3, "bad_term"),
        ("minutes: 60\ndifficulty: {easy: 5, hard: 4}\n", 4, "bad_term"),
        ("difficulty: {gampang: 1}\n", 3, "unknown_field"),
        ("pilot_percent: sepuluh\n", 3, "bad_number"),
        ("difficulty: 3\n", 3, "wrong_shape"),
    ],
)
def test_terms_of_a_blueprint_are_read_with_their_line(text: str, line: int, code: str) -> None:
    assert codes({"blueprint.yaml": TERMS + text}) == {("blueprint.yaml", line, code)}


def test_the_terms_of_a_folder_stand_in_its_bank_until_somebody_writes_others(db: None, now: datetime) -> None:
    text = TERMS + "minutes: 30\ndifficulty: {hard: 1}\npilot_percent: 10\n"
    edition = builders.publish_all_types(now, files={"blueprint.yaml": text})
    page = blueprint_page(edition.slug)
    assert page.terms == Terms(minutes=30, hard=1, pilot_percent=10)
    assert page.pilots == 1
