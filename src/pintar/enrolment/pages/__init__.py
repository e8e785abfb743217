"""The HTML door: a batch, and the seat in it."""
