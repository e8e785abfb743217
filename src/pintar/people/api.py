"""The JSON door: a token for programs, and one's own record."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from pintar.foundation import clock
from pintar.foundation.api import Input, Problem
from pintar.people import actions, queries
from pintar.people.rules.devices import device_name

router = Router(tags=["people"])


class Credentials(Input):
    """`code`: of the authenticator, or a recovery code; an account with a grant needs it."""

    login: str = Field(max_length=300)
    password: str = Field(max_length=500)
    code: str | None = Field(None, max_length=40)


class Token(Schema):
    token: str


class UnitOut(Schema):
    key: str
    name: str
    kind: str


class NumberOut(Schema):
    kind: str
    masked: str


class Me(Schema):
    """`regency` and `province` are codes; numbers are masked; `duty_jp` is null where there is no duty."""

    uid: UUID
    name: str
    email: str | None
    email_verified: bool
    numbers: list[NumberOut]
    profession: str
    employment: str
    unit: UnitOut | None
    regency: str
    province: str
    zone: str
    language: str
    duty_jp: int | None


@router.post("/token", auth=None, response={200: Token, 401: Problem, 422: Problem, 429: Problem}, summary="Token")
def token(request: HttpRequest, given: Credentials) -> Any:
    """A bearer token, good for 90 days; it stands in the person's list of sessions and ends there."""
    made = actions.sign_in_for_token(
        login=given.login,
        password=given.password,
        code=given.code,
        device=actions.Device(name=device_name(request.headers.get("User-Agent", ""))),
        now=clock.now(),
    )
    return {"token": made}


@router.get("/me", response={200: Me, 401: Problem}, summary="Me")
def me(request: HttpRequest) -> Any:
    """Who is asking."""
    person: queries.Person = request.person  # type: ignore[attr-defined]
    return {
        "uid": person.uid,
        "name": person.name,
        "email": person.email,
        "email_verified": person.email_verified,
        "numbers": [{"kind": n.kind, "masked": n.masked} for n in queries.masked_numbers([person.id])[person.id]],
        "profession": person.profession,
        "employment": person.employment,
        "unit": {"key": person.unit.key, "name": person.unit.name, "kind": person.unit.kind} if person.unit else None,
        "regency": person.regency,
        "province": person.province,
        "zone": person.zone,
        "language": person.language,
        "duty_jp": queries.duty_jp(person),
    }
