# The front door. Everything else is meson: see meson.build and CONTRIBUTING.md.
#
#   make          build build/parley            make demo     a brief on the shipped record
#   make test     every test, "N passed, N failed"   make bench    compare with peers
#   make fuzz     run the fuzzers for a while    make install  (PREFIX=/usr/local, DESTDIR)
#   NO_INSTALL=1  never call apt-get; say what is missing instead

BUILD  ?= build
PREFIX ?= /usr/local

.PHONY: all deps demo test bench fuzz install dist deb clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) --prefix $(PREFIX) >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }; mv $(BUILD).log $(BUILD)/setup.log

deps:
	@tools/install-deps build

demo: all
	@tools/demo $(BUILD)

test:
	@tools/install-deps test
	@tools/run-tests

bench: all
	@bench/run $(BUILD)

fuzz:
	@tools/install-deps test
	@tools/run-fuzzers

install: all
	@meson install -C $(BUILD) --no-rebuild

dist: all
	@meson dist -C $(BUILD) --no-tests

clean:
	rm -rf $(BUILD) build-*

deb: deps
	@dpkg-buildpackage -us -uc -b

# The channel under trouble, as long as wanted: make soak SEED=1 SEEDS=100000 CUTS=100000 KILLS=10000 BACKUPS=1000
.PHONY: soak
soak: all
	@ninja -C $(BUILD) --quiet tests/test-channel-simulator tests/test-channel-powercut
	@$(BUILD)/tests/test-channel-simulator $(or $(SEED),1) $(or $(SEEDS),100000)
	@$(BUILD)/tests/test-channel-powercut $(or $(SEED),1) $(or $(CUTS),100000)
	@PARLEY=$(BUILD)/parley tools/soak-desks kills $(or $(KILLS),10000) --seed $(or $(SEED),1)
	@PARLEY=$(BUILD)/parley tools/soak-desks backups $(or $(BACKUPS),1000) --seed $(or $(SEED),1)

# exp and log of the relation model's engine over every float they can be given: some minutes on two cores.
.PHONY: exhaustive
exhaustive:
	@ninja -C $(BUILD) --quiet tests/test-simulate-lane-math
	@PARLEY_EXHAUSTIVE=1 $(BUILD)/tests/test-simulate-lane-math
