"""Every refusal has its words, every word its translations, no page an inline style or script."""

import re

import house
import pytest
from babel.messages.pofile import read_po
from django.template.loader import get_template

REASON = re.compile(r"Reason\(\s*\"(\w+)\",\s*\"(\w+)\"")
PARTIAL = re.compile(r"{% partialdef (\w+)")


def reasons() -> set[tuple[str, str]]:
    return {found for path in house.sources() for found in REASON.findall(path.read_text())}


@pytest.mark.parametrize(("room", "code"), sorted(reasons()), ids="/".join)
def test_every_reason_has_its_words(room, code):
    get_template(f"{room}/refusals.html#{code}")


def test_no_template_has_inline_style_or_script():
    inline = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=", re.I)
    allowed = re.compile(r"<script type=\"application/json\"")
    found = [
        f"{path.name}: {match.group()}"
        for path in house.templates()
        for match in inline.finditer(allowed.sub("", path.read_text()))
        if "data-inline-hashed" not in path.read_text()
    ]
    assert found == []


def catalogues():
    return sorted(house.SOURCE.glob("*/locale/*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("po", catalogues(), ids=lambda p: f"{p.parts[-5]}-{p.parts[-3]}")
def test_every_message_is_translated(po):
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parts[-3])
    missing = [m.id for m in catalogue if m.id and (m.fuzzy or not all(m.string if m.pluralizable else [m.string]))]
    assert missing == []


@pytest.mark.parametrize("room", ["foundation", *house.rooms()])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_message_in_the_code_is_in_the_catalogue(room, language):
    po = house.SOURCE / room / "locale" / language / "LC_MESSAGES" / "django.po"
    used = messages_of(room)
    if not used:
        return
    assert po.exists(), f"{room} has words but no {language} catalogue"
    with po.open("rb") as file:
        known = {m.id[0] if m.pluralizable else m.id for m in read_po(file, locale=language)}
    assert sorted(used - known) == []


QUOTED = r"(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')"
IN_TEMPLATES = re.compile(r"{%\s*(?:translate|trans)\s+" + QUOTED)
IN_CODE = re.compile(r"\b(?:gettext|gettext_lazy|_|pgettext|ngettext)\(\s*" + QUOTED)


def messages_of(room: str) -> set[str]:
    folder = house.SOURCE / room
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".txt") and "templates" in path.parts:
            found |= {a or b for a, b in IN_TEMPLATES.findall(path.read_text())}
        if path.suffix == ".py" and "tests" not in path.parts:
            found |= {(a or b).replace('\\"', '"') for a, b in IN_CODE.findall(path.read_text())}
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_message_has_one_translation_in_all_rooms(language):
    """Django merges the catalogues: of two translations the lower room's wins in both, unseen. What means two things
    says which: `{% translate "Dibuka" context "waktu" %}`."""
    told: dict[tuple[str | None, str], dict[str, object]] = {}
    for po in house.SOURCE.glob(f"*/locale/{language}/LC_MESSAGES/django.po"):
        with po.open("rb") as file:
            for message in read_po(file, locale=language):
                name = message.id if isinstance(message.id, str) else message.id[0]
                told.setdefault((message.context, name), {})[po.parts[-5]] = message.string
    told.pop((None, ""))
    assert len(told) > 500
    assert {name: rooms for name, rooms in told.items() if len(set(map(str, rooms.values()))) > 1} == {}
