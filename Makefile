# `make test` and `make run` work on a fresh clone: each makes .venv and installs into it, once.
# Choose an interpreter with PYTHON=...; without it, the first one here that is new enough.
SHELL := bash
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11)
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help run test test-whoosh3 lint types examples bench clean
.DEFAULT_GOAL := help

help:
	@echo 'make run       a short tour: append, recall, list, verify and show a day, in a copy of sample_workspace'
	@echo 'make test      all tests'
	@echo 'make test-whoosh3  recall once more, on the fork of Whoosh'
	@echo 'make lint      ruff, rules and format'
	@echo 'make types     mypy, strict'
	@echo "make examples  the README's and the docs' console examples, run and compared"
	@echo 'make bench     what an append costs, and what finding entries again costs'
	@echo 'make clean     remove .venv, caches and builds'

# A script's first line can't name an interpreter whose path holds a space, yet pip writes it there:
# in such a folder the command starts through a shell.
$(STAMP): pyproject.toml journal/cli/journal
	@for python in $(CANDIDATES); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'Journal needs Python 3.11 or newer; tried: $(CANDIDATES).' >&2; \
	    echo 'Name one: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; \
	fi; \
	set -ex; "$$found" -m venv --clear .venv; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@case "$$PWD" in *' '*) \
	    { printf '%s\n' '#!/bin/sh' "'''exec' \"$$PWD/$(BIN)/python\" \"\$$0\" \"\$$@\"" "' '''"; \
	    tail -n +2 journal/cli/journal; } >$(BIN)/journal;; \
	esac
	@touch $@

test: $(STAMP)
	$(BIN)/python -m pytest -n 2

# whoosh3 has the import name of Whoosh, so it needs an environment of its own.
test-whoosh3: $(STAMP)
	$(BIN)/python -m venv --clear .venv-whoosh3
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	.venv-whoosh3/bin/python -m pip uninstall --quiet --yes Whoosh
	.venv-whoosh3/bin/python -m pip install --quiet --disable-pip-version-check 'whoosh3>=3.54'
	.venv-whoosh3/bin/python -m pytest -n 2 tests/test_recall*.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

examples: $(STAMP)
	$(BIN)/python tests/readme.py README.md $(wildcard docs/*.md)

bench: $(STAMP)
	$(BIN)/python bench/append.py
	$(BIN)/python bench/catalog.py

# The copy and its writer's identity live in one temporary folder, so that a tour leaves nothing behind.
run: $(STAMP)
	@set -e; lab=$$(mktemp -d); trap 'rm -rf "$$lab"' EXIT; \
	export PATH="$$PWD/$(BIN):$$PATH" XDG_STATE_HOME="$$lab/state" W="$$lab/workspace"; \
	unset JOURNAL_WORKSPACE; \
	step() { printf '\n$$ %s\n' "$$1"; eval "$$1" </dev/null; }; \
	printf '$$ W=%q\n' "$$W"; \
	step 'cp -R sample_workspace "$$W"'; \
	step 'journal --workspace "$$W" append "The tour wrote this: one entry, sealed and chained." --title "A short tour" --tag tour'; \
	step 'journal --workspace "$$W" recall "sealed tour"'; \
	step 'journal --workspace "$$W" list -n 8'; \
	step 'journal --workspace "$$W" verify'; \
	step 'journal --workspace "$$W" day'

clean:
	rm -rf .venv .venv-whoosh3 build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
