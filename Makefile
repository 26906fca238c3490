# Rotfäste: two commands, `make run` and `make test`. `make help` lists the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PORT ?= 8123
HTTPS ?=
DATA ?=
PYTHON ?=
export PORT HTTPS PYTHON
export UV_PYTHON_DOWNLOADS := never

bin := .venv/bin
rooms := $(wildcard server content media quests geo)
pure_tests := $(wildcard tests/geo tests/quests tests/content tests/media tests/house tests/web)
pytest := $(bin)/python -P -m pytest -n 2
compile := $(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-emit-index-url --no-header --fork-strategy fewest

.PHONY: help run test browser check lint field coverage bench lighthouse screens deep format locks setup setup-test

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

run: setup ## install what is missing, start everything and serve (PORT=8123, HTTPS=1 for a phone)
	@exec ./rotfaste run

test: lint ## everything, with a database cluster of its own that is removed at the end
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-test} $(pytest)

browser: setup-test ## only the phone's app, played in a real Chromium
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-test} $(pytest) tests/browser

check: lint ## lint, types, rooms and the tests that need no database: under a minute
	@$(pytest) -m "not slow" $(pure_tests)

lint: setup-test
	@$(bin)/ruff check --quiet .
	@$(bin)/ruff format --check --quiet . || { echo "Not formatted: run 'make format'."; $(bin)/ruff format --check .; exit 1; }
	@$(bin)/mypy $(rooms) tests
	@cd web && PATH="$(CURDIR)/$(bin):$$PATH" npm run --silent lint > ../.make/web.txt 2>&1 || { cat ../.make/web.txt; exit 1; }
	@$(bin)/lint-imports --no-cache > .make/rooms.txt 2>&1 || { cat .make/rooms.txt; exit 1; }

field: setup-test ## what needs recorded tracks and other real files: make field DATA=folder
	@[[ -n "$(DATA)" ]] || { echo "make field needs real files, which are not in the repository: make field DATA=folder" >&2; exit 2; }
	@[[ -d "$(DATA)" ]] || { echo "make field: there is no folder $(DATA)" >&2; exit 2; }
	@ROTFASTE_FIELD_DATA="$(abspath $(DATA))" HYPOTHESIS_PROFILE=test $(pytest) tests/field

coverage: setup ## count where there is enough to play, in each municipality and language
	@./rotfaste coverage

bench: setup-test ## measure, beside the peers in requirements/bench.in (ARGS=--quick: one minute)
	@scripts/setup.sh bench
	@PYTHONPATH=$(CURDIR) $(bin)/python -P -m tests.bench $(ARGS)

lighthouse: setup-test ## measure the phone's app to docs/lighthouse.md; fails below 90, 100 and 95 (median of three)
	@$(bin)/python -P -m pytest -n 0 --timeout 1200 tests/browser/measure_lighthouse.py

screens: setup-test ## take every screen of the phone's app, to docs/screens/
	@$(bin)/python -P -m pytest -n 0 --timeout 1200 tests/browser/take_screens.py

deep: setup-test ## search longer, kill more often, 200,000 moves of 1,000 phones: hours; one of it: ARGS=PATH
	@HYPOTHESIS_PROFILE=deep $(pytest) --timeout 0 $(ARGS)

format: setup-test ## put the code in form
	@$(bin)/ruff check --fix --exit-zero .
	@$(bin)/ruff format .
	@cd web && PATH="$(CURDIR)/$(bin):$$PATH" npm run --silent format

locks: setup-test ## compile requirements/*.in into locks with hashes and without download addresses
	@$(compile) requirements/run.in -o requirements/run.lock
	@$(compile) requirements/test.in -c requirements/run.lock -o requirements/test.lock
	@$(compile) requirements/bench.in -o requirements/bench.lock
	@cd web && PATH="$(CURDIR)/$(bin):$$PATH" npm install --silent --package-lock-only

setup: ## only install what `make run` needs
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test
