# btcshark: make run, make test. Both set up what they need first.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
# Of the service.
SETTINGS ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
RELEASE = .build/release/btcshark
# What packages hold, what that is linked with, and where they come.
PACKAGED = .build/package/release/btcshark
ARCHIVES = .build/archives
PACKAGES ?= .build/packages
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Headers and tools that are looked for before a package is installed.
NEED_TO_BUILD = pkg-config:pkg-config
NEED_TO_TEST = gzip:gzip zstd:zstd xz:xz-utils lz4:lz4 ip:iproute2 python3:python3 \
    zsh:zsh fish:fish
NEED_TO_CHECK = mandoc:mandoc tshark:tshark
# A real browser, where Debian has it: else tests that look at pages say that they are skipped.
NEED_TO_LOOK = chromium-headless-shell:chromium-headless-shell
NEED_TO_PACKAGE = cc:gcc objdump:binutils flex:flex bison:bison dpkg-source:dpkg-dev
NEED_TO_FUZZ = ld.lld:lld
NEED_TO_SCALE = java:default-jre-headless
# ClickHouse as a library, which brings pandas: Spark wants none newer.
SCALE_PACKAGES = pyspark==4.3.0 duckdb==2.0.1 chdb-core==26.9.0 pandas==2.3.3 jsonschema==4.26.0
# For each target.
# Nobody looks for names of the program as it runs, and what none of them keeps goes; relocations are packed, which glibc
# reads from 2.36 on. The linker is lld.
LINK_OPTIONS = --no-export-dynamic -z pack-relative-relocs
FUZZ_SECONDS = 60
FUZZ_SHORT_SECONDS = 3

.PHONY: run build test build-tests check check-size lint manual install uninstall deb dist release archives check-packages \
    clean setup setup-test setup-check setup-package setup-fuzz setup-lld setup-browser setup-pyshark pictures fuzz fuzz-short \
    build-fuzz hostile sanitize sanitize-thread sanitize-address \
    check-scale setup-scale
.NOTPARALLEL:

run: build
	$(RELEASE) -r captures/handshake.pcap

# The Swift runtime goes into the binary, so that it runs where no toolchain is.
build: setup
	$(SWIFT) build -c release --product btcshark --static-swift-stdlib -Xlinker --no-export-dynamic

test: build-tests
	SWIFT="$(SWIFT)" Tests/run.sh

build-tests: setup setup-test setup-browser setup-pyshark
	SWIFT="$(SWIFT)" Tests/run.sh --build

# One build after the other, since each keeps all processors busy; then fuzzers and packages beside the tests.
check: lint manual build-tests build-fuzz archives
	SWIFT="$(SWIFT)" FUZZ_SHORT_SECONDS=$(FUZZ_SHORT_SECONDS) Tests/run.sh fuzz-short packages all

# That what is installed has not grown by what nobody wants.
check-size: build
	Tests/check-size $(RELEASE)

# Random inputs for FUZZ_SECONDS each; see Tests/Fuzz/run.sh.
fuzz: setup setup-fuzz
	Tests/Fuzz/run.sh $(FUZZ_SECONDS)

# All seeds and all that was ever found, and a little more. A toolchain without libFuzzer is no failure.
fuzz-short: setup setup-fuzz
	Tests/Fuzz/run.sh $(FUZZ_SHORT_SECONDS) || [ $$? = 77 ]

build-fuzz: setup setup-fuzz
	Tests/Fuzz/run.sh --build || [ $$? = 77 ]

# The hostile captures of the tests in full size against the release build, and what each cost.
hostile: build build-tests
	HOSTILE_PROGRAM="$(CURDIR)/$(RELEASE)" SWIFT="$(SWIFT)" TEST_JOBS=1 \
	    Tests/run.sh Hostile ReassemblyTests.HostileProperty

# The tests with Thread Sanitizer and with Address Sanitizer, each with a build of its own; optimised, since without that
# they take hours. See Tests/sanitize.sh for what is left out.
sanitize: sanitize-thread sanitize-address

sanitize-thread sanitize-address: sanitize-%: setup setup-test
	Tests/sanitize.sh $*

# The schema, contrib/duckdb and contrib/spark, by engines from PyPI: 1.5 GB are installed, and some minutes are taken.
check-scale: build-tests setup-scale
	BTCSHARK="$${BTCSHARK:-$$($(SWIFT) build --show-bin-path --scratch-path .build/tests)/btcshark}" \
	    .build/scale/bin/python3 Tests/Scale/check.py

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	Tests/check-citations

