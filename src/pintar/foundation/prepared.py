"""Statements that every request makes: Django writes their SQL once a connection, then only the values change.

Writing the SQL of a query with joins costs several times what the database needs to answer it. So the few queries that
stand before every page are said once, as querysets, and asked with values:

    session = Prepared(lambda digest, now: Session.objects.filter(digest=digest, expires_at__gt=now), digest=str,
                       now=datetime)
    rows = session(digest="…", now=now)      # a list of Session, as the queryset itself would give

Values are parameters of the statement, never text of it. A queryset that needs another SQL for another value (None, a
list) cannot be prepared: say two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models.query import get_related_populators

Value = str | int | datetime | UUID

# Values that stand in for others while the SQL is written, by kind; no queryset has them by chance.
_STAND_INS: dict[type, Callable[[int], Value]] = {
    str: lambda n: f"\N{WHITE DIAMOND} {n}",
    int: lambda n: 31_011 + n,  # within the smallest column: one that cannot hold it would leave the condition out
    datetime: lambda n: datetime(1970, 1, 1, 0, 0, n, 777, tzinfo=UTC),
    UUID: lambda n: UUID(int=0xFACADE << 64 | n),
}


class Prepared[M: models.Model]:
    """`build(**values)` gives the queryset; `kinds` names its values and their types (str, int, datetime, UUID)."""

    def __init__(self, build: Callable[..., models.QuerySet[M]], **kinds: type):
        self.build, self.kinds = build, kinds

    def __call__(self, **values: Value) -> list[M]:
        """The rows for these values, as model instances. Raises TypeError where the names are others."""
        if values.keys() != self.kinds.keys():
            raise TypeError(f"this statement takes {', '.join(self.kinds)}")
        plan = self._plan()
        given = {name: _adapted(value) for name, value in values.items()}
        parameters = [given[name] if name else constant for name, constant in plan.parameters]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, parameters)
            rows = cursor.fetchall()
        return [plan.instance(row) for row in rows]

    def first(self, **values: Value) -> M | None:
        """The first row, or None; the queryset itself should ask for no more (`[:1]`)."""
        rows = self(**values)
        return rows[0] if rows else None

    def _plan(self) -> "_Plan":
        kept = connection.__dict__.setdefault("pintar_prepared", {})
        if self not in kept:
            kept[self] = self._write()
        return kept[self]

    def _write(self) -> "_Plan":
        stand_ins = {name: _STAND_INS[kind](n) for n, (name, kind) in enumerate(self.kinds.items())}
        named = {_adapted(value): name for name, value in stand_ins.items()}
        compiler = self.build(**stand_ins).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = tuple((named.get(value) if isinstance(value, Value) else None, value) for value in parameters)
        if missing := self.kinds.keys() - {name for name, _ in places}:
            raise ValueError(f"the statement does not use {', '.join(sorted(missing))}")
        assert compiler.select is not None and compiler.klass_info is not None and compiler.col_count is not None
        columns = [each[0] for each in compiler.select[: compiler.col_count]]
        converters = [
            (place, convert, column)
            for place, (converts, column) in compiler.get_converters(columns).items()
            for convert in converts
        ]
        of_model = compiler.klass_info["select_fields"]
        first, end = of_model[0], of_model[-1] + 1
        return _Plan(
            sql=sql,
            parameters=places,
            converters=tuple(converters),
            model=compiler.klass_info["model"],
            names=[column.target.attname for column in columns[first:end]],
            first=first,
            end=end,
            related=get_related_populators(compiler.klass_info, compiler.select, connection.alias, models.FETCH_ONE),
            annotations=tuple((compiler.annotation_col_map or {}).items()),
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement of one connection, and how its rows become instances. `parameters` are (name of a value or None,
    constant)."""

    sql: str
    parameters: tuple[tuple[str | None, Any], ...]
    converters: tuple[tuple[int, Callable[..., Any], Any], ...]
    model: type[models.Model]
    names: list[str]
    first: int
    end: int
    related: list[Any]
    annotations: tuple[tuple[str, int], ...]

    def instance(self, row: Any) -> Any:
        values = list(row)
        for place, convert, column in self.converters:
            values[place] = convert(values[place], column, connection)
        made = self.model.from_db(connection.alias, self.names, values[self.first : self.end])
        for relation in self.related:
            relation.populate(values, made)
        for name, place in self.annotations:
            setattr(made, name, values[place])
        return made


def _adapted(value: Value) -> Any:
    """The value as this database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value
