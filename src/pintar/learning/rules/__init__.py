"""Decisions about study, as values: what of a claim is believed, what is open, what is missing."""
