# Two commands are enough: `make run` and `make test`. They need Python 3.11 to 3.13, make and a network to the package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
LOWEST := .venv-lowest
FAST := tests/test_api.py tests/cli/test_fairness.py tests/cli/test_models.py tests/cli/test_drift.py tests/data tests/storage/test_keys.py
FAST_TOOLS := "pytest>=9" "hypothesis>=6.140" "jsonschema>=4.23" "referencing>=0.37"
UV := $(BIN)/uv
WORKSPACE ?= workspace
PORT ?= 8501
PROCESSES ?= 2
# Compiled when installed: each worker, command and test is a process of its own, and would otherwise compile what it imports.
INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

.PHONY: run test lint browser strace wheel lowest docs bench load bench-peers cover fuzz verifier-sums screenshots lock clean

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements.lock pyproject.toml | $(UV)
	$(INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL) --no-deps --editable .
	touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(UV)
	$(INSTALL) --require-hashes --requirement requirements-test.lock
	$(INSTALL) --no-deps --editable .
	touch $@

run: $(VENV)/.run
	$(BIN)/countersign serve --workspace $(WORKSPACE) --port $(PORT)

# A browser for the tests that look at the screens: the machine's own, Debian's, else the one that Playwright brings.
browser: $(VENV)/.test
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else $(BIN)/playwright install chromium; fi

# The tests of a disk that refuses inject their faults with strace; without it they are skipped and say so.
strace:
	@command -v strace >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends strace >/dev/null; fi

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/check_house.py

test: lint browser strace
	@$(BIN)/python -m compileall -q app.py governance pages storage tests
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(TESTS)

# The wheel in dist/, installed into an environment of its own and started from another folder.
wheel: browser
	$(UV) build --quiet --wheel --out-dir dist .
	$(BIN)/python -m pytest tests/test_wheel.py

# The lowest versions that pyproject.toml allows, on a fast part of the tests that goes through every library.
$(LOWEST)/.ready: pyproject.toml | $(UV)
	$(UV) venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(UV) pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable .
	$(UV) pip install --quiet --python $(LOWEST)/bin/python $(FAST_TOOLS)
	touch $@

lowest: $(LOWEST)/.ready
	$(LOWEST)/bin/python -m pytest --quiet -p no:anyio $(FAST)

# A site that needs no network: guide, record format, decisions, and the reference of the Python door. Warnings are errors.
docs: $(VENV)/.test
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs build/docs

# Everything at full size, with one table of all ratios at the end; `make bench QUICK=--quick` shows in a few minutes that it runs.
bench: browser
	$(BIN)/python -m benchmarks $(QUICK)

# What many people and large tables ask of it: visitors and writers at once, large and wide tables.
load: $(VENV)/.test
	$(BIN)/python -m benchmarks visitors writers tables

# Other libraries for comparison, in an environment of their own because they pin other versions; without them the reason is printed.
$(PEERS)/.ready: | $(UV)
	@$(UV) venv --quiet --clear --python $(BIN)/python $(PEERS) && \
	$(UV) pip install --quiet --python $(PEERS)/bin/python "evidently>=0.7" "nannyml>=0.13" "tab-err>=0.2.1" "pandas<3" pyarrow && touch $@ || \
	{ echo "peers: not installed (see above); comparisons with them are skipped"; rm -rf $(PEERS); }

bench-peers: $(VENV)/.test $(PEERS)/.ready
	$(BIN)/python -m benchmarks.bench_drift_peers
	$(BIN)/python -m benchmarks.bench_stress_peers

# The verifier's tests reach every branch of it, or this fails.
cover: $(VENV)/.test
	$(BIN)/python -m pytest tests/dossier tests/review/test_waivers.py --ignore tests/dossier/test_copies.py --quiet --cov-branch \
		$(patsubst governance/dossier/%.py,--cov governance.dossier.%,$(wildcard governance/dossier/verify*.py)) --cov-report term-missing --cov-fail-under 100

# The digests of the verifier's files, published with a release for auditors to compare.
verifier-sums:
	cd governance/dossier && sha256sum verify*.py > ../../docs/verifier.sha256

# A coverage-guided search for an export that makes the verifier stumble; it runs until a fault or for FUZZ_SECONDS.
FUZZ_SECONDS ?= 600
fuzz: $(VENV)/.test
	$(INSTALL) "atheris>=3,<4"
	$(BIN)/python -W ignore -m tests.dossier.fuzz_verify -len_control=0 -max_len=64 -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(VENV)/

screenshots: browser
	$(BIN)/python scripts/screenshots.py

lock: $(UV)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra convert --group test --output-file requirements-test.lock

clean:
	rm -rf $(VENV) $(PEERS) $(LOWEST) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
