"""Forms: tests put together from a bank so that any of them could have been given instead of another.

- `blueprint` holds what is wanted, as rules, and what there is;
- `assembly` finds parallel forms by mixed-integer programming;
- `conflicts` finds, where there are none, the smallest set of rules that cannot hold together.
"""
