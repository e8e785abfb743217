from django.apps import AppConfig


class GraduationConfig(AppConfig):
    name = "pintar.graduation"
    label = "graduation"

    def ready(self) -> None:
        from pintar.graduation import tasks  # noqa: F401  registers handlers and the sweep
        from pintar.graduation.personal_data import Graduations
        from pintar.people import ports

        ports.register(Graduations())
