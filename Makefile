# Showcase: everything a newcomer needs. `make` alone shows what there is.
#
# Two stamps keep the second time quick: .venv/running (what the services need) and .venv/developing (tests and checks
# as well). Both are renewed when pyproject.toml changes.

PY := .venv/bin/python
RUNNING := .venv/running
DEVELOPING := .venv/developing
# Whole files of tests side by side, in the order that conftest.py gives them: browsers last.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup run up test soak lint bench figures pictures docs clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(DEVELOPING) ## Make .venv with everything for running, testing and checking

run: $(RUNNING) ## Play the reference event: three services, robots that judge, one address for people
	@.venv/bin/showcase demo $(ARGS)

up: $(RUNNING) ## Run the three services without robots, on the folder data/
	@.venv/bin/showcase up $(ARGS)

test: $(DEVELOPING) ## Run every test this machine can run, and list what it could not
	@scripts/browser.sh
	@scripts/system-packages.sh
	@scripts/kustomize.sh
	@scripts/mongo/fetch.sh
	@scripts/kafka/fetch.sh
	@scripts/node/fetch.sh
	@$(PY) -m pytest $(SIDE_BY_SIDE) $(ARGS)

soak: $(DEVELOPING) ## The faults of the cluster engine at their full length, some ten minutes
	@scripts/system-packages.sh
	@scripts/mongo/fetch.sh
	@scripts/kafka/fetch.sh
	@SHOWCASE_SOAK=1 $(PY) -m pytest tests/faults/cluster $(ARGS)

lint: $(DEVELOPING) ## Linter, types and import contracts
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports

bench: $(DEVELOPING) ## Measure against limits and peers, in 25 minutes; ARGS="ingest --json" for one
	@scripts/system-packages.sh
	@scripts/mongo/fetch.sh
	@scripts/kafka/fetch.sh
	@scripts/peers/fetch.sh
	@$(PY) -m bench $(if $(ARGS),$(ARGS),all)

figures: $(DEVELOPING) ## Put the newest results of bench into the README
	@$(PY) -m scripts.figures

pictures: $(DEVELOPING) ## Take the README's pictures of the board anew, from a demo
	@$(PY) -m scripts.pictures

docs: $(DEVELOPING) ## Write the API documents in docs/api anew from the code
	@$(PY) -m services.documents docs/api

clean: ## Remove .venv and caches; never data/
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNNING): pyproject.toml scripts/venv.sh
	@scripts/venv.sh .
	@touch $@

$(DEVELOPING): pyproject.toml scripts/venv.sh
	@scripts/venv.sh '.[dev]'
	@touch $(RUNNING) $@
