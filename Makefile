# Vision Lab. `make` prints this help; a second run of any target installs nothing.

PORT   ?= 8501
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$name; break; }; done)
BIN    := .venv/bin
RUN    := .venv/.installed-run
DEV    := .venv/.installed-dev
# The variable silences the notice, not a warning, that the generator reaches its end of life in May 2027
MANUAL := NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
WITHOUT_BROWSER := $(addprefix --ignore=tests/,browser deploy faults hostile isolation)

.DEFAULT_GOAL := help
.PHONY: help run test test-deploy coverage check audit docs format bench screenshots clean

help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(RUN) ## Install what is needed, start the app, print its address (PORT=8501)
	@echo "Vision Lab: http://localhost:$(PORT)   (stop with Ctrl+C)"
	@exec $(BIN)/streamlit run serve.py --server.port $(PORT)

# The journeys run alone: each has a server and a browser, which fill two cores. ARGS="tests/core -k iou" runs a part.
test: $(DEV) ## Install what is needed and run every test: unit, AppTest, browser
	@$(BIN)/python -m tests.browser.chromium
ifdef ARGS
	$(BIN)/python -m pytest -q $(ARGS)
else
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q --numprocesses=2 --dist=loadgroup --ignore=tests/browser
	$(BIN)/python -m pytest -q tests/browser
endif

test-deploy: $(DEV) ## Visit every page behind nginx (from apt if it is missing), as docs/deploy.md sets it up
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.deploy.nginx
	$(BIN)/python -m pytest -q tests/deploy $(ARGS)

coverage: $(DEV) ## Run the tests that need no browser; fails where they leave out too many lines or branches
	rm -rf .cache/coverage
	OMP_NUM_THREADS=1 $(BIN)/python -m coverage run -m pytest -q --numprocesses=2 --dist=loadgroup $(WITHOUT_BROWSER) $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage json --quiet -o .cache/coverage/report.json
	@$(BIN)/python -m tests.coverage_floors .cache/coverage/report.json

check: $(DEV) ## Lint, format, types, import contracts, security, architecture rules, the manual
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive app.py serve.py core viz ui pages training
	$(BIN)/python -m pytest -q tests/test_architecture.py
	$(MANUAL) --site-dir .cache/manual

docs: $(DEV) ## Build the manual into site/
	$(MANUAL)
	@echo "The manual: site/index.html"

audit: $(DEV) ## Ask the public list of known holes about the libraries (needs the network)
	$(BIN)/pip-audit --requirement requirements.txt

format: $(DEV) ## Put every file into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) ## Run every benchmark, compare, write docs/benchmarks.md and the README's table (ARGS=nms: one alone)
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(DEV) ## Take the pictures of the README and docs from the running app
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m tests.browser.screenshots docs/images

clean: ## Remove what make installed and built
	rm -rf .venv .cache site

# Debian's Python comes without ensurepip unless python3-venv is there: then virtualenv, from pip, makes the same folder.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Vision Lab needs Python 3.11 or newer: install it, or name it with PYTHON=..."; exit 1; }
	@echo "Making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; \
		$(PYTHON) -m pip install --quiet --target .cache/virtualenv virtualenv && \
		PYTHONPATH=.cache/virtualenv $(PYTHON) -m virtualenv --quiet .venv; }

$(RUN): requirements.txt | $(BIN)/python
	@echo "Installing what the app needs: a few minutes, once"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing what the tests need"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
