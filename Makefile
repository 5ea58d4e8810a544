# Two commands are enough: `make run` and `make test`. Each does all the set-up there is.
# What is given on the command line reaches the scripts: make run PORT=8123, make setup PYTHON=python3.12.

PYTHON_IN_VENV := .venv/bin/python

# Workers for the tests; 0 runs them in one process (for a debugger).
WORKERS ?= 2
# Passed on to pytest: make test-sqlite ARGS="-k workflow -x"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format typecheck test-sqlite test-postgres bench screenshots lock clean lighthouse
# The steps of `make test` share one terminal and one database folder; they run in order even under `make -j`.
.NOTPARALLEL:

help: ## показати ці команди
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## встановити все для розробки і тестів
	@scripts/setup test

run: ## встановити потрібне й запустити портал (make run PORT=8001)
	@scripts/run

test: lint typecheck test-sqlite test-postgres ## усі перевірки: стиль, типи, тести на SQLite і на PostgreSQL

lint: setup ## перевірити стиль коду
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m ruff format --check .

format: setup ## привести код до спільного стилю
	$(PYTHON_IN_VENV) -m ruff check --fix --exit-zero .
	$(PYTHON_IN_VENV) -m ruff format .

typecheck: setup ## перевірити типи
	$(PYTHON_IN_VENV) -m mypy

test-sqlite: setup ## тести на SQLite, разом із браузерними
	env -u DATABASE_URL $(PYTHON_IN_VENV) -m pytest -n $(WORKERS) $(ARGS)

test-postgres: setup ## ті самі тести на справжньому PostgreSQL
	$(PYTHON_IN_VENV) -m tests.postgres -- $(PYTHON_IN_VENV) -m pytest -n $(WORKERS) $(ARGS)

screenshots: setup ## зняти сторінки для довідки наново
	env -u DATABASE_URL TAKE_SCREENSHOTS=1 $(PYTHON_IN_VENV) -m pytest -q tests/browser/test_help.py

bench: setup ## виміряти швидкість
	$(PYTHON_IN_VENV) -m tests.bench

lighthouse: setup ## виміряти сторінки Lighthouse (потрібні npm і Chromium), звіт у docs/lighthouse.md
	$(PYTHON_IN_VENV) scripts/lighthouse.py

lock: ## оновити requirements*.txt за pyproject.toml (ARGS=--upgrade: найновіші версії)
	@scripts/lock $(ARGS)

clean: ## прибрати .venv і кеші; дані порталу (var/) лишаються
	rm -rf .venv .lighthouse .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
