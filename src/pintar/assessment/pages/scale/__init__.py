"""`/skala/…`: where assessors see what a training's tests measure, and decide about it."""
