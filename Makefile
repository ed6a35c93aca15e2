# Everything a checkout needs, from nothing but Python, Rust with a C compiler, Node and make.
#
#   make run [DUMP=path] [SYMBOLS=folder]   send a crash through the whole pipeline
#   make test                               all tests, lint and types
#   make help                               the other targets

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STACKWALKER := layers/stackwalker
RELEASE := $(STACKWALKER)/target/release
WALKER := $(RELEASE)/moonwalk-stackwalker
PROGRAMS := moonwalk-stackwalker moonwalk-broker moonwalk-pack moonwalk-giant
# The machine at hand with Lambda's glibc: what runs here is what is deployed, and built only once.
HOST := $(shell uname -m)-unknown-linux-gnu
RUST := --quiet --release --locked --manifest-path $(STACKWALKER)/Cargo.toml --target $(HOST).2.34
ARCH ?=

say = printf '\033[2m── %s\033[0m\n' "$(1)"
# A variable's value as one word of the shell, whatever characters a file's name has.
quoted = '$(subst ','\'',$(value $(1)))'
need = command -v $(1) >/dev/null || { echo "moonwalk needs $(1), which is not on PATH: $(2)" >&2; exit 1; }

export PATH := $(CURDIR)/$(BIN):$(PATH)
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help run up test built check lint lint-rust test-rust format build local setup stackwalker assets lambda-assets reference \
        example picture giant-real lock clean bench-imports bench-walk bench-cold bench-kills bench-pack \
        bench-herd bench-storm bench-rules soak bench-incident fuzz mutants

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
	  awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

run: local ## send the example crash (or DUMP=path [SYMBOLS=folder]) through the pipeline
	@$(BIN)/moonwalk run $(if $(value SYMBOLS),--symbols=$(call quoted,SYMBOLS)) \
	  $(if $(value DUMP),-- $(call quoted,DUMP))

up: local ## keep the embedded AWS running for the other commands
	@$(BIN)/moonwalk up

# Two jobs at a time, as some use one processor only (mypy, linking, what waits for the network).
test: ## everything that is checked, tests included
	@$(MAKE) --jobs=2 --output-sync=line built
	@$(call say,tests)
	@$(BIN)/pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder \
	  --cov --cov-report=term:skip-covered

built: build check reference test-rust

test-rust: $(WALKER)
	@$(call say,tests of the stackwalker)
	@cargo-zigbuild test $(RUST)

check: lint lint-rust ## lint, types, import contracts, lock files

