"""Words for the codes that conditions hold."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.translation import gettext, gettext_lazy, ngettext

from pintar.people.queries import region_name

register = template.Library()

PROFESSIONS = {
    "guru": gettext_lazy("guru"),
    "kepala-madrasah": gettext_lazy("kepala madrasah"),
    "pengawas": gettext_lazy("pengawas"),
    "dosen": gettext_lazy("dosen"),
    "penyuluh": gettext_lazy("penyuluh"),
    "penghulu": gettext_lazy("penghulu"),
    "pelaksana": gettext_lazy("pelaksana"),
    "lainnya": gettext_lazy("profesi lain"),
}
EMPLOYMENTS = {
    "pns": gettext_lazy("PNS"),
    "pppk": gettext_lazy("PPPK"),
    "non-asn": gettext_lazy("non-ASN"),
}


@register.filter
def profession(code: str) -> str:
    return str(PROFESSIONS.get(code.replace(" ", "-"), code))


@register.filter
def time_left(then: datetime, now: datetime) -> str:
    """How long something is still kept, rounded down: "2 hari", "23 jam", "45 menit"."""
    minutes = int((then - now).total_seconds() // 60)
    if minutes < 1:
        return gettext("kurang dari 1 menit")
    if minutes < 60:
        return ngettext("%(n)s menit", "%(n)s menit", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s jam", "%(n)s jam", hours) % {"n": hours}
    return ngettext("%(n)s hari", "%(n)s hari", hours // 24) % {"n": hours // 24}


@register.filter
def professions(codes: Sequence[str]) -> str:
    """guru, dosen, atau penyuluh."""
    return either([profession(code) for code in codes])


@register.filter
def employment(code: str) -> str:
    return str(EMPLOYMENTS.get(code, code))


@register.filter
def employments(codes: Sequence[str]) -> str:
    return either([employment(code) for code in codes])


@register.filter
def regions(named: Sequence[str]) -> str:
    """Codes as names; a title ("daerah 3T") stays as it is."""
    return either([region_name(text) or text for text in named])


@register.filter
def either(words: Sequence[str]) -> str:
    """A list as one says it: "a", "a atau b", "a, b, atau c"."""
    if len(words) < 2:
        return "".join(words)
    if len(words) == 2:
        return gettext("%(first)s atau %(last)s") % {"first": words[0], "last": words[1]}
    first = gettext(", ").join(words[:-1])
    return gettext("%(first)s, atau %(last)s") % {"first": first, "last": words[-1]}
