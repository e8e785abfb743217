"""What measurement tells: of an item, what people made of it."""

from pintar.assessment.queries.scale.answers import Answers, answers

__all__ = ["Answers", "answers"]
