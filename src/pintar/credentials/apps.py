from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "pintar.credentials"
    label = "credentials"

    def ready(self) -> None:
        from pintar.credentials import tasks  # noqa: F401  registers handlers and scheduled work
        from pintar.credentials.pages import home
        from pintar.credentials.personal_data import Certificates
        from pintar.foundation.panels import Panel
        from pintar.foundation.panels import register as register_panel
        from pintar.people import ports

        ports.register(Certificates())
        register_panel(Panel("beranda", "sertifikat-terbit", home.news, "credentials/parts/news.html", order=10))
        register_panel(Panel("beranda", "jp", home.jp, "credentials/parts/jp.html", order=20))
