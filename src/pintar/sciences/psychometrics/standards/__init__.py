"""The standard: where the cut lies, how sure that is, and how sure the verdicts are that follow from it.

- `panels` turns the judgements of an Angoff or bookmark panel into a cut on θ with its standard error;
- `cuts` turns the cut into each form's raw cut, and raw scores into the percentage that a person reads;
- `classification` says how often a verdict is right, and how often another form would give the same.
"""
