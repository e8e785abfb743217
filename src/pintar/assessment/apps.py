from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "pintar.assessment"
    label = "assessment"

    def ready(self) -> None:
        from pintar.assessment import tasks  # noqa: F401  registers the scheduled closing and the counting
        from pintar.assessment.pages.bank import home
        from pintar.assessment.personal_data import Sittings
        from pintar.assessment.publishing import Tests
        from pintar.courses import ports as courses
        from pintar.foundation.panels import register as register_panel
        from pintar.people import ports as people

        people.register(Sittings())
        courses.register(Tests())
        register_panel(home.PANEL)
