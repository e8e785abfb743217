"""A "no" as a value: a reason code with data, and no prose.

Rules return reasons, actions raise them, and only templates and the API put them into words: each room words its
reasons in `templates/<room>/refusals.html`, one `{% partialdef <code> %}` a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why something is not done. `room` and `code` name the sentence; `data` fills it (JSON values)."""

    room: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        # Data are JSON values and may hold lists, so only their names count here; equality looks at all of them.
        return hash((self.room, self.code, *self.data))


class Refusal(Exception):
    """Raised by an action, shown as a page or as problem+json; never an error of the server.

    `status` is the HTTP status: 403 not allowed, 404 not there (or not yours), 409 the state forbids it,
    410 over, 413 too large, 422 the input is wrong, 429 too often.
    """

    def __init__(self, reason: Reason, *more: Reason, status: int = 409, retry_after: int | None = None):
        super().__init__(f"{reason.room}.{reason.code}")
        self.reasons = (reason, *more)
        self.status = status
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        return self.reasons[0].code


def not_found(room: str, code: str = "not_found", **data: Any) -> Refusal:
    """The thing is not there, or belongs to someone else: the answer is the same."""
    return Refusal(Reason(room, code, data), status=404)
