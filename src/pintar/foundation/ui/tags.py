"""Tags and filters of the look; loaded in every template.

Numbers, sizes and dates follow the reader's language and zone; the names of Indonesia's zones always stand beside a
time of day.
"""

import re
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from pintar.foundation.panels import Filled
from pintar.foundation.preferences import ZONES
from pintar.foundation.refusals import Reason
from pintar.foundation.ui.folding import same_for_everyone
from pintar.foundation.ui.keeping import keep

register = template.Library()
register.tag(keep)

HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)
BUTTON = re.compile(r"<a [^>]*class=\"[^\"]*\bbutton\b.*?</a>|<(form|button)\b.*?</\1>", re.DOTALL)


@register.simple_tag
@same_for_everyone
@cache
def icon(name: str, kind: str = "") -> SafeString:
    """`{% icon "done" "small turns" %}`: a drawing of the sheet; it never carries meaning alone."""
    classes = f"icon {kind}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def panel(context: dict[str, Any], filled: Filled) -> str:
    """What another room puts here; `panels.collect` made its context before the page was rendered."""
    return render_to_string(filled.template, {**context.flatten(), **filled.context})  # type: ignore[attr-defined]


@register.simple_tag
def reason(why: Reason) -> str:
    """A refusal's reason in words, inside a page: a heading of its own becomes a bold line."""
    return SafeString(HEADING.sub(r"<p><b>\1</b></p>", in_words(why)))


def in_words(why: Reason, **more: Any) -> str:
    """The HTML of a reason, from the room's `refusals.html`; `more` fills it where the reason's data does not."""
    return render_to_string(f"{why.room}/refusals.html#{why.code}", {**more, **why.data}).strip()


def in_plain_words(why: Reason) -> str:
    """A reason as sentences without markup, for the API and the command line: headings end like sentences, and
    buttons, which belong to pages, are left out."""
    html = BUTTON.sub("", HEADING.sub(r"\1. ", in_words(why)))
    return " ".join(unescape(strip_tags(html.replace("</p>", " "))).split())


@register.filter
def megabytes(size: int | None) -> str:
    """Bytes as people buy them: "0,1 MB", "26 MB"; never 0."""
    mb = max((size or 0) / 1_000_000, 0.1)
    return f"{number_format(round(mb, 1) if mb < 10 else round(mb))} MB"


@register.filter
def minutes(value: int | None) -> str:
    """Minutes as a rounded promise: "±6 menit", "±9 jam"."""
    value = value or 0
    if value >= 90:
        hours = round(value / 60)
        return ngettext("±%(n)s jam", "±%(n)s jam", hours) % {"n": number_format(hours)}
    return ngettext("±%(n)s menit", "±%(n)s menit", value) % {"n": number_format(value)}


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds of a recording as 04.12 (01.04.12 beyond an hour); set it in an element of class `ltr`."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole, 3600)
    return (f"{hours:02}." if hours else "") + f"{rest // 60:02}.{rest % 60:02}"


@register.filter
def day(value: datetime | date | None) -> str:
    """Selasa, 24 November 2026."""
    return format_date(_here(value), gettext("l, j F Y")) if value else ""


@register.filter
def day_short(value: datetime | date | None) -> str:
    """24 November."""
    return format_date(_here(value), gettext("j F")) if value else ""


@register.filter
def through(first: datetime | date, last: datetime | date) -> str:
    """`{{ starts|through:ends }}`: 30 November–11 Desember 2026; 7–18 Desember 2026."""
    first, last = _here(first), _here(last)
    end = format_date(last, gettext("j F Y"))
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{format_date(first, 'j')}–{end}"
    return f"{format_date(first, gettext('j F') if first.year == last.year else gettext('j F Y'))}–{end}"


@register.filter
def hour(value: datetime | None) -> str:
    """10.32 WIB."""
    pattern = gettext("H.i")
    return f"{format_date(_here(value), pattern)} {zone_name()}" if value else ""


@register.filter
def hour_exact(value: datetime | None) -> str:
    """10.33.07 WIB."""
    pattern = gettext("H.i.s")
    return f"{format_date(_here(value), pattern)} {zone_name()}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Rabu, 25 November 2026, 23.59 WIB."""
    return gettext("%(day)s, %(hour)s") % {"day": day(value), "hour": hour(value)} if value else ""


@register.filter
def days_left(value: datetime, now: datetime) -> str:
    """hari ini, besok, 7 hari lagi: counted in days of the reader's zone."""
    days = (_here(value).date() - _here(now).date()).days
    if days <= 0:
        return gettext("hari ini")
    return gettext("besok") if days == 1 else ngettext("%(n)s hari lagi", "%(n)s hari lagi", days) % {"n": days}


@register.filter
def iso(value: datetime | None) -> str:
    return value.astimezone(timezone.get_default_timezone()).isoformat() if value else ""


@register.filter
def number(value: Any) -> str:
    return number_format(value) if value is not None else ""


@register.filter
def identity(number: str) -> str:
    """A long number in groups, as on a card: NIP 8-6-1-3, others by four."""
    groups = (8, 6, 1, 3) if len(number) == 18 else (4,) * (len(number) // 4 + 1)
    parts, at = [], 0
    for size in groups:
        parts.append(number[at : at + size])
        at += size
    return " ".join(part for part in parts if part)


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that a narrow line breaks after its @ or before a dot, and not within a word."""
    return SafeString(escape(address).replace("@", "@<wbr>").replace(".", "<wbr>."))


@register.filter
def dict_get(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


def zone_name() -> str:
    name = timezone.get_current_timezone_name()
    return ZONES.get(name, name)


def _here(value: datetime | date | str) -> Any:
    if isinstance(value, str):  # an instant in a reason's data
        value = datetime.fromisoformat(value)
    return timezone.localtime(value) if isinstance(value, datetime) else value


def until(now: datetime, then: datetime) -> timedelta:
    return max(then - now, timedelta(0))
