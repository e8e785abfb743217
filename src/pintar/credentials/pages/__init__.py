"""The HTML door: one's own certificates, and the public check of any."""
