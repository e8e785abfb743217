"""This room's share of a person's data, handed out on request. Nothing is erased: who was certified can be checked as
long as records of trainings must be kept, also after the account is gone."""

from datetime import datetime
from typing import Any

from pintar.credentials import queries


class Certificates:
    name = "credentials"

    def export(self, person_id: int) -> dict[str, Any]:
        return {
            "certificates": [
                {
                    "number": c.number,
                    "code": c.printed_code,
                    "state": str(c.state),
                    "issued_at": c.issued_at.isoformat(),
                    "changed_at": c.changed_at.isoformat() if c.changed_at else None,
                    "reason": c.reason,
                    **c.snapshot.to_json(),
                }
                for c in queries.certificates_of(person_id)
            ],
            "jp": [
                {"course": c.course_slug, "jp": c.jp, "year": c.year, "credited_at": c.credited_at.isoformat()}
                for c in queries.credits_of(person_id)
            ],
        }

    def erase(self, person_id: int, now: datetime) -> None:
        """The law needs what is here; it stays."""
