"""The API does what its OpenAPI document says, whatever is sent to it."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pintar.foundation import clock
from pintar.people.actions import begin_session
from pintar.people.tests.builders import make_person
from pintar.urls import API

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# A long run by hand: PINTAR_EXAMPLES=1000 .venv/bin/pytest tests/conformance
EXAMPLES = int(os.environ.get("PINTAR_EXAMPLES", "10"))

schema = schemathesis.openapi.from_dict(API.get_openapi_schema())


@pytest.fixture
def token() -> str:
    return begin_session(account_id=make_person(name="Siti Aminah").id, kind="token", now=clock.now())


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_call_keeps_its_word(case, live_server, token):
    response = case.call(base_url=live_server.url, headers={"Authorization": f"Bearer {token}"})
    case.validate_response(response, checks=CHECKS)


@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_a_stranger_is_answered_401_where_a_call_is_not_for_everyone(case, live_server):
    response = case.call(base_url=live_server.url, headers={"Authorization": "Bearer bukan-siapa-siapa"})
    assert response.status_code < 500
    if case.operation.definition.raw.get("security"):
        assert response.status_code == 401
        assert response.json()["code"] == "sign_in_first"
