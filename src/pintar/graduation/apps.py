from django.apps import AppConfig, apps


class GraduationConfig(AppConfig):
    name = "pintar.graduation"
    label = "graduation"

    def ready(self) -> None:
        from pintar.graduation.personal_data import Graduations
        from pintar.people import ports

        ports.register(Graduations())
        if apps.is_installed("pintar.learning"):
            from pintar.graduation import tasks  # noqa: F401  registers handlers and the sweep