manual: setup-check
	mandoc -T lint -W warning man/btcshark.1 man/btcshark-build.1 man/btcshark-connect.1 man/btcshark-report.1 \
	    man/btcshark-serve.1 man/btcshark-survey.1 \
	    man/btcshark-fields.7 man/btcshark-statistics.7

install: build
	Packaging/stage $(RELEASE) "$(DESTDIR)" "$(PREFIX)" "$(SETTINGS)"

uninstall:
	Packaging/stage --remove "$(DESTDIR)" "$(PREFIX)" "$(SETTINGS)"

# A Debian package, and a tarball with a script that installs, in PACKAGES; the program needs libc and libm alone.
deb dist: release
	Packaging/make-$@ $(PACKAGED) .build/licences $(PACKAGES)

release: archives
	PKG_CONFIG_PATH="$(CURDIR)/$(ARCHIVES)" $(SWIFT) build -c release --product btcshark --static-swift-stdlib \
	    --scratch-path .build/package -Xcc -ffunction-sections -Xcc -fdata-sections -Xswiftc -use-ld=lld \
	    $(addprefix -Xlinker ,$(LINK_OPTIONS))
	Tests/check-size .build/package/release/btcshark
	SWIFT="$(SWIFT)" Packaging/collect-licences .build/package/checkouts $(ARCHIVES) .build/licences

archives: setup setup-package setup-fuzz
	Packaging/make-archives $(ARCHIVES)

# Packages of the program of the tests, linked as a release is, and what becomes of them where they are installed.
check-packages: archives
	rm -rf .build/check-packages
	mkdir -p .build/check-packages/made
	SWIFT="$(SWIFT)" LINK_OPTIONS="$(LINK_OPTIONS)" Packaging/link-tested $(ARCHIVES) .build/check-packages/btcshark
	Tests/check-size .build/check-packages/btcshark 42000000
	SWIFT="$(SWIFT)" Packaging/collect-licences .build/tests/checkouts $(ARCHIVES) .build/check-packages/licences
	for kind in deb dist; do PACKAGE_LEVEL=1 Packaging/make-$$kind .build/check-packages/btcshark \
	    .build/check-packages/licences .build/check-packages/made || exit; done
	Tests/check-packages .build/check-packages/made

clean:
	rm -rf .build

# Each setup installs only what is missing.
define install_missing
	@missing=""; \
	for pair in $(1); do command -v "$${pair%%:*}" >/dev/null 2>&1 || missing="$$missing $${pair##*:}"; done; \
	if [ "$(2)" = library ] && ! pkg-config --exists libpcap 2>/dev/null; then missing="$$missing libpcap-dev"; fi; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	    echo "Missing:$$missing (Debian's names). Install them with your package manager, then try again." >&2; exit 1; \
	fi; \
	echo "Installing$$missing"; \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null; \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing >/dev/null
endef

setup:
	@command -v $(SWIFT) >/dev/null 2>&1 || { echo "Swift 6.3 or newer is needed: https://swift.org/install" >&2; exit 1; }
	$(call install_missing,$(NEED_TO_BUILD),library)

setup-test:
	$(call install_missing,$(NEED_TO_TEST),)

# The toolchain has a linker of its own, too, beside swift; Debian's does where it is not on the path.
setup-fuzz:
	@command -v "$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/ld.lld" >/dev/null 2>&1 || $(MAKE) -s setup-lld

setup-lld:
	$(call install_missing,$(NEED_TO_FUZZ),)

# axe-core comes in a package of PyPI; without it pages are looked at, but not for accessibility.
setup-browser:
	-$(call install_missing,$(NEED_TO_LOOK),)
	-@Tests/BrowserTests/fetch-axe

# pyshark reads our output in a test; where it cannot be had the test says so.
setup-pyshark:
	-@[ -x .build/pyshark/bin/python3 ] || \
	    { python3 -m venv .build/pyshark && .build/pyshark/bin/pip install -q pyshark==0.6; }

# Java for Spark, and the engines themselves.
setup-scale:
	$(call install_missing,$(NEED_TO_SCALE),)
	@[ "$$(cat .build/scale/installed 2>/dev/null)" = "$(SCALE_PACKAGES)" ] || { python3 -m venv .build/scale && \
	    .build/scale/bin/pip install -q $(SCALE_PACKAGES) && echo "$(SCALE_PACKAGES)" >.build/scale/installed; }

# The pictures of README, by a real browser.
pictures: build setup-browser
	Tests/BrowserTests/take-pictures $(RELEASE)

setup-package:
	$(call install_missing,$(NEED_TO_PACKAGE),)

setup-check:
	$(call install_missing,$(NEED_TO_CHECK),)
