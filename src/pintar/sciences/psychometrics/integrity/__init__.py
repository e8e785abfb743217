"""Integrity: what in the answers of a cohort would be hard to explain if everyone had worked alone.

- `tails` gives exact tail probabilities of sums of unequal chances;
- `options` says how probable each option is at an ability;
- `similarity` compares all pairs of a cohort: GBT with exact tails, ω beside it;
- `times` models response times: too fast for the person, at the end, on the items that may have leaked;
- `changes` judges answers that were changed;
- `groups` finds people whom similar pairs hang together in one place;
- `dossiers` joins kinds of evidence under one family error, and says what would explain them innocently.

Nothing here decides about a person. The output is a dossier for people to read, never a sanction.
"""
