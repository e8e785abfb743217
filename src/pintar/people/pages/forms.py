"""Forms as they come back with mistakes: what was typed, and what is wrong with each field."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pintar.foundation.refusals import Reason, Refusal
from pintar.people.rules import numbers

LONGEST_FIELD = 1000


@dataclass(slots=True)
class Form:
    """`values` by field, `errors` by field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Reason] = field(default_factory=dict)
    status: int = 200
    retry_after: int | None = None

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
        # A refused sign-in is an answered form like any other; only the API says 401.
        self.status = 422 if refusal.status == 401 else refusal.status
        self.retry_after = refusal.retry_after
        return self


def read(request: HttpRequest, *names: str) -> Form:
    """The fields of a sent form; passwords are read apart and never sent back."""
    return Form({name: numbers.writable(request.POST.get(name, ""))[:LONGEST_FIELD] for name in names})


def secret(request: HttpRequest, name: str = "password") -> str:
    return numbers.writable(request.POST.get(name, ""))[:LONGEST_FIELD]


def page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """The form's page, with the status of what was refused."""
    response = render(request, template, {"form": form, **context}, status=form.status)
    if form.retry_after is not None:
        response.headers["Retry-After"] = str(form.retry_after)
    return response
