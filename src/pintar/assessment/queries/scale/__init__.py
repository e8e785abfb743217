"""What measurement tells: of an item, what people made of it; of a training, its scale and its standard."""

from pintar.assessment.queries.scale.answers import Answers, answers
from pintar.assessment.queries.scale.pages import ScaleLine, ScalePage, scale_page, scales

__all__ = ["Answers", "ScaleLine", "ScalePage", "answers", "scale_page", "scales"]
