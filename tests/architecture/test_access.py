"""Every address × every kind of visitor: what was declared is what happens, and nobody meets an error of the server."""

import uuid

import pytest
from django.urls import get_resolver
from django.urls.converters import UUIDConverter

from pintar.foundation import access, checks
from pintar.people.tests.builders import make_person, sign_in

pytestmark = pytest.mark.django_db

ROUTES = [(route, access.declared(view)) for route, view in checks.routes() if not route.startswith("api/")]


def filled(route: str) -> str:
    """The address of a route with arguments that name nothing."""
    resolver = get_resolver()
    for candidate, pattern in patterns(resolver.url_patterns):
        if candidate == route:
            arguments = {
                name: str(uuid.UUID(int=7)) if isinstance(converter, UUIDConverter) else "tidak-ada"
                for name, converter in pattern.items()
            }
            address = route
            for value in arguments.values():
                start = address.index("<")
                end = address.index(">")
                address = address[:start] + value + address[end + 1 :]
            return "/" + address.replace("^", "").replace("$", "").replace("\\Z", "")
    raise AssertionError(route)


def patterns(found, prefix="", converters=None):
    for pattern in found:
        route = prefix + str(pattern.pattern)
        known = {**(converters or {}), **getattr(pattern.pattern, "converters", {})}
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern.url_patterns, route, known)
        else:
            yield route, known


def test_every_address_declares_who_may_use_it():
    assert [route for route, policy in ROUTES if policy is None] == []
    assert len(ROUTES) > 20


@pytest.mark.parametrize(("route", "policy"), ROUTES, ids=[r for r, _ in ROUTES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_reaches_what_is_for_everyone_and_is_asked_to_sign_in_elsewhere(client, route, policy, method):
    answer = getattr(client, method)(filled(route))
    asked_to_sign_in = answer.status_code == 302 and answer.url.startswith("/masuk/")
    assert answer.status_code < 500
    assert asked_to_sign_in == (policy != access.EVERYONE)


@pytest.mark.parametrize(("route", "policy"), ROUTES, ids=[r for r, _ in ROUTES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_learner_is_refused_what_needs_a_role_and_meets_no_error(client, route, policy, method):
    sign_in(client, make_person(name="Siti Aminah"))
    answer = getattr(client, method)(filled(route))
    assert answer.status_code < 500
    if policy.kind == "role":
        assert answer.status_code == 403
