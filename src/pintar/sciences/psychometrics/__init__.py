"""Psychometrics: from answers to what people can do, with an error on every number.

- `responses` keeps who was shown what and what they answered; `reading` builds it from lines or batches;
- `classical` describes items and forms by sums that can be added up in parts;
- `irt` calibrates items, estimates people, and says how exactly;
- `scale` brings calibrations onto one scale and measures gains on it.

Pure functions over numpy arrays and frozen values: a result depends on the arguments alone, and where chance is
needed the caller passes a seed. All abilities and difficulties are in logits, D = 1:

    P(right | θ) = c + (1 − c) / (1 + exp(−a (θ − b)))
"""
