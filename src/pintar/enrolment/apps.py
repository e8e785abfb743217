from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    name = "pintar.enrolment"
    label = "enrolment"

    def ready(self) -> None:
        from pintar.enrolment.personal_data import Seats
        from pintar.people import ports

        ports.register(Seats())
