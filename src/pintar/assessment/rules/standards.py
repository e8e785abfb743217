"""Where the cut lies and what it rests on."""

PROVISIONAL, ANGOFF = "provisional", "angoff"
METHODS = (PROVISIONAL, ANGOFF)
"""`PROVISIONAL` is the pass mark's share of the reference form, with no panel behind it."""
