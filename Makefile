# Two commands are enough: `make run` and `make test`. They need Python 3.11 to 3.13, make and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WORKSPACE ?= workspace
PORT ?= 8501

.PHONY: run test lint lock bench bench-peers screenshots clean

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements.lock pyproject.toml | $(UV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/python -m venv --upgrade-deps $(VENV) >/dev/null 2>&1 || true
	touch $@
