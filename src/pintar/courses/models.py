"""Courses and their editions."""

from datetime import UTC
from types import MappingProxyType
from typing import Any

from django.db import models

from pintar.courses import rules
from pintar.foundation import ids
from pintar.foundation.privacy import Personal, privacy


class Course(models.Model):
    """A training through all its editions, named by its slug."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    created_at = models.DateTimeField()

    PRIVACY = privacy(rest="id uid slug created_at")

    def __str__(self) -> str:
        return self.slug


class Edition(models.Model):
    """A published training. Nothing in a row ever changes; `document` is what `rules.Edition` is built from."""

    uid = models.UUIDField(unique=True, default=ids.uid, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    document = models.JSONField()
    parts = models.JSONField(default=dict)

    PRIVACY = privacy(
        published_by=Personal("who published it, as an opaque uid", until="the course is removed"),
        rest="id uid course number published_at digest document parts",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="edition_number_once")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.number}"

    def facts(self) -> rules.Edition:
        """The edition as a value; needs `course` loaded."""
        document = self.document
        return rules.Edition(
            uid=self.uid,
            slug=self.course.slug,
            number=self.number,
            published_at=self.published_at.astimezone(UTC),
            title=document["title"],
            summary=document["summary"],
            jp=document["jp"],
            organiser=document["organiser"],
            audience=tuple(document["audience"]),
            keywords=tuple(document["keywords"]),
            attribution=tuple(rules.Attribution(**source) for source in document["attribution"]),
            indicators=MappingProxyType(document["indicators"]),
            groups=tuple(_group(group) for group in document["groups"]),
            tests=MappingProxyType({key: rules.TestRule(**test) for key, test in document["tests"].items()}),
            quiz_draw=document["quiz_draw"],
            parts=MappingProxyType(self.parts),
        )


def _group(group: dict[str, Any]) -> rules.Group:
    return rules.Group(**{**group, "entries": tuple(_entry(entry) for entry in group["entries"])})


def _entry(entry: dict[str, Any]) -> rules.Entry:
    return rules.Entry(**{**entry, "lesson": _lesson(entry["lesson"]) if entry["lesson"] else None})


def _lesson(lesson: dict[str, Any]) -> rules.Lesson:
    changed = {"indicators": tuple(lesson["indicators"]), "forms": tuple(_form(form) for form in lesson["forms"])}
    return rules.Lesson(**{**lesson, **changed})


def _form(form: dict[str, Any]) -> rules.Form:
    return rules.Form(
        **{
            **form,
            "html": tuple(form["html"]),
            "variants": tuple(rules.Variant(**variant) for variant in form["variants"]),
            "transcript": tuple(rules.Cue(*cue) for cue in form["transcript"]),
        }
    )
