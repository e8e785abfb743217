from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "pintar.foundation"
    label = "foundation"

    def ready(self) -> None:
        from pintar.foundation import checks  # noqa: F401  registers the checks of the start
