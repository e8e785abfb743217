"""Formats: foreign and home-made text to values, every mistake in one go, with its line.

A reader takes the whole text and the name to call it by, and returns a `Reading`; it never raises on what the
text holds. Words for the mistakes are made elsewhere, from their codes.
"""
