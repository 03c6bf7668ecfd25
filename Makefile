PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: setup demo test lint fix faults lint-email desk fragments bench lock release
demo: .venv/run  ## clips in, drafts out, delivered into a folder: in a throw-away home
	@home=$$(mktemp -d) && $(BIN)/python -m digest send --home "$$home" --seeds seeds --now 2026-11-20T09:07+08:00
test: lint  ## everything that is checked
	$(BIN)/coverage erase && $(BIN)/coverage run -m pytest --numprocesses 2 --dist worksteal && $(BIN)/coverage combine --quiet && $(BIN)/coverage report
lint: .venv/dev  ## style, types, import borders
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports
fix: .venv/dev  ## what the linter and formatter can do by themselves
	$(BIN)/ruff check --fix && $(BIN)/ruff format
faults: .venv/dev  ## only the tests that kill, stall and flood
	$(BIN)/python -m pytest -m faults
lint-email: .venv/dev  ## the public linters on drafted emails; needs Node and Chromium
	$(BIN)/python tests/lint_email.py && $(BIN)/python tests/lint_site.py
desk: .venv/dev  ## the desk in a browser: axe-core, width, first paint; PICTURES=--pictures renews those of docs/
	$(BIN)/python tests/lint_desk.py $(PICTURES)
fragments: .venv/dev  ## do links open the page at the quoted sentence? needs Chromium and ../shared
	$(BIN)/python tests/fragments.py
bench: .venv/dev  ## the goals of docs/speed.md, measured as pairs; up to an hour
	$(BIN)/python tests/bench.py
lock: .venv/dev  ## newest allowed versions, pinned with their hashes
	$(COMPILE) --upgrade pyproject.toml -o requirements.txt && $(COMPILE) --upgrade -c requirements.txt pyproject.toml --extra cards --extra metrics --extra postgres --extra remote --group dev -o requirements-dev.txt && $(COMPILE) --upgrade -c requirements-dev.txt pyproject.toml --extra metrics --extra postgres --extra remote --group build -o requirements-service.txt
release: .venv/dev  ## VERSION=0.2.0: turn the changelog, bump, commit, build and tag; nothing is pushed
	$(BIN)/python tests/release.py "$(VERSION)"
setup: .venv/dev  ## the environment, and the checks before each commit
	$(BIN)/pre-commit install

.venv/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements.txt && touch $@
.venv/dev: requirements-dev.txt .venv/run
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements-dev.txt && touch $@
