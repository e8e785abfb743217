from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "pintar.people"
    label = "people"

    def ready(self) -> None:
        from pintar.foundation import access, preferences
        from pintar.people import tasks  # noqa: F401  registers the handlers
        from pintar.people.pages import sessions

        access.register(sessions.Decider())
        preferences.register((sessions.read_preferences, sessions.write_preferences))
