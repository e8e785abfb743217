"""Pintar: a national learning platform.

Seats are never oversold, an acknowledged answer is never lost, competence is measured with its error. The
house is described in ARCHITECTURE.md; its words in GLOSSARY.md.
"""
