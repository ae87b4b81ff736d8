# Every target installs what it needs first. pip and npm keep their own settings (index, cache).

PYTHON ?= python3
SEED ?= 1
ONLY ?=

STAMPS := .stamps
BIN := .venv/bin
FRONTEND := $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print)

# npm and its scripts find the Node of the virtual environment.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUNBUFFERED := 1

.PHONY: help install run demo test check bench clean
.DEFAULT_GOAL := help

help:
	@echo "make run      start Touchstone; prints its address and sign-in links (Ctrl-C stops it)"
	@echo "make demo     play the whole loop with scripted people (SEED=1)"
	@echo "make test     run all tests: SQLite, PostgreSQL, browser, front end"
	@echo "make check    lint, format, types, layers, migrations"
	@echo "make bench    print what things cost, as JSON lines (ONLY=queue)"
	@echo "make install  only install and build, start nothing"
	@echo "make clean    remove what was installed and built; the data folder stays"

install: $(STAMPS)/product $(STAMPS)/frontend

run: install
	@exec $(BIN)/python manage.py up

demo: install
	@exec $(BIN)/python manage.py demo --seed $(SEED)

test: install $(STAMPS)/dev $(STAMPS)/clients
	@exec $(BIN)/python -m tests.lanes

check: install $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	cd frontend && npm run --silent types && npm run --silent lint

bench: install $(STAMPS)/dev
	@exec $(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

clean:
	rm -rf .venv $(STAMPS) frontend/node_modules frontend/dist

# Debian's Python cannot make a virtual environment without the package python3-venv.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Touchstone needs Python 3.11 or newer; name it: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } || \
	  { echo "Python cannot make a virtual environment. Run: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

# Torch by itself and first: asked for by another package, it brings several GB for GPUs.
$(STAMPS)/product: requirements.txt requirements/web.txt requirements/models.txt requirements/frontend.txt requirements/constraints.txt | $(BIN)/python
	@mkdir -p $(STAMPS)
	@echo "Installing Python packages; the first time takes some minutes."
	@$(BIN)/python -m pip install --disable-pip-version-check -q $$(grep -o '^torch==[^ ]*' requirements/models.txt)
	@$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt -r requirements/frontend.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt requirements/constraints.txt $(STAMPS)/product
	@echo "Installing what tests and checks need."
	@$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements/dev.txt
	@touch $@

$(STAMPS)/clients: tests/clients/environments.py tests/clients/newest.txt tests/clients/old.txt $(STAMPS)/dev
	@echo "Installing the clients that the tests run, of today and of two years ago."
	@$(BIN)/python -m tests.clients.environments
	@touch $@

$(STAMPS)/npm: frontend/package.json frontend/package-lock.json | $(STAMPS)/product
	@echo "Installing the front end's packages."
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/npm $(FRONTEND)
	@echo "Building the front end."
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@
