# The two commands are `make run` and `make test`; the others are for developers.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PO := $(shell find src -name '*.po' 2>/dev/null)
# Python may keep what it compiled: without it every start compiles all libraries anew, some seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test setup lock check shots report bench messages judges

run: .venv/.run                      ## migrate, load the demonstration, start server and worker
	.venv/bin/pintar start

test: .venv/.test                    ## all tests, on SQLite, then those that write on PostgreSQL
	.venv/bin/python tests/run.py

setup: .venv/.run                    ## only install

check: .venv/.test                   ## style, types, contracts
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports --config importlinter.ini

messages: .venv/.test                ## extract the words to translate (needs GNU gettext)
	.venv/bin/python tests/messages.py

shots: .venv/.test                   ## photograph every page into shots/
	.venv/bin/python tests/journeys/shots.py

report: .venv/.test                  ## bytes and queries of every page, the longest files, into docs/figures.md
	.venv/bin/python tests/journeys/report.py > docs/figures.md.new && mv docs/figures.md.new docs/figures.md

bench: .venv/.test                   ## every speed figure in its short form, into docs/speed.md
	.venv/bin/python -m bench all --into docs/speed.md

judges: .venv/.judges                ## compare the psychometrics with other packages, exactness and speed; read Parquet
	.venv/bin/pytest -n 0 -m judges tests/sciences/psychometrics/test_judges.py tests/operations/test_measure_parquet.py
	.venv/bin/python -m bench measure speed

lock: | $(UV)                        ## resolve anew; the files name versions and hashes
	$(UV) pip compile -q --universal --generate-hashes --no-header --upgrade pyproject.toml -o requirements.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --upgrade --group test -c requirements.txt pyproject.toml -o requirements-test.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --upgrade --group judges -c requirements.txt -o requirements-judges.txt

.venv/.run: requirements.txt pyproject.toml $(PO) | $(UV)
	@$(UV) venv -q --allow-existing .venv || { echo "Pintar needs Python 3.12 or 3.13: install one (Debian: apt install python3.13-venv), then run make again." >&2; exit 1; }
	$(UV) pip install -q --require-hashes -r requirements.txt
	$(UV) pip install -q --no-deps -e .
	.venv/bin/python -m pintar.foundation.messages
	touch $@

.venv/.test: requirements-test.txt .venv/.run
	$(UV) pip install -q --require-hashes -r requirements-test.txt
	touch $@

.venv/.judges: requirements-judges.txt .venv/.test
	$(UV) pip install -q --require-hashes -r requirements-judges.txt
	touch $@

.tools/bin/uv:
	@python3 -m venv .tools || { echo "Pintar needs Python 3 with venv: install it (Debian: apt install python3-venv), then run make again." >&2; exit 1; }
	.tools/bin/pip install -q uv