lint: setup
	@$(call say,lint and types)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(call say,lock files)
	@mkdir -p build/locks && cp requirements/* build/locks/
	@$(call compile,build/locks)
	@for name in bootstrap layer dev; do cmp -s requirements/$$name.txt build/locks/$$name.txt || \
	  { echo "requirements/$$name.txt does not follow from $$name.in: run 'make lock'" >&2; exit 1; }; done

lint-rust: setup
	@$(call need,cargo,install Rust from https://rustup.rs)
	@$(call say,Rust)
	@cargo fmt --check --manifest-path $(STACKWALKER)/Cargo.toml --all
	@cargo-zigbuild clippy $(RUST) --all-targets -- -D warnings
	@cargo fmt --check --manifest-path examples/maker/Cargo.toml

format: setup ## write the code as the formatters want it
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@cargo fmt --manifest-path $(STACKWALKER)/Cargo.toml --all

build: local lambda-assets ## everything, to run and to deploy; no network afterwards

local: setup stackwalker assets ## what running here needs

setup: $(VENV)/.stamp node_modules/.stamp

$(VENV)/.stamp: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(call need,$(PYTHON),install Python 3.11 or newer)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "moonwalk needs Python 3.11 or newer; say which by PYTHON=…" >&2; exit 1; }
	@$(call say,Python environment)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "python -m venv failed: on Debian, install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync --quiet --require-hashes requirements/bootstrap.txt requirements/dev.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# npx looks there for the Node it runs the command line on: the environment's, still maintained.
node_modules/.stamp: package.json package-lock.json $(VENV)/.stamp
	@$(call need,npm,install Node 20 or newer from https://nodejs.org)
	@$(call say,CDK command line)
	@npm ci --silent
	@ln -sf "$$($(BIN)/python -c 'import os, infra; print(os.environ["JSII_NODE"])')" node_modules/.bin/node
	@touch $@

stackwalker: $(WALKER)

$(WALKER): $(wildcard $(STACKWALKER)/Cargo.*) $(shell find $(STACKWALKER)/crates -type f) | $(VENV)/.stamp
	@$(call need,cargo,install Rust from https://rustup.rs)
	@$(call need,cc,install a C compiler; on Debian: build-essential)
	@$(call say,stackwalker)
	@cargo-zigbuild zigbuild $(RUST)
	@mkdir -p $(RELEASE)
	@ln -f $(PROGRAMS:%=$(STACKWALKER)/target/$(HOST)/release/%) $(RELEASE)
	@touch $@

assets: setup stackwalker
	@$(BIN)/python -m infra.build_assets local

lambda-assets: setup ## the layers as they are deployed (ARCH=x86_64 or arm64, else as set)
	@$(call need,cargo,install Rust from https://rustup.rs)
	@$(BIN)/python -m infra.build_assets lambda $(if $(ARCH),--arch $(ARCH))

reference: build/reference/bin/minidump-stackwalk ## upstream's stackwalker, to compare with

build/reference/bin/minidump-stackwalk:
	@$(call need,cargo,install Rust from https://rustup.rs)
	@$(call say,minidump-stackwalk 0.27.0 from crates.io: some minutes)
	@cargo install --quiet --locked --root build/reference minidump-stackwalk@0.27.0

bench-imports: local ## what the dispatcher's start costs beside its libraries
	@$(BIN)/python -m cli.benchmarks.imports

bench-walk: setup stackwalker reference ## walks from packs against upstream's (35 min, 3 GB; CASES="…" ARGS="…")
	@$(BIN)/python -m cli.benchmarks.walk $(ARGS) -- $(CASES)

bench-kills: setup stackwalker ## brokers killed 500 times while they are read from (5 min; ARGS="…")
	@$(BIN)/python -m tests.integration.broker.kills $(ARGS)

bench-cold: setup stackwalker reference ## symbols far away and nothing kept (10 min, 3 GB; ARGS="…")
	@$(BIN)/python -m cli.benchmarks.cold $(ARGS)

bench-pack: setup stackwalker reference ## packing against upstream's parsing (5 min, 2 GB; CASES="…" ARGS="…")
	@$(BIN)/python -m cli.benchmarks.pack $(ARGS) -- $(CASES)

bench-rules: setup ## rules over a real crash, one by one (10 s; ARGS="…")
	@$(BIN)/python -m cli.benchmarks.rules $(ARGS)

bench-herd: local reference ## 500 crashes of one build, its giant not packed yet (ARGS="…")
	@$(BIN)/python -m tests.performance.herd $(ARGS)

bench-storm: local ## 200 crashes while their symbol server is in trouble (ARGS="…")
	@$(BIN)/python -m tests.performance.storm $(ARGS)

soak: local ## 10,000 walks in one worker: its speed, and whether it grows (an hour; WALKS=…)
	@$(BIN)/python -m tests.performance.soak $(if $(WALKS),--walks $(WALKS))

bench-incident: setup stackwalker reference ## the incident, live: both ways over a disk that loses its burst (40 min, 20 GB, root; CRASHES=… MINUTES=… ARGS="…")
	@$(BIN)/python -m cli.benchmarks.incident $(if $(CRASHES),--crashes $(CRASHES)) \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

example: setup ## make the example crash again (needs g++)
	@examples/make-example

picture: setup stackwalker ## take the picture of the report in docs/ anew (needs Chromium)
	@MOONWALK_PICTURE=1 $(BIN)/pytest --quiet -p no:randomly tests/browser/test_picture.py

giant-real: reference ## the largest C++ program of Debian: its symbols, real dumps of it (15 min, 5 GB)
	@$(PYTHON) examples/giant-real

SECONDS ?= 1800

fuzz: setup stackwalker ## hostile packs, and packer against parser, for SECONDS (needs Rust nightly)
	@$(call need,rustup,install Rust from https://rustup.rs)
	@test -x build/fuzz/bin/cargo-fuzz || { $(call say,cargo-fuzz 0.13.2 from crates.io: a minute); \
	  cargo install --quiet --locked --root build/fuzz cargo-fuzz@0.13.2; }
	@$(BIN)/python -m cli.benchmarks.fuzz $(SECONDS)

mutants: setup ## mistakes in the rules of packs, each found by the comparison (some minutes)
	@$(BIN)/python -m cli.benchmarks.mutants

lock: setup ## compile the requirement files and their hashes
	@$(call compile,requirements)

# Compiles the requirement files into a folder, keeping the versions that are pinned there already.
define compile
cd $(1) && for name in bootstrap layer dev; do \
  uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
    --custom-compile-command 'make lock' \
    $$([ $$name = dev ] && echo -c layer.txt) $$name.in -o $$name.txt; done
endef

clean: ## forget everything that was built
	@rm -rf build cdk.out $(VENV) node_modules $(STACKWALKER)/target
