# nianbao: one command for each chore. Python 3.11 or newer, git and make are all that must be there.
#
#   make demo     read the sample reports in an environment of its own; records in out/
#   make test     what every change has to pass: lint, types, import contracts, tests
#   make slow     the slow lane: the wheel, built and installed in an empty folder
#   make browser  the browser lane: pages opened in Chromium, which it installs where apt can
#   make backends the lane of spaCy and transformers: small models trained, saved, opened, read with
#   make ray      the Ray lane: a batch on a cluster of this machine
#   make fuzz     damaged reports for SECONDS=120; those that break a promise of the record go to out/fuzz
#   make notebooks  the notebook lane: all run in clean kernels; with WRITE=1 they are written anew
#   make docs     the site of the documentation, in out/site
#   make fix      format and mend what ruff can mend
#   make bench    speed against jieba
#   make micro    the time of each stage by itself, of web pages, JSON and the journal
#   make evaluate the figures on the samples, in out/evaluation.md and .json, and those of models that have not seen what
#                 they read, in out/held-out.md and .json (minutes), against their floors
#   make models   train the models anew from the samples
#   make wheel    the wheel, in dist/
#   make clean    remove all of what this file makes
#
# `.ci/run` runs `make test` and then the lanes slow, browser, notebooks and docs. NIANBAO_SKIP names lanes to leave out,
# separated by spaces. The lanes backends and ray install gigabytes: run them when you touch what they test.

PYTHON ?= python3
SAMPLES := corpora/samples
SECONDS ?= 120
BIN := .venv/bin
, := ,
DEMO := .venv-demo/bin

.DEFAULT_GOAL := test
.PHONY: demo test slow browser backends ray fuzz notebooks docs fix bench micro evaluate models wheel clean
.DELETE_ON_ERROR:

# $(call environment,FOLDER,WHAT,MORE): a fresh virtual environment with the package, editable, and more installed in it
define environment
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is " \
	  + sys.version.split()[0] + "; say make PYTHON=/path/to/python3.11")'
	rm -rf $(1)
	$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable '$(2)' $(3)
	@touch $(1)/stamp
endef

.venv/stamp: pyproject.toml
	$(call environment,.venv,.[dev])

.venv-demo/stamp: pyproject.toml
	$(call environment,.venv-demo,.)

# one release of torch, of which an index may have a build without CUDA
.venv-backends/stamp: pyproject.toml
	$(call environment,.venv-backends,.[dev$(,)transformers],torch==2.13.0)

.venv-ray/stamp: pyproject.toml
	$(call environment,.venv-ray,.[dev$(,)ray])

.venv-notebooks/stamp: pyproject.toml
	$(call environment,.venv-notebooks,.[notebooks])

.venv-docs/stamp: pyproject.toml
	$(call environment,.venv-docs,.[docs])

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
	$(BIN)/pytest -m 'not slow and not browser and not backends and not ray and not notebooks and not benchmark'

slow: .venv/stamp
	$(BIN)/pytest -m slow

browser: .venv/stamp
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
	$(BIN)/pytest -m browser

backends: .venv-backends/stamp
	HF_HUB_OFFLINE=1 .venv-backends/bin/pytest -m backends tests/test_backends.py tests/test_backends_*.py

ray: .venv-ray/stamp
	.venv-ray/bin/pytest -m ray

fuzz: .venv/stamp
	cd tests && ../$(BIN)/python -m fuzz $(SECONDS) --out ../out/fuzz

notebooks: .venv-notebooks/stamp
	@fc-list :lang=zh 2>/dev/null | grep -q . || ! command -v apt-get >/dev/null || \
	  { apt-get update -qq && apt-get install -y -qq fontconfig fonts-noto-cjk >/dev/null; }
	$(if $(WRITE),.venv-notebooks/bin/python notebooks/build.py,.venv-notebooks/bin/pytest -m notebooks tests/notebooks)

docs: .venv-docs/stamp
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --site-dir out/site

fix: .venv/stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/stamp
	$(BIN)/nianbao bench $(SAMPLES)

micro: .venv/stamp
	$(BIN)/pytest -m benchmark --benchmark-columns=min,median,iqr,rounds tests/benchmarks

evaluate: .venv/stamp
	@mkdir -p out
	$(BIN)/nianbao evaluate $(SAMPLES) --markdown out/evaluation.md --json out/evaluation.json --check-floors
	$(BIN)/nianbao evaluate $(SAMPLES) --held-out --markdown out/held-out.md --json out/held-out.json --check-floors

models: .venv/stamp
	$(BIN)/nianbao train all $(SAMPLES)

wheel: .venv/stamp
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist

clean:
	rm -rf .venv .venv-* out dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find pipeline tests docs notebooks -name __pycache__ -prune -exec rm -rf {} +
