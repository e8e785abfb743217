"""The JSON door's floor: one API, errors as problem+json (RFC 9457), signed in unless a call says otherwise.

A room's `api.py` makes `router = Router(tags=["…"])`; `urls.py` mounts it. Calls that anyone may use say `auth=None`.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security.base import AuthBase
from pydantic import BaseModel

from pintar.foundation import access, clock
from pintar.foundation.models import IdempotentAnswer
from pintar.foundation.refusals import Reason, Refusal
from pintar.foundation.ui.tags import in_plain_words


class Input(BaseModel):
    """What a call takes: a JSON object. (ninja's own Schema reads anything that has attributes, so that `[]` and `7`
    would pass for an object without fields.)"""


class ReasonOut(Schema):
    code: str
    detail: str
    data: dict[str, Any] = {}


class Problem(Schema):
    """RFC 9457. `code` is stable; `detail` is in the language asked for; `reasons` name every obstacle."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    reasons: list[ReasonOut] = []


class SignedIn(AuthBase):
    """A bearer token or the session of the web pages; the second must carry the CSRF token on writes."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        if not access.decider().is_signed_in(request):
            return None
        by_cookie = not request.headers.get("Authorization", "").startswith("Bearer ")
        if by_cookie and CsrfViewMiddleware(lambda r: HttpResponse()).process_view(request, lambda r: None, (), {}):
            raise Refusal(Reason("foundation", "stale_form"), status=403)
        return getattr(request, "person", None)


# Refusals that any call may give; a room's router names the others (404, 409, 410 …) in its `response=`.
ANYWHERE = {
    400: "The request cannot be read.",
    403: "The form is too old, or this is not for this account.",
    413: "The request is too large.",
    422: "The input is wrong.",
    429: "Too often; see Retry-After.",
    503: "Busy; see Retry-After.",
}


class DocumentedAPI(NinjaAPI):
    """An API whose document says that problems are problem+json, and names those that any call may give."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        document = super().get_openapi_schema(**kwargs)
        document["components"]["schemas"].update(_problem_schemas())
        for operations in document["paths"].values():
            for operation in operations.values():
                _document_problems(operation)
        return document


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _document_problems(operation: dict[str, Any]) -> None:
    named = {int(s): r["description"] for s, r in operation["responses"].items() if str(s).isdigit() and int(s) >= 400}
    secured = {401: "Nobody is signed in."} if operation.get("security") else {}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, description in sorted({**ANYWHERE, **secured, **named}.items()):
        operation["responses"][status] = {"description": description, "content": content}


def build(routers: list[tuple[str, Router]]) -> NinjaAPI:
    api = DocumentedAPI(
        title="Pintar",
        version="1.0",
        urls_namespace="api-v1",
        auth=SignedIn(),
        docs_url=None,
        description="Pelatihan, kursi, belajar, tes, dan sertifikat. Waktu dalam UTC.",
    )
    for prefix, router in routers:
        api.add_router(prefix, router)
    api.exception_handler(Refusal)(_refused)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(AuthenticationError)(_unauthenticated)
    api.exception_handler(HttpError)(_http_error)
    return api


def problem(request: HttpRequest, status: int, reasons: list[Reason], retry_after: int | None = None) -> HttpResponse:
    response = HttpResponse(problem_text(status, reasons), status=status, content_type="application/problem+json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def problem_text(status: int, reasons: list[Reason]) -> str:
    """The body of a problem, in the language that is spoken at the moment."""
    first = reasons[0]
    worded = [ReasonOut(code=r.code, detail=in_plain_words(r), data=dict(r.data)) for r in reasons]
    body = Problem(
        title=first.code.replace("_", " "), status=status, code=first.code, detail=worded[0].detail, reasons=worded
    )
    return json.dumps(body.model_dump(), ensure_ascii=False, default=str)


def idempotent(request: HttpRequest, work: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Run a write once for its Idempotency-Key; the same key again gives the same answer.

    `work` returns (status, body as JSON values). Raises Refusal: 422 for the same key with another body, 409 while the
    first is in flight.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return work()
    if len(key) > 200:
        raise Refusal(Reason("foundation", "bad_request"), status=422)
    actor = request.person.uid  # type: ignore[attr-defined]
    route = f"{request.method} {request.path}"[:200]
    digest = hashlib.sha256(request.body).hexdigest()
    named = {"actor": actor, "route": route, "key": key}
    if earlier := IdempotentAnswer.objects.filter(**named).first():
        return _again(earlier, digest)
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(**named, digest=digest, at=clock.now(), status=0, body={})
            row.status, body = work()
            row.body = json.loads(json.dumps(body, default=str))
            row.save(update_fields=["status", "body"])
            return row.status, row.body
    except IntegrityError:
        earlier = IdempotentAnswer.objects.filter(**named).first()
        if earlier is None:
            raise
        return _again(earlier, digest)


def _again(earlier: IdempotentAnswer, digest: str) -> tuple[int, Any]:
    if earlier.digest != digest:
        raise Refusal(Reason("foundation", "key_reused"), status=422)
    if earlier.status == 0:
        raise Refusal(Reason("foundation", "in_flight"), status=409, retry_after=1)
    return earlier.status, earlier.body


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem(request, refusal.status, list(refusal.reasons), refusal.retry_after)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    where = [".".join(str(part) for part in e["loc"]) for e in error.errors]
    return problem(request, 422, [Reason("foundation", "invalid_input", {"fields": where})])


def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, 401, [Reason("foundation", "sign_in_first")])


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, [Reason("foundation", "bad_request")])
