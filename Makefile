# Everything sets itself up: a fresh machine needs only Python 3.11, make and git.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check soak bench pictures clean
SHELL := bash
PYTHON := .venv/bin/python

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 10

setup: .venv/.dev-ready ## Install what the portal, the demo and the tests need
	@echo "Ready. Next: make demo"

demo: .venv/.demo-ready ## Serve the portal with a make-believe Clever, and print its address
	@exec $(PYTHON) -m portal.demo

test: .venv/.dev-ready ## Run every test, in Chromium and on PostgreSQL too
	@.ci/setup-test-tools
	$(PYTHON) -m pytest -n 3 --dist loadgroup $(ARGS)

check: .venv/.dev-ready ## Check format, lint, types and who imports whom
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) .venv/bin/lint-imports

soak: .venv/.dev-ready ## Run the tests that take minutes: random kills, long property runs
	@.ci/setup-test-tools
	$(PYTHON) -m pytest -m soak $(ARGS)

bench: .venv/.dev-ready ## Measure syncs and pages against floors taken beside them
	$(PYTHON) -m bench $(ARGS)

pictures: .venv/.dev-ready ## Take the README's pictures anew
	@.ci/setup-test-tools
	$(PYTHON) -m pytest tests/browser/take_pictures.py

clean: ## Remove what these commands made, the demo's data included
	rm -rf .venv .tools .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/.demo-ready: locks/portal.txt locks/demo.txt
	@.ci/setup-python portal demo
	@touch $@

.venv/.dev-ready: .venv/.demo-ready locks/dev.txt
	@.ci/setup-python portal demo dev
	@touch $@
