# `make demo` shows jogeon, `make test` checks it. Both need only make and Python 3.11 or later with venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# What `make wheel` tries.
PYTHONS ?= $(PYTHON)
SOURCES := $(wildcard src tests examples bench fuzz)
CONNECTIONS := $(addprefix tests/test_,$(addsuffix .py,tls cli_tls net connection connect tokens client server simulator frames faults))
# Of each target of `make fuzz`.
FUZZ_SECONDS ?= 600
# Programs the tests start, each in a Debian package of the same name, and a font that a browser shows Korean in.
SYSTEM_PACKAGES := nats-server chromium fonts-nanum

.DEFAULT_GOAL := help
.PHONY: help demo test lowest wheel proactor lint types bench drill fuzz clean system pictures

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

demo: $(VENV)/installed ## a simulated market, watched live, without an account
	@trap : INT; $(BIN)/jogeon demo || [ $$? = 130 ] # Ctrl+C is its usual end, no failure

test: system lint ## everything the CI checks
	@# mypy beside the tests, and four of those for two cores: many wait for programs that they started
	nice $(BIN)/mypy $(SOURCES) >$(VENV)/types.txt 2>&1 & types=$$!; trap "kill $$types 2>/dev/null" INT TERM; \
	$(BIN)/python -m pytest -n 4 --dist worksteal; tests=$$?; \
	wait $$types; typed=$$?; cat $(VENV)/types.txt; exit $$((tests | typed))

proactor: $(VENV)/installed-test ## the tests of connections and TLS on the transports that Windows uses
	PYTHONPATH=tests $(BIN)/python -m pytest -n 2 -p proactor $(CONNECTIONS)

lowest: ## the tests on the lowest versions that pyproject.toml asks for
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable . --group test
	.venv-lowest/bin/python -m pytest -n 2

wheel: $(VENV)/installed-test ## the wheel, installed alone, runs the demo on each of PYTHONS
	$(BIN)/python -m pip install --quiet build
	$(BIN)/python -m build --outdir dist
	for python in $(PYTHONS); do \
		$$python -m venv --clear dist/empty && dist/empty/bin/python -m pip install --quiet dist/*.whl && \
		dist/empty/bin/jogeon watch 급등주 --server demo --json --count 3 || exit 1; \
	done

lint: $(VENV)/installed-test ## ruff
	$(BIN)/ruff check $(SOURCES)

types: $(VENV)/installed-test ## mypy --strict
	$(BIN)/mypy $(SOURCES)

bench: $(VENV)/installed-test ## measure the speed
	$(BIN)/python bench/run.py $(if $(PEERS),--peers $(PEERS))
	$(BIN)/python bench/layers.py
	$(BIN)/python bench/prices.py
	$(BIN)/python bench/outage.py
	$(BIN)/python bench/journal.py --quick
	$(BIN)/python bench/fanout.py
	$(BIN)/python bench/stream.py --kills 2 --numbers 10
	$(BIN)/python bench/replay.py

drill: $(VENV)/installed-test ## truth under random faults for an hour, harm to journals, random days replayed
	$(BIN)/python bench/drill.py --minutes 60
	$(BIN)/python bench/drill.py --minutes 10 --prices
	$(BIN)/python bench/scripted.py --seeds 2000
	$(BIN)/python bench/stream.py
	$(BIN)/python bench/hub.py --minutes 30
	$(if $(PEERS),$(BIN)/python bench/peers.py $(PEERS))
	$(BIN)/python bench/harm.py
	$(BIN)/python bench/days.py --days 300
	$(BIN)/python bench/hostile.py
	$(BIN)/python bench/siege.py
	$(BIN)/python bench/pairs.py
	$(BIN)/python bench/switches.py --minutes 10
	$(BIN)/python bench/alerts.py
	$(BIN)/python bench/jetstream.py --minutes 30
	$(BIN)/python bench/jetstream_speed.py
	$(BIN)/python bench/board.py

fuzz: $(VENV)/installed-test ## the property tests with many more examples, then bytes guided by coverage
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -n 2 -m hypothesis
	@$(BIN)/python -m pip install --quiet atheris || { echo 'atheris is not offered for this machine: no more to do.'; exit 0; }; \
	for target in words client server subscriptions connection peer; do \
		$(BIN)/python fuzz/run.py $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

pictures: system $(VENV)/installed-test ## the pictures of the board in the READMEs, from a simulated market
	$(BIN)/python docs/images/make.py

clean: ## remove all that was made
	rm -rf $(VENV) .venv-lowest build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are younger than pyproject.toml, so a second run installs nothing and needs no network.
$(VENV)/installed: pyproject.toml
	$(make-venv)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml
	$(make-venv)
	$(BIN)/python -m pip install --quiet --editable . --group test
	@touch $@ $(VENV)/installed

# pip knows dependency groups from 25.1 on; the one that comes with Python may be older.
define make-venv
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo 'jogeon needs Python 3.11 or later. If you have one under another name: make PYTHON=python3.12 …' >&2; exit 1; }
@$(PYTHON) -c 'import venv, ensurepip' || { \
	echo 'This Python has no venv module. On Debian and Ubuntu: sudo apt-get install python3-venv' >&2; exit 1; }
@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
$(BIN)/python -m pip install --quiet 'pip>=25.1'
endef

# A missing program is installed where that needs no password. Else it is named; only the CI stops for it here.
system:
	@missing() { for each in $(SYSTEM_PACKAGES); do command -v $$each >/dev/null || dpkg -s $$each >/dev/null 2>&1 || printf ' %s' $$each; done; }; \
	root() { if [ "$$(id -u)" = 0 ]; then "$$@"; else sudo -n "$$@"; fi; }; \
	if [ -n "$$(missing)" ] && command -v apt-get >/dev/null && root true 2>/dev/null; then \
		root apt-get update -qq; root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y $$(missing); \
	fi; \
	if [ -n "$$(missing)" ]; then \
		echo "Missing programs that the tests start:$$(missing). Please install them, on Debian and Ubuntu with: sudo apt-get install$$(missing)" >&2; \
		[ -z "$$CI" ] || exit 1; \
	fi
