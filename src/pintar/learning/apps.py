from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "pintar.learning"
    label = "learning"

    def ready(self) -> None:
        from pintar.courses import ports as courses
        from pintar.foundation import panels
        from pintar.learning import tasks  # noqa: F401  registers handlers and scheduled work
        from pintar.learning.pages.after_sitting import PANEL
        from pintar.learning.personal_data import Studies
        from pintar.learning.publishing import Survey
        from pintar.people import ports as people

        courses.register(Survey())
        people.register(Studies())
        panels.register(PANEL)
