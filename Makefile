# Everything that is done with Parlor. Bare `make` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run release test mutants lint simulate power-cuts bench bench-stages bench-growth bench-recovery bench-durable bench-redis chaos outages autobahn fuzz fuzz-planted races races-planted bench-frames bench-micro costs hostile bench-hostile clean setup-run setup-test

PORT ?= 8080
CUTS ?= 500
SWIFT_DIRS := Sources Tests Examples Package.swift
EXAMPLE := --package-path Examples/ConnectFour --scratch-path .build-example

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: setup-run ## Install what is missing, build and serve: open the printed address
	swift build --product parlor
	.build/debug/parlor serve --port $(PORT)

release: setup-run ## Build the fast executable
	swift build -c release --product parlor
	@echo "built: .build/release/parlor (a copy of it is a complete server)"

test: setup-test ## Run every test: Swift, the SDK, an example package, two real browsers
	@scripts/test

mutants: setup-run ## Plant faults in the room engine, one at a time: the tests must catch nine in ten
	@python3 -B scripts/mutants

lint: setup-run ## Check format, warnings, imports and file lengths
	@scripts/lint

simulate: ## Run rooms on virtual time over a faulty store: SEED=7, SEED=1...200, or for ever
	@scripts/simulate $(SEED)

power-cuts: ## Cut the power of the stores' disk: CUTS=500 times, from SEED=1 on
	swift build --product power-cuts
	@scripts/power-cuts $(CUTS) $(SEED)

bench: ROUNDS = 3
bench: release ## Measure the server beside the floor, and what else has a target: ONLY="fanout pong" ROUNDS=1
	@python3 -B Benchmarks/load/run.py --rounds $(ROUNDS) $(ONLY)

bench-stages: release ## Measure what each stage of a move costs: decode, route, engine, commit, encode, write
	@python3 -B Benchmarks/load/stages.py

bench-growth: ROUNDS = 3
bench-growth: release ## Measure how cost and memory grow with connections and rooms, and plot it: ONLY=rooms ROUNDS=1
	@python3 -B Benchmarks/load/growth.py --rounds $(ROUNDS) $(ONLY)

bench-recovery: release setup-test ## Measure the time from a kill until people are back, with 1 to 100,000 rooms
	@.venv/bin/python -B Benchmarks/recovery.py .build/release/parlor

ROUNDS ?= 1000
chaos: setup-test ## Kill a server 1,000 times while people play, and miss nothing: ROUNDS=50 SEED=7
	swift build --product trial-server
	.venv/bin/python -B Tests/Chaos/chaos.py $(ROUNDS) $(SEED)

outages: ROUNDS = 100
outages: setup-test ## Take Redis away 100 times while people play, who must not notice: ROUNDS=12 SEED=7
	swift build --product trial-server
	.venv/bin/python -B Tests/Chaos/outages.py $(ROUNDS) $(SEED)

autobahn: setup-test ## Hold the WebSocket side against every case of the Autobahn suite (a minute)
	swift build --product parlor
	@scripts/autobahn

MINUTES ?= 10
fuzz: setup-run ## Fuzz what reads strangers' bytes, ten minutes each: MINUTES=1 TARGETS="frames moves"
	@scripts/fuzz $(MINUTES) $(TARGETS)

TURNS ?= 300000
races: setup-test ## Run what threads share under ThreadSanitizer, 300,000 turns of it: TURNS=20000
	@scripts/races $(TURNS)

races-planted: setup-test ## Plant two races, which ThreadSanitizer must find (mostly building)
	@scripts/races-planted

fuzz-planted: setup-run ## Plant a fault for each target of the fuzzer, which must find them (mostly building)
	@scripts/fuzz-planted

hostile: setup-test ## Behave to a server in three hundred hostile ways while two people play: ONLY="framing flood"
	swift build --product parlor
	.venv/bin/python -B Tests/Hostile/hostile.py --write $(ONLY)

bench-durable: setup-run ## Measure moves that are stored before they are answered (five minutes)
	swift build -c release --product trial-server
	python3 -B Benchmarks/durable/run.py

bench-frames: ## Measure the frame decoder beside NIO's
	swift run -c release --package-path Benchmarks/frames --scratch-path .build-frames frame-bench

costs: setup-test ## Hold what pieces of the server cost, in instructions and allocations, against their thresholds
	@scripts/guard-costs

bench-micro: setup-test ## Time and count pieces of the server's work, one by one
	@scripts/guard-costs --report

bench-redis: setup-test ## Measure the Redis client beside hiredis's own loop in C, and sessions at 5,000 a second
	swift build -c release --product redis-bench
	python3 -B Benchmarks/redis/run.py

bench-hostile: release ## Measure what floods cost beside honest messages, and what honest players notice (five minutes)
	python3 -B Benchmarks/hostile/run.py

clean: ## Remove what was built
	rm -rf .build .build-* output

setup-run:
	@scripts/setup run

setup-test:
	@scripts/setup test
