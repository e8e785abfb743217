from django.db import models


class Course(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField()
    hours = models.PositiveIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    goal = models.TextField()
    minutes = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)

    class Meta:
        app_label = "plain"
        ordering = ["number"]

    def __str__(self) -> str:
        return self.title
