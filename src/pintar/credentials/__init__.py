"""Credentials: certificates, the JP they carry, and the page where anyone checks them.

A certificate is issued by a handler within a minute of graduation and never changes: what stands on it is a snapshot.
A correction issues a new one and the old one points to it (superseded); one that was wrong is revoked. JP are credited
once per training and person.

The QR leads to `/v/` with 26 characters (130 random bits), which nobody can guess and nothing limits. Beside it stands
a code of 12 characters to type (60 bits); wrong ones are counted against two budgets, of the device and of all together
(`rules.Budget`), never against a network address, for an office is one address.

Owns: certificates, JP credits, the counters of numbers and of wrong codes; `print/` is the paper (typst).
Asks of others: graduation (who passed), enrolment (seat and batch), courses (what was taught), people (whose name).
"""
