"""Letters by e-mail: a template a letter, in the language of the person, to the console unless configured."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def send(to: str, template: str, context: dict[str, Any], language: str) -> None:
    """Send one letter. The template's first line is the subject, the rest the text."""
    with translation.override(language):
        letter = render_to_string(template, {**context, "public_url": settings.PUBLIC_URL}).strip()
    subject, _, text = letter.partition("\n")
    EmailMessage(subject=subject.strip(), body=text.strip(), to=[to]).send()
