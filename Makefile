# Chargeside: `make help` says what there is to do.
# The first run of a target sets up what it needs; stamps in .make/ make the next one quick.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
OPERATOR ?= station_kits/demo
OUT ?= build/demo
BASE ?= main
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
STAMPS := .make
PIP_INSTALL := $(BIN)/python -m pip install --quiet -c constraints.txt

.PHONY: help setup demo serve check format test test-wheel fuzz bench messages owners data-table page-weight pictures preview clean

help: ## Say what there is to do
	@echo "Chargeside: driver help pages and printed QR signs for EV chargers"
	@echo
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 19
	@echo
	@echo "  PYTHON=python3.12 chooses the interpreter; OPERATOR=… and OUT=… point demo and serve elsewhere;"
	@echo "  BASE=… is what preview compares with."

setup: $(STAMPS)/dev $(STAMPS)/system-test ## Set up everything to work on Chargeside: system packages, .venv, tools
	@$(BIN)/chargeside editor . >/dev/null

demo: $(STAMPS)/package ## Build the demo operator's site and placards, and say how to look at them
	@$(BIN)/chargeside build $(OPERATOR) --out $(OUT)
	@scripts/show-build $(OUT)

serve: $(STAMPS)/package ## Open the workshop: what you save is on a phone-sized page at once
	@$(BIN)/chargeside serve $(OPERATOR)

check: $(STAMPS)/dev ## Check style, types, layers, the packaged guides and the demo operator
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/chargeside check
	$(BIN)/chargeside check station_kits/demo

format: $(STAMPS)/dev ## Format the code and mend what ruff can mend by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

test: $(STAMPS)/dev $(STAMPS)/system-test ## Run the tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup || { status=$$?; \
	  if [ $$status = 5 ]; then echo "No test was collected: a suite that runs nothing proves nothing." >&2; fi; \
	  exit $$status; }

test-wheel: $(STAMPS)/dev $(STAMPS)/system-test ## Run the tests (but those in the browser) against the built wheel, in a clean environment outside the checkout
	@scripts/test-wheel

fuzz: $(STAMPS)/dev ## Throw 100,000 damaged files at every reader
	@$(BIN)/python tests/fuzzing.py

bench: $(STAMPS)/bench ## Measure seconds and memory for 250 and 5,571 stations, and signs beside other tools
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/workshop.py
	@$(BIN)/python benchmarks/logs.py

messages: $(STAMPS)/dev ## Bring the catalogues of translations in step with the texts of the code
	@$(BIN)/python scripts/messages

owners: $(STAMPS)/dev ## Bring .github/CODEOWNERS in step with the categories of guides
	@$(BIN)/python scripts/owners

data-table: $(STAMPS)/dev ## Count anew what comes of the station data files beside the checkout (docs/reference)
	@$(BIN)/python scripts/data-table ../shared/data > build/data-table.md
	@mv build/data-table.md docs/reference/station-data-files.md

page-weight: $(STAMPS)/dev ## Weigh the pages anew (docs/reference)
	@$(BIN)/python scripts/page-weight > build/page-weight.md
	@mv build/page-weight.md docs/reference/page-weight.md

pictures: $(STAMPS)/dev $(STAMPS)/system-test demo ## Make the pictures of the README anew, from the demo build
	@$(BIN)/python scripts/pictures.py $(OUT)

preview: $(STAMPS)/dev $(STAMPS)/system-test ## Show what your change does to pages and signs, beside BASE (a branch or commit)
	@$(BIN)/python scripts/preview_changes.py $(BASE) build/preview
	@echo "build/preview/index.html"

clean: ## Remove what was built and cached (not .venv: delete that by hand to start afresh)
	@rm -rf dist .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@if [ -d build ]; then find build -mindepth 1 ! -path build/library ! -path build/library/.gitkeep -delete; fi
	@find generator tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# What the targets stand on. A stamp is touched when its step is done, so a step cut short is done again.

$(STAMPS)/system-run: scripts/system-packages
	@scripts/system-packages run
	@mkdir -p $(@D) && touch $@

$(STAMPS)/system-test: scripts/system-packages
	@scripts/system-packages test
	@mkdir -p $(@D) && touch $@

# Looked at every time, made anew (and the stamp with it) only when the checkout has moved or .venv is gone.
$(STAMPS)/venv: FORCE | $(STAMPS)/system-run
	@scripts/virtualenv $@

$(STAMPS)/package: pyproject.toml constraints.txt $(STAMPS)/venv
	@echo "Installing Chargeside and the packages it needs into .venv"
	@$(PIP_INSTALL) -e .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/package
	@echo "Installing what the tests and checks need into .venv"
	@$(PIP_INSTALL) -e '.[dev]'
	@touch $@

$(STAMPS)/bench: $(STAMPS)/dev
	@echo "Installing what the benchmark measures against into .venv"
	@$(PIP_INSTALL) -e '.[bench]'
	@touch $@

.PHONY: FORCE
FORCE:
