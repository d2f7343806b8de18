# What a newcomer types. Each target does all of its own set-up.

.PHONY: demo demo-s3 demo-cluster test test-quick build deb test-deb bench bench-quick contact-sheet fuzz chaos examples format lint clean

demo: build
	scripts/demo

demo-s3: build
	scripts/demo-s3

# Two nodes, a work node and a chat server, with MongoDB, Redis and a bucket.
demo-cluster: build
	scripts/demo-cluster

test:
	scripts/install-build.sh
	scripts/install-tests.sh
	scripts/test

# The modules' tests alone, without real clients, object stores and faults: under three minutes after a build.
test-quick:
	scripts/install-build.sh
	scripts/install-tests.sh
	scripts/test quick

build:
	scripts/install-build.sh
	scripts/build darkroom

# A package for this release of Debian, in .build/deb.
deb: build
	scripts/deb
	scripts/check-deb

# It is installed, upgraded and removed on a bare Debian in a chroot; as root.
test-deb: deb
	scripts/test-deb

bench: build
	scripts/install-tests.sh
	Benchmarks/run

bench-quick: build
	scripts/install-tests.sh
	Benchmarks/run --quick

contact-sheet: build
	scripts/apt-install.sh ffmpeg python3
	python3 scripts/contact_sheet.py .build/release/darkroom

# COUNT mutants at most SECONDS long, the same for the same SEED.
fuzz:
	scripts/install-build.sh
	COUNT="$(COUNT)" SECONDS_LIMIT="$(SECONDS)" SEED="$(SEED)" Fuzz/run

# The harnesses of Tests/Chaos at length; their counts are variables (CHAOS_KILLS=20), which Tests/Chaos/README.md lists.
chaos:
	scripts/install-build.sh
	scripts/install-tests.sh
	scripts/chaos

# What descriptions show as examples, of a run of the clients' tests; further options of scripts/openapi-examples in OPTIONS.
examples:
	scripts/install-build.sh
	scripts/install-tests.sh
	swift build --build-tests
	rm -rf .build/examples
	DARKROOM_TEST_EXAMPLES="$(CURDIR)/.build/examples" swift test --skip-build --no-parallel --filter '^ClientsTests\.' || true
	.build/venv/bin/python scripts/openapi-examples $(OPTIONS)

format:
	swift format --in-place --recursive Sources Tests Benchmarks Fuzz Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Benchmarks Fuzz Package.swift
	scripts/check-vocabulary
	scripts/check-errors
	scripts/check-imports

clean:
	rm -rf .build
