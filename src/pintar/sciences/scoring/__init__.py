"""Scoring: from a response and a key to whole marks, exactly.

- `items` splits an item into the question, which may be delivered, and the key, which never leaves the house;
- `paper` gives every person a disguise of the question and draws quiz items and forms;
- `marking` judges a value against a key; `numbers` and `wording` read what people type;
- `by_indicator` adds marks up to where a person stands, competence by competence.

Nothing here uses floating point.
"""
