"""Words of tests: letters of options, time taken."""

from datetime import timedelta
from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from pintar.assessment.queries.papers import Question, SittingPage
from pintar.foundation.ui.tags import icon

register = template.Library()

# What stands a hundred times in one page is drawn here: a template takes twenty times as long for each.
OPENING = (
    '<fieldset class="stack" id="soal-{n}" data-item="{key}" data-type="{type}" data-seq="{seq}" data-flag="{flag}"'
    "{hidden}>"
)
CHOICE = (
    '<label class="choice{box}"><input type="{kind}" name="{field}" value="{id}"{checked}>'
    '<span><b>{letter}</b> <bdi lang="{language}">{html}</bdi>{tick}</span></label>'
)
CHOICES = (
    '<legend class="question" lang="{language}" dir="{direction}">{stem}</legend>'
    '{hint}<div class="choices">{choices}</div>'
)
HINT = '<p class="hint">{text}</p>'
OPTION = '<option lang="{language}" value="{id}"{selected}>{letter}. {text}</option>'
PLACE = '<option value="{n}"{selected}>{n}</option>'
NUMBER = '<a href="{page}?soal={n}" data-ke="{n}"{look}{here} aria-label="{label}">{n}</a>\n'


@register.simple_tag
def opening(question: Question, shown: int) -> SafeString:
    """The element around a question, with what the script reads of it; hidden but for the one shown."""
    return SafeString(
        OPENING.format(
            n=question.number,
            key=escape(question.key),
            type=question.type,
            seq=question.seq,
            flag="1" if question.flag else "",
            hidden="" if question.number == shown else " hidden",
        )
    )


@register.simple_tag
def choice_question(question: Question, shown: int) -> SafeString:
    """A question with one or several right options, each with its letter."""
    kind, box = ("radio", "") if question.type == "single" else ("checkbox", " box")
    hint = HINT.format(text=escape(gettext("Boleh memilih lebih dari satu."))) if box else ""
    letters, tick = _letters(), icon("check")
    choices = "".join(
        CHOICE.format(
            box=box,
            kind=kind,
            field=question.field,
            id=escape(choice.id),
            checked=" checked" if choice.chosen else "",
            letter=letters[place % len(letters)],
            html=choice.html,
            language=question.language,
            tick=tick,
        )
        for place, choice in enumerate(question.choices)
    )
    return SafeString(
        opening(question, shown)
        + CHOICES.format(
            stem=question.parts[0],
            language=question.language,
            direction=question.direction,
            hint=hint,
            choices=choices,
        )
        + "</fieldset>"
    )


@register.simple_tag
def partners(question: Question, chosen: str) -> SafeString:
    """What the left side of a pair can be matched with, as a drop-down list shows it."""
    letters = _letters()
    return SafeString(
        "".join(
            OPTION.format(
                id=escape(choice.id),
                selected=" selected" if choice.id == chosen else "",
                language=question.language,
                letter=letters[place % len(letters)],
                text=in_a_list(choice.html),
            )
            for place, choice in enumerate(question.choices)
        )
    )


@register.simple_tag
def places(question: Question, chosen: str) -> SafeString:
    """The places that a step can take, from 1."""
    return SafeString(
        "".join(
            PLACE.format(n=n, selected=" selected" if chosen == str(n) else "")
            for n in range(1, len(question.rows) + 1)
        )
    )


@register.simple_tag
def numbers(page: SittingPage, here: int) -> SafeString:
    """The map: a link to each question that says whether it is answered, unsure or empty; `here` is the one shown."""
    address = reverse("tes", args=[page.uid])
    labels = {
        "unsure": gettext("Soal %(n)s, ragu"),
        "answered": gettext("Soal %(n)s, terjawab"),
        "": gettext("Soal %(n)s, kosong"),
    }
    drawn = []
    for question in page.questions:
        look = "unsure" if question.flag else "answered" if question.answered else ""
        drawn.append(
            NUMBER.format(
                page=address,
                n=question.number,
                look=f' class="{look}"' if look else "",
                here=' aria-current="true"' if question.number == here else "",
                label=escape(labels[look] % {"n": question.number}),
            )
        )
    return SafeString("".join(drawn))


def _letters() -> list[str]:
    return gettext("A B C D E F G H I J K L M N O P Q R S T").split()


@register.filter
def letter(place: int) -> str:
    """The letter beside an option, from 0; in the reader's alphabet."""
    letters = _letters()
    return letters[place % len(letters)]


@register.filter
@lru_cache(maxsize=4096)
def in_a_list(html: str) -> str:
    """An option as a list can show it: text alone."""
    return Truncator(" ".join(strip_tags(html).split())).chars(90)


@register.filter
def taken(value: timedelta) -> str:
    """58 menit 12 detik."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    in_seconds = ngettext("%(n)s detik", "%(n)s detik", seconds) % {"n": seconds}
    if not minutes:
        return in_seconds
    in_minutes = ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes}
    return f"{in_minutes} {in_seconds}"
