"""The floor under every room: ids, clock, ledger, refusals, access, storage, mail and the look.

It knows no word of the product. All its modules are open to every room, and its rows hold an account's uid,
never a foreign key upwards.
"""
