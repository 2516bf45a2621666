# Two commands are enough: `make run` and `make test`. They need Python 3.11 to 3.13, make and a network to the package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
UV := $(BIN)/uv
WORKSPACE ?= workspace
PORT ?= 8501
PROCESSES ?= 2
# Compiled when installed: each worker, command and test is a process of its own, and would otherwise compile what it imports.
INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra convert \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

.PHONY: run test lint browser strace bench bench-peers cover fuzz screenshots lock clean

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

test: lint browser strace
	@$(BIN)/python -m compileall -q app.py governance pages storage tests
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder

bench: browser
	@for file in benchmarks/bench_*.py; do \
		case $$file in *_peers.py) continue;; esac; echo "== $$file"; $(BIN)/python $$file || exit 1; done

# Other libraries for comparison, in an environment of their own because they pin other versions; without them the reason is printed.
$(PEERS)/.ready: | $(UV)
	@$(UV) venv --quiet --clear --python $(BIN)/python $(PEERS) && \
	$(UV) pip install --quiet --python $(PEERS)/bin/python "evidently>=0.7" "nannyml>=0.13" "pandas<3" pyarrow && touch $@ || \
	{ echo "peers: not installed (see above); comparisons with them are skipped"; rm -rf $(PEERS); }

bench-peers: $(VENV)/.test $(PEERS)/.ready
	@for file in benchmarks/bench_*_peers.py; do [ -e "$$file" ] || continue; echo "== $$file"; $(BIN)/python $$file || exit 1; done

# The verifier's tests reach every branch of it, or this fails.
cover: $(VENV)/.test
	$(BIN)/python -m pytest tests/dossier tests/review/test_waivers.py --ignore tests/dossier/test_copies.py --quiet --cov-branch \
		--cov governance.dossier.verify --cov governance.dossier.verify_rules --cov-report term-missing --cov-fail-under 100

# A coverage-guided search for an export that makes the verifier stumble; it runs until a fault or for FUZZ_SECONDS.
FUZZ_SECONDS ?= 600
fuzz: $(VENV)/.test
	$(INSTALL) "atheris>=3,<4"
	$(BIN)/python -W ignore -m tests.dossier.fuzz_verify -len_control=0 -max_len=64 -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(VENV)/

screenshots: browser
	$(BIN)/python scripts/screenshots.py

lock: $(UV)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group test --output-file requirements-test.lock

clean:
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
