"""Words of tests: letters of options, time taken."""

from datetime import timedelta

from django import template
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def letter(place: int) -> str:
    """The letter beside an option, from 0; in the reader's alphabet."""
    letters = gettext("A B C D E F G H I J K L M N O P Q R S T").split()
    return letters[place % len(letters)]


@register.filter
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
