"""Every speed figure of Pintar: `python -m bench <row> …`; docs/speed.md says how to read it.

client.py      an open-model load client: arrivals do not wait for answers
figures.py     percentiles, ratios, tables: pure
processes.py   CPU time and memory of processes, from /proc
servers.py     Pintar as people start it, and the bare page beside it, served with the same settings
plain/         the bare page: what any Django project pays for a page
house.py       people, seats and sittings for a run, made by the rooms' own actions
rows/          one module for each group of rows
measure/       what the psychometrics reaches: exactness beside its goals, without a server
"""
