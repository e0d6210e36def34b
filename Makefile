# The two commands: `make run` (PORT=8000) and `make test`. `make clean` removes what both made.
.DEFAULT_GOAL := help
.PHONY: help run test format accuracy bench clean flower drill

VENV_PYTHON := var/venv/bin/python
# Sets everything up from a fresh clone; quick when nothing changed. One sentence and a stop when it cannot.
INSTALL = python=$$(deploy/local/find-python.sh) && "$$python" -m deploy.local.install

help:
	@echo 'make run     set up and start mockupAWS on http://127.0.0.1:8000 (PORT=... for another port)'
	@echo 'make test    set up and run every check and every test'
	@echo 'make format  put the code into the project format'
	@echo 'make accuracy  print every published bill beside what we say; renews docs/accuracy.md'
	@echo 'make bench   run the benchmarks of tests/bench'
	@echo 'make flower  look at the jobs of the running stack, on http://127.0.0.1:5555/flower/'
	@echo 'make drill   run what docker-compose.yml says as plain processes, make a report, stop'
	@echo 'make clean   remove everything the others made: data, packages, logs'

run:
	@$(INSTALL) run && exec $(VENV_PYTHON) -m deploy.local.launch

test:
	@$(INSTALL) test && exec $(VENV_PYTHON) -m deploy.local.check

format:
	@$(INSTALL) test && $(VENV_PYTHON) -m ruff format . && $(VENV_PYTHON) -m ruff check --fix .

accuracy:
	@$(INSTALL) test && exec $(VENV_PYTHON) -m tests.pricing.accuracy

bench:
	@$(INSTALL) test && exec $(VENV_PYTHON) -m deploy.local.check bench

# With FLOWER_PORT and FLOWER_PASSWORD as you like.
flower:
	@test -x $(VENV_PYTHON) || { echo 'There is no stack to look at: start it with make run first.' >&2; exit 1; }
	@exec $(VENV_PYTHON) -m deploy.local.flower

drill:
	@$(INSTALL) test && exec deploy/drill.sh

clean:
	@deploy/local/clean.sh
