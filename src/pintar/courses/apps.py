from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "pintar.courses"
    label = "courses"
