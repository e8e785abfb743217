"""Forms as they come back with mistakes: what was typed, and what is wrong with each field."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest

from pintar.foundation.refusals import Reason, Refusal
from pintar.people.rules import numbers

LONGEST_FIELD = 1000


@dataclass(slots=True)
class Form:
    """`values` by field, `errors` by field, `general` for what is wrong with no field alone."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Reason] = field(default_factory=dict)
    general: list[Reason] = field(default_factory=list)
    status: int = 200

    @property
    def mistakes(self) -> list[tuple[str, Reason]]:
        return list(self.errors.items())

    def refused(self, refusal: Refusal) -> "Form":
        """Take what an action refused: each reason at its field. A refusal that no field can mend is raised again."""
        for why in refusal.reasons:
            name = why.data.get("field")
            if name is None:
                raise refusal
            self.errors.setdefault(str(name), why)
        self.status = refusal.status
        return self


def read(request: HttpRequest, *names: str) -> Form:
    """The fields of a sent form; passwords are read apart and never sent back."""
    return Form({name: numbers.writable(request.POST.get(name, ""))[:LONGEST_FIELD] for name in names})


def secret(request: HttpRequest, name: str = "password") -> str:
    return numbers.writable(request.POST.get(name, ""))[:LONGEST_FIELD]


def with_values(names: Iterable[tuple[str, str]]) -> Form:
    return Form(dict(names))
