# Each command does its own set-up: `make book` builds our textbook, `make run` runs its cells, `make test` the tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP  := $(VENV)/.installed
DATA   := fashion-mnist

# A shell that has Python write no bytecode would have every process that the tests start compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book run record data test verify lint docs bench lock clean
book: $(STAMP)  ## build the textbook from the results that come with it; then open the page it names
	$(BIN)/etude build book

run: data  ## run what changed of the textbook, with all that its cells need, and build it
	$(BIN)/etude build book

record: data  ## the same, and record the results in book/results
	$(BIN)/etude build book --record

# Without them, cells that must run make do with the samples that come with the book.
data: $(STAMP)-book  ## fetch the data sets that the recorded results were made with in full
	-cd book && ../$(BIN)/python -m data fetch $(DATA)

# Tests wait for kernels and browsers: four processes are well used on two cores, too. What the tests of a file
# share is made once, as a file stays together; `tests/conftest.py` has the longest ones begin first.
test: $(STAMP)-book $(STAMP)-test  ## every test, with real kernels and a real browser
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

verify: data  ## run the whole textbook again, in fresh kernels, and compare
	$(BIN)/etude verify --all book

lint: $(STAMP)-book $(STAMP)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP)-book  ## build the handbook
	$(BIN)/etude build docs

bench: $(STAMP)-test
	$(BIN)/python benchmarks/build.py

# requirements/dev.txt is the lock: every package with the version that was tested.
$(STAMP): pyproject.toml requirements/dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --constraint requirements/dev.txt --editable .
	touch $@

$(STAMP)-book: $(STAMP)
	$(PIP) install --constraint requirements/dev.txt --group book
	touch $@

$(STAMP)-test: $(STAMP) tests/epub/package-lock.json
	$(PIP) install --constraint requirements/dev.txt --group test --group lint
	if command -v npm >/dev/null; then npm ci --prefix tests/epub --ignore-scripts --no-audit --no-fund; fi
	touch $@

lock: $(STAMP)-book $(STAMP)-test  ## note the versions that are installed now
	{ sed -n '1p' requirements/dev.txt; $(PIP) freeze --exclude-editable | sed 's,+cpu$$,,'; } > requirements/dev.new
	mv requirements/dev.new requirements/dev.txt

clean:
	rm -rf book/_build book/.etude docs/_build docs/.etude $(VENV)
