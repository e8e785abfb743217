"""The organisation: units by id, by key, by a part of their name."""

from collections.abc import Iterable

from pintar.people.models import Unit
from pintar.people.queries.people import UnitFacts, unit_facts
from pintar.people.rules import profiles


def units(ids: Iterable[int]) -> dict[int, UnitFacts]:
    return {row.id: unit_facts(row) for row in Unit.objects.filter(id__in=set(ids))}


def units_by_key(keys: Iterable[str]) -> dict[str, UnitFacts]:
    return {row.key: unit_facts(row) for row in Unit.objects.filter(key__in=set(keys))}


def find_units(text: str, most: int = 20) -> list[UnitFacts]:
    """Units that a text may mean, the likeliest first: one for a key or a whole name, several for words of one."""
    said = profiles.name(text)[:200]
    if len(said) < 3:
        return []
    rows = Unit.objects.order_by("name", "id")
    if exact := rows.filter(key=said.casefold())[:1] or rows.filter(name__iexact=said)[:most]:
        return [unit_facts(row) for row in exact]
    for word in said.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return [unit_facts(row) for row in rows[:most]]
