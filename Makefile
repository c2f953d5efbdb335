# make refresh   the main job over every list in data/raw/  (ARGS="--offline -v" adds options)
# make test      the tests that fit into five minutes, the style gates and the types
# make help      the other targets
#
# Both commands make the environment in .venv first where it is missing or out of date, and are quick after that.
# PYTHON=... chooses the interpreter; otherwise the first of python3.13, 3.12, 3.11, python3 that is 3.11 or newer.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev refresh check test test-all fuzz lint format bench clean

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

# $(call environment,NAME,WHAT): install WHAT into .venv unless the stamp NAME says that it is there already. The
# stamp holds what the environment was made from (files, folder, interpreter), so that neither a moved clone, a
# removed Python, an interrupted install nor a changed dependency leaves a broken environment behind.
define environment
	@set -eu; \
	origin="$$PWD $${PYTHON:-}"; \
	key="$$origin $$(cat pyproject.toml constraints.txt | cksum)"; \
	works() { [ "$$(cat .venv/.$$1 2>/dev/null)" = "$$2" ] && $(BIN)/python -c '' 2>/dev/null; }; \
	if works stamp-$(1) "$$key"; then exit 0; fi; \
	if ! works origin "$$origin"; then \
		found=; \
		for candidate in $${PYTHON:-python3.13 python3.12 python3.11 python3}; do \
			if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				found=$$candidate; break; \
			fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "paperlist: error: no Python 3.11 or newer found (tried: $${PYTHON:-python3.13, python3.12, python3.11, python3});" \
				"install one, or name it: make PYTHON=/path/to/python3" >&2; \
			exit 2; \
		fi; \
		echo "paperlist: making .venv with $$("$$found" --version), once; this takes about a minute" >&2; \
		rm -rf .venv; \
		if ! "$$found" -m venv .venv >&2; then \
			rm -rf .venv; \
			echo "paperlist: error: $$found cannot make environments;" \
				"install its venv module (Debian, Ubuntu: the package python3-venv)" >&2; \
			exit 2; \
		fi; \
		printf '%s' "$$origin" >.venv/.origin; \
	else \
		echo "paperlist: bringing .venv up to date" >&2; \
	fi; \
	PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --quiet -c constraints.txt -e '$(2)' >&2; \
	for stamp in stamp-run stamp-$(1); do printf '%s' "$$key" >.venv/.$$stamp; done
endef

setup:  ## only make the environment
	$(call environment,run,.)

setup-dev:  ## only make the environment of developers
	$(call environment,dev,.[dev])

refresh: setup  ## the whole main job over every list in data/raw/
	@$(BIN)/paperlist refresh $(ARGS)

check: setup  ## what is wrong in the lists, without a network
	@$(BIN)/paperlist check $(ARGS)

test: setup-dev  ## the tests that take minutes together, lint, types
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	$(PYTEST) -m "not slow and not live" $(ARGS) || status=1; \
	exit $$status

test-all: setup-dev  ## all tests but those over the real APIs (pytest --live), lint, types
	@status=0; \
	$(MAKE) --no-print-directory lint || status=1; \
	$(PYTEST) -m "not live" $(ARGS) || status=1; \
	exit $$status

fuzz: setup-dev  ## nonsense into every reader, for minutes (HYPOTHESIS_PROFILE=fuzz)
	@HYPOTHESIS_PROFILE=fuzz $(PYTEST) tests/test_fuzz.py --timeout 3600 $(ARGS)

lint: setup-dev  ## style gates and types
	@status=0; \
	$(BIN)/ruff check --quiet . || status=1; \
	$(BIN)/ruff format --quiet --check . || status=1; \
	$(BIN)/mypy --no-error-summary || status=1; \
	exit $$status

format: setup-dev  ## let ruff lay out the code
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: setup-dev  ## the commands in benchmarks/, one after the other
	@set -e; for command in benchmarks/[a-z]*.py; do \
		if [ -e "$$command" ]; then echo "== $$command" >&2; $(BIN)/python "$$command"; fi; \
	done

clean:  ## remove the environment and all caches; data/ is state and stays
	@rm -rf .venv .cache .pytest_cache .hypothesis .mypy_cache .ruff_cache dist build *.egg-info
	@find pipeline tests benchmarks notebooks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
