# Rapport. `make demo` shows the whole loop; `make test` proves it. Both install what they need first.
SHELL := /bin/bash
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
DEMO_DATA ?= build/demo-data

CONSOLE_SOURCES := $(shell find console/src console/public console/index.html console/*.ts console/package-lock.json \
  -type f ! -name '*.gen.ts' ! -name '*.test.ts*' 2>/dev/null)

.PHONY: help demo test build packages duckdb configure openapi node_modules unit console-check conformance flows \
  screenshots bench format format-check clean

help:
	@echo "make demo [DATA=folder]  generate (or read) films, ratings and users; learn, reach them, show the result"
	@echo "make test                everything that CI runs"
	@echo "make build               the optimised program: build/release/rapport"
	@echo "make screenshots         every page of the console as pictures, into build/screenshots"
	@echo "make bench               the benchmarks, with ratios against named alternatives"
	@echo "make format              clang-format on every source"

packages:
	@tools/install_packages.sh

# libduckdb.so and duckdb.h, from npm by a lock file; its packages' own scripts never run.
duckdb: packages
	@cmp -s tools/duckdb/package-lock.json tools/duckdb/node_modules/.installed-lock 2>/dev/null || \
	  (cd tools/duckdb && npm ci --ignore-scripts --no-audit --no-fund && \
	   cp package-lock.json node_modules/.installed-lock)

configure: packages duckdb
	@[ -f build/release/build.ninja ] || cmake --preset release

# What the console's types are made of.
openapi: configure
	@cmake --build --preset release --target write_openapi
	@build/release/src/contract/write_openapi build/openapi.json.new
	@if cmp -s build/openapi.json.new build/openapi.json; then rm build/openapi.json.new; \
	  else mv build/openapi.json.new build/openapi.json; fi

build/openapi.json: openapi

console/node_modules/.installed-lock: console/package-lock.json | packages
	@cd console && npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/.installed-lock

console/dist/index.html: console/node_modules/.installed-lock build/openapi.json $(CONSOLE_SOURCES)
	@cd console && npm run --silent build && touch dist/index.html

build: configure console/dist/index.html
	@cmake --build --preset release --target rapport

demo: build
	@build/release/rapport demo --data $(DEMO_DATA) $(if $(DATA),--files $(DATA))

unit: build
	@cmake --build --preset release
	@ctest --preset release -j2

node_modules: packages
	@cmp -s test/package-lock.json test/node_modules/.installed-lock 2>/dev/null || \
	  (cd test && npm ci --no-audit --no-fund && cp package-lock.json node_modules/.installed-lock)

conformance: build node_modules
	@cmake --build --preset release --target contract_sample_server
	@cd test && node --test --test-concurrency=2 conformance/ bad_input/ crash/

console-check: console/dist/index.html
	@cd console && npm run --silent check

# A marketer's ways through the console, in Debian's Chromium.
flows: build
	@cd console && npm run --silent flows

# Every page, light and dark, wide and narrow, into build/screenshots.
screenshots: build
	@cd console && npm run --silent screenshots

test: unit console-check conformance flows

bench: build
	@cd bench/templates && npm ci --ignore-scripts --no-audit --no-fund --silent
	@cmake --build --preset release --target benchmarks
	@bench/run.sh

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format-19 -i

format-check:
	@git ls-files '*.h' '*.cpp' | xargs clang-format-19 --dry-run -Werror

clean:
	rm -rf build console/dist
