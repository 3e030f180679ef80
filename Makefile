# One command per thing a developer does; `make` alone lists them.
# Needs Python 3.11 or later, GNU make and a POSIX shell; everything else goes into .venv.

VENV := .venv
PY := $(VENV)/bin/python
# The first of these that is new enough; PYTHON=… overrides.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$each" && break; done)
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
UV_COMPILE := $(PY) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
TESTS ?= tests
SECONDS ?= 60

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check bench fuzz lock clean

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/test.stamp ## Set up .venv with everything that run, test and check need

run: $(VENV)/run.stamp ## Show the demo on http://127.0.0.1:8080 (stop with Ctrl+C)
	@$(PY) -m bot run --demo

# Coverage costs half as much again: it is measured, against its floor, where everything runs.
test: $(VENV)/test.stamp ## Run the tests on both databases; EVERYTHING=1 all of them, with coverage
ifdef EVERYTHING
	@rm -f .coverage .coverage.*
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m coverage run -m pytest -n 2 $(TESTS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report --skip-covered --skip-empty --fail-under="$$(cat .ci/coverage-floor)"
else
	@env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest -n 4 $(TESTS)
endif

check: $(VENV)/test.stamp ## Lint, formatting, types, the import rule, complete Vietnamese
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PY) -m handlers.texts.complete

bench: $(VENV)/test.stamp $(VENV)/peers.stamp ## Measure ratios side by side, into bench/RESULTS.md
	@$(PY) -m bench

fuzz: $(VENV)/fuzz.stamp ## Fuzz every entry, guided by coverage; SECONDS=… for each
	@$(PY) -m tests.fuzz --seconds $(SECONDS)

lock: $(VENV)/test.stamp ## Take the newest dependencies into requirements/*.txt (network)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(UV_COMPILE) requirements/run.in -o requirements/run.txt
	@$(UV_COMPILE) -c requirements/run.txt requirements/test.in -o requirements/test.txt
	@$(UV_COMPILE) requirements/peers.in -o requirements/peers.txt
	@$(UV_COMPILE) requirements/fuzz.in -o requirements/fuzz.txt

clean: ## Remove .venv and what tools left behind; var/ with its data stays
	@rm -rf $(VENV) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find bot handlers storage tests bench -name __pycache__ -prune -exec rm -rf {} +

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: install it first." >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { echo "Python's venv module is needed: on Debian and Ubuntu" \
		"install the package python3-venv." >&2; rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements/run.txt | $(PY)
	@echo "Setting up $(VENV) …"
	@$(PIP_INSTALL) -r requirements/run.txt
	@touch $@

$(VENV)/test.stamp: requirements/test.txt requirements/run.txt | $(PY)
	@echo "Setting up $(VENV) with what the tests need …"
	@$(PIP_INSTALL) -r requirements/test.txt
	@touch $(VENV)/run.stamp $@

# What we are measured against has needs of its own, which must not meet ours.
$(VENV)/peers.stamp: requirements/peers.txt | $(PY)
	@echo "Setting up $(VENV)/peers with what the benchmarks compare with …"
	@$(PY) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@

$(VENV)/fuzz.stamp: requirements/fuzz.txt $(VENV)/test.stamp
	@$(PIP_INSTALL) -r requirements/fuzz.txt
	@touch $@
