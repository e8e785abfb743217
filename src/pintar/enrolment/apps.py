from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "pintar.enrolment"
    label = "enrolment"

    def ready(self) -> None:
        from pintar.enrolment import tasks  # noqa: F401  registers handlers and scheduled work
        from pintar.enrolment.pages.home import PANELS
        from pintar.enrolment.personal_data import Seats
        from pintar.foundation import panels
        from pintar.people import ports

        ports.register(Seats())
        for panel in PANELS:
            panels.register(panel)
        ports.name_destination("angkatan", _name_of_batch)


def _name_of_batch(key: str) -> str | None:
    from pintar.courses import queries as courses
    from pintar.enrolment import queries

    found = queries.batches([key]).get(key)
    return f"{courses.edition(found.edition).title}, {found.title}" if found else None
