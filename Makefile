# make demo              the first sourced answer, from nothing
# make demo DOCS=DIR     the same on your own documents
# make test              everything that must hold
#
# Needs python3 (3.11 or newer), make and a package registry; all else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
READY := $(BIN)/.ippo-ready
BENCH_READY := $(BIN)/.ippo-bench-ready
PYTEST_ARGS ?=

# Never fetch another Python, and never touch an environment outside the project.
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

# The shipped knowledge and a folder of one's own are kept apart, so that an answer never mixes them.
ifdef DOCS
export IPPO_DATA_DIR ?= .ippo/own/$(shell printf '%s' '$(abspath $(DOCS))' | cksum | cut -d' ' -f1)
DEMO_QUESTION ?= 小さな会社です。省エネや脱炭素は、何から始めればいいですか
else
DEMO_QUESTION ?= 千代田区で小さな会社をやっています。脱炭素は何から始めればいいですか
endif

.PHONY: help demo serve test check fix bench crash docs system clean
.DEFAULT_GOAL := help

help:  ## say what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

demo: $(READY)  ## ingest the shipped knowledge (or DOCS=DIR), ask a first question, print the sourced answer
	@printf '\n  1. 資料を読み込みます  (ippo ingest %s)\n\n' '$(DOCS)'
	@$(BIN)/ippo ingest $(if $(DOCS),'$(DOCS)') || test $$? -eq 1
	@printf '\n  2. 質問します  (ippo ask)\n\n     「%s」\n\n' '$(DEMO_QUESTION)'
	@$(BIN)/ippo ask '$(DEMO_QUESTION)'
	@printf '\n  3. 続きはブラウザで: make serve%s  →  http://localhost:8000\n\n' '$(if $(DOCS), DOCS=$(DOCS))'

serve: $(READY)  ## open the web chat on http://localhost:8000 (PORT=…, DOCS=DIR)
	@$(BIN)/ippo ingest $(if $(DOCS),'$(DOCS)') || test $$? -eq 1
	@$(BIN)/ippo serve --port $(or $(PORT),8000)

test: $(READY) system check  ## run all checks and the whole test suite
	$(BIN)/pytest -n 2 --dist loadfile $(PYTEST_ARGS)

check: $(READY)  ## lint, formatting, types, import arrows, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy bot knowledge ingest adapters
	$(BIN)/lint-imports
	$(BIN)/codespell

fix: $(READY)  ## let the tools correct what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/codespell --write-changes

bench: $(BENCH_READY)  ## measure answers and ingest beside what one could use instead (PARTS="peers …")
	$(BIN)/python -m tests.benchmarks $(PARTS)

crash: $(READY) system  ## kill the whole program at random under 900 questions, on both databases; six minutes
	$(BIN)/python -m tests.crash $(SEED)

docs: $(READY)  ## write the generated pages: settings and commands
	$(BIN)/python -m adapters.reference docs

system:
	@sh .ci/system-packages

clean:  ## remove the environment and caches; the data directory stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# `uv` from the PATH, else our own copy inside .venv.
define sync
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 1; }
@test -x $(BIN)/python || if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) .venv; \
  else $(PYTHON) -m venv .venv; fi || { echo "No .venv could be made; on Debian: apt-get install python3-venv"; exit 1; }
@command -v uv >/dev/null || test -x $(BIN)/uv || { \
  $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
  $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; }
@uv=$$(command -v uv || echo $(BIN)/uv); "$$uv" sync --frozen --inexact --quiet $(1)
endef

$(READY): pyproject.toml uv.lock
	@echo "Setting up .venv (first time: a minute or two) …"
	$(call sync)
	@touch $@

$(BENCH_READY): $(READY)
	$(call sync,--group bench)
	@touch $@
