# nianbao: one command for each chore. Python 3.11 or newer, git and make are all that must be there.
#
#   make demo     read the sample reports in an environment of its own; records in out/
#   make test     what every change has to pass: lint, types, import contracts, tests
#   make slow     the slow lane: the wheel, built and installed in an empty folder
#   make fix      format and mend what ruff can mend
#   make bench    speed against jieba
#   make models   train the models anew from the samples
#   make wheel    the wheel, in dist/
#   make clean    remove all of what this file makes
#
# `.ci/run` runs `make test` and then each lane. NIANBAO_SKIP names lanes to leave out, separated by spaces: slow.

PYTHON ?= python3
SAMPLES := corpora/samples
BIN := .venv/bin
DEMO := .venv-demo/bin

.DEFAULT_GOAL := test
.PHONY: demo test slow fix bench models wheel clean
.DELETE_ON_ERROR:

# $(call environment,FOLDER,WHAT): a fresh virtual environment with the package, editable, installed in it
define environment
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is " \
	  + sys.version.split()[0] + "; say make PYTHON=/path/to/python3.11")'
	rm -rf $(1)
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable '$(2)'
	@touch $(1)/stamp
endef

.venv/stamp: pyproject.toml
	$(call environment,.venv,.[dev])

.venv-demo/stamp: pyproject.toml
	$(call environment,.venv-demo,.)

demo: .venv-demo/stamp
	@rm -rf out && mkdir -p out/gold
	@$(DEMO)/python -m nianbao.train.marked $(SAMPLES) out/reports
	@mv out/reports/*.gold.json out/gold/
	@$(DEMO)/nianbao extract out/reports --with-text --out out/records.jsonl
	@$(DEMO)/nianbao show --brief out/reports
	@echo
	@echo "out/reports/       the sample reports, as a reader would get them"
	@echo "out/gold/          what their annotators read in them"
	@echo "out/records.jsonl  what nianbao reads in them, a record a line"
	@echo "One of them with its evidence:  $(DEMO)/nianbao show $$(ls out/reports/*.txt | head -n 1)"

test: .venv/stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m 'not slow'

slow: .venv/stamp
	$(BIN)/pytest -m slow

fix: .venv/stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/stamp
	$(BIN)/nianbao bench $(SAMPLES)

models: .venv/stamp
	$(BIN)/nianbao train tagger sections facts $(SAMPLES)

wheel: .venv/stamp
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist

clean:
	rm -rf .venv .venv-demo out dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find pipeline tests -name __pycache__ -prune -exec rm -rf {} +
