# btcshark: make run, make test. Both set up what they need first.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE = .build/release/btcshark
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# Headers and tools that are looked for before a package is installed.
NEED_TO_BUILD = pkg-config:pkg-config
NEED_TO_TEST = gzip:gzip zstd:zstd xz:xz-utils lz4:lz4 ip:iproute2 python3:python3
NEED_TO_CHECK = mandoc:mandoc tshark:tshark
# A real browser, where Debian has it: else tests that look at pages say that they are skipped.
NEED_TO_LOOK = chromium-headless-shell:chromium-headless-shell
NEED_TO_FUZZ = ld.lld:lld
# For each target.
FUZZ_SECONDS = 60
FUZZ_SHORT_SECONDS = 3

.PHONY: run build test build-tests check check-size lint manual install uninstall clean setup setup-test setup-check setup-fuzz \
    setup-lld setup-browser pictures fuzz fuzz-short build-fuzz hostile sanitize sanitize-thread sanitize-address
.NOTPARALLEL:

run: build
	$(RELEASE) -r captures/handshake.pcap

# The Swift runtime goes into the binary, so that it runs where no toolchain is.
build: setup
	$(SWIFT) build -c release --product btcshark --static-swift-stdlib

test: build-tests
	SWIFT="$(SWIFT)" Tests/run.sh

build-tests: setup setup-test setup-browser
	SWIFT="$(SWIFT)" Tests/run.sh --build

# One build after the other, since each keeps all processors busy; then the fuzzers beside the tests.
check: lint manual build-tests build-fuzz check-size
	SWIFT="$(SWIFT)" FUZZ_SHORT_SECONDS=$(FUZZ_SHORT_SECONDS) Tests/run.sh fuzz-short all

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

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	Tests/check-citations

manual: setup-check
	mandoc -T lint -W warning man/btcshark.1 man/btcshark-build.1 man/btcshark-connect.1 man/btcshark-report.1 \
	    man/btcshark-serve.1 man/btcshark-survey.1 \
	    man/btcshark-fields.7 man/btcshark-statistics.7

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/man/man7" \
	    "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	    "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -s -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/btcshark"
	install -m 644 man/btcshark.1 man/btcshark-build.1 man/btcshark-connect.1 man/btcshark-report.1 man/btcshark-serve.1 \
	    man/btcshark-survey.1 \
	    "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 man/btcshark-fields.7 man/btcshark-statistics.7 "$(DESTDIR)$(PREFIX)/share/man/man7"
	$(RELEASE) --generate-completion-script bash \
	    > "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/btcshark"
	$(RELEASE) --generate-completion-script zsh > "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_btcshark"
	$(RELEASE) --generate-completion-script fish \
	    > "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/btcshark.fish"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/btcshark" "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark-build.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark-report.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark-serve.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark-connect.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man1/btcshark-survey.1" \
	    "$(DESTDIR)$(PREFIX)/share/man/man7/btcshark-fields.7" \
	    "$(DESTDIR)$(PREFIX)/share/man/man7/btcshark-statistics.7" \
	    "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/btcshark" \
	    "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_btcshark" \
	    "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/btcshark.fish"

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

# The pictures of README, by a real browser.
pictures: build setup-browser
	Tests/BrowserTests/take-pictures $(RELEASE)

setup-check:
	$(call install_missing,$(NEED_TO_CHECK),)
