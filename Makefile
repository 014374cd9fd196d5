# `make lab` opens the office, `make test` runs everything that checks it. Both set up what they need.

PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help lab test test-slow test-postgresql check lint types layers format lock docs setup-lab setup-test setup-bench bench-import

help:
	@echo 'make lab      set everything up and open JupyterLab with a demo office'
	@echo 'make test     set everything up and run all tests but the long counts'
	@echo 'make test-slow  run the long counts and print what each found'
	@echo 'make test-postgresql  run all tests with every desk on a PostgreSQL server of their own'
	@echo 'make check    lint, types and layers'
	@echo 'make format   put the code into the common form'
	@echo 'make lock     choose the newest package versions and write requirements/'
	@echo 'make bench-import   measure imports beside other libraries, installed into .venv-bench (BENCH=options)'
	@echo 'make docs     build the documentation into build/docs'

setup-lab setup-test:
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed: install it (Debian: apt install python3 python3-pip) and try again))
	@$(PYTHON) -m tools.setup $(@:setup-%=%)

setup-bench:
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed: install it (Debian: apt install python3 python3-pip) and try again))
	@$(PYTHON) -m tools.setup_bench

bench-import: setup-bench
	@.venv-bench/bin/python benchmarks/import/run.py $(BENCH)

lab: setup-lab
	@exec $(BIN)/ebidadmin lab --desk var/demo

test: setup-test
	@exec tools/test.sh

test-slow: setup-test
	@exec tools/test.sh -m slow

test-postgresql: setup-test
	@EBIDADMIN_TEST_DATABASE=postgresql exec tools/test.sh

check: lint types layers

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: setup-test
	$(BIN)/mypy

layers: setup-test
	$(BIN)/lint-imports

format: setup-test
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: setup-test
	@tools/lock.sh

docs: setup-test
	$(BIN)/sphinx-build -q -W -b html docs build/docs
