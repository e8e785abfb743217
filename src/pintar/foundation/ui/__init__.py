"""Lembar, the look: tokens and components (`static/lembar.css`), base templates, tags, error pages."""
