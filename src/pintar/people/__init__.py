"""People: who someone is, how they sign in, where they work, what they may do.

Words: an Account is a person who signs in; an Identifier is a number that names them (NIP, NIK, NUPTK, NPK, NIDN); a
Unit is a node of the organisation (satuan kerja); a Grant is a role held in a unit and everything below it; a Session
is one sign-in on one device, or one token of the API.

Owns: accounts, numbers, units, grants, sessions, second factors, and the limits on guessing. Asks of others: nothing
but the floor. Rooms above read people through `queries` (ids in, frozen values out) and register their personal data
with `ports`.

Passwords are kept as Argon2id, numbers as ciphertext with a blind index, session tokens as digests: a copy of the
database alone signs nobody in and names nobody's number.
"""
