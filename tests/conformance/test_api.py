"""The API does what its OpenAPI document says, whatever is sent to it."""

import os
import re
import uuid
from typing import get_args

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from pydantic import ValidationError
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pintar.foundation import clock
from pintar.foundation.api import Input
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


def bodies() -> list[tuple[str, str, type]]:
    """Each call that takes a body, with the model of it."""
    found = []
    for _, router in API._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for model in operation.models:
                    if model.__ninja_param_source__ == "body":
                        [field] = model.model_fields.values()
                        kind = next(iter(get_args(field.annotation)), field.annotation)  # of `SeatIn | None` the first
                        found.append((operation.methods[0], path, kind))
    return found


BODIES = bodies()


@pytest.mark.parametrize(("method", "path", "model"), BODIES, ids=[f"{method} {path}" for method, path, _ in BODIES])
def test_every_call_takes_an_object_and_nothing_that_merely_looks_like_one(method, path, model):
    assert issubclass(model, Input)
    for sent in ([], [[]], "", "x", 0, 7, True):
        with pytest.raises(ValidationError):
            model.model_validate(sent)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "model"), BODIES, ids=[f"{method} {path}" for method, path, _ in BODIES])
@pytest.mark.parametrize("sent", ["[]", "[{}]", '"x"', "7", "true", "{", ""])
def test_what_is_no_object_is_said_to_be_wrong_input_before_anything_is_looked_up(
    client, token, method, path, model, sent
):
    address = "/api/v1" + re.sub(r"\{uuid[^}]*\}", str(uuid.UUID(int=7)), path)
    address = re.sub(r"\{[^}]*\}", "tidak-ada", address)
    answer = client.generic(
        method, address, sent, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    may_be_left_out = sent == "" and path == "/batches/{key}/seat"
    assert answer.status_code in ((404,) if may_be_left_out else (400, 422))
    assert answer.headers["Content-Type"] == "application/problem+json"
