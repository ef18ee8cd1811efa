# memo-engine: everything is run from here. `make` alone lists what there is.
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
CALLS ?= 10000000
SEED ?= 1
BENCH ?= --filter '*'

PEERS ?=

.DEFAULT_GOAL := help
.PHONY: help setup build run test fuzz-native wheel pack api bench peers install uninstall clean FORCE

# One build of the same sources per processor level on x86-64 (CONTRIBUTING.md, "Three builds"), one elsewhere.
ifeq ($(shell uname -m),x86_64)
LEVELS := x86-64-v2 x86-64-v3 x86-64-v4
else
LEVELS := portable
endif

# What is built, below out/, and installed below PREFIX: program, library, and what finds the library.
PACKAGE := lib/pkgconfig/memo.pc lib/cmake/memo/memoConfig.cmake lib/cmake/memo/memoConfigVersion.cmake
BUILT := bin/memo lib/libmemo.so.0 include/memo.h share/memo/check_certificate.py $(PACKAGE) $(foreach level,$(filter x86-64-v3 x86-64-v4,$(LEVELS)), \
         libexec/memo/memo-$(level) lib/glibc-hwcaps/$(level)/libmemo.so.0)
VERSION := $(shell sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

SOURCES := $(shell find src -type d \( -name bin -o -name obj \) -prune -o -type f ! -name README.md ! -name PublicApi.txt -print | LC_ALL=C sort) \
           Directory.Build.props Directory.Packages.props global.json scripts/publish

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' Makefile

run: build ## build, then reproduce the paper's experiment on the embedded digits
	out/bin/memo pairs --data digits

test: build ## build, then run all tests (FUZZ_SECONDS=60, FUZZ_CALLS=200000: for the fuzzers of engine and library)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/test

build: setup $(LEVELS:%=out/stamp/%) out/lib/libmemo.so out/include/memo.h out/share/memo/check_certificate.py $(PACKAGE:%=out/%) ## build out/bin/memo and out/lib/libmemo.so
	@du -sbc out/bin out/libexec out/lib 2>/dev/null | awk 'END { printf "build: out/bin/memo is up to date; all builds of program and library: %.1f MB\n", $$1 / 1e6 }'

fuzz-native: build ## call libmemo from C with random arguments, long (CALLS=10000000 SEED=1)
	@mkdir -p out/test
	@$(CC) -std=c11 -O2 -Iout/include tests/native/fuzz/*.c -o out/test/fuzz_libmemo -Lout/lib -lmemo -pthread -lm
	@LD_LIBRARY_PATH=$(CURDIR)/out/lib out/test/fuzz_libmemo $(CALLS) $(SEED)

wheel: build ## build, then pack the Python package with the library: out/wheel/memo_engine-*.whl
	@scripts/wheel

bench: setup ## time the kernels under BenchmarkDotNet (BENCH='--filter *Distance*': only those)
	scripts/dotnet run -c Release --project bench/Memo.Bench -- $(BENCH)

peers: build ## run other libraries beside memo on the same inputs (PEERS=--quick: only whether it works)
	@bench/peers/run $(PEERS)

pack: setup ## make the NuGet package of the engine in out/nuget
	@rm -rf out/nuget && mkdir -p out/log
	@scripts/dotnet pack src/Memo.Engine -c Release -p:MemoPackage=true -o out/nuget --nologo </dev/null >out/log/pack.log 2>&1 || \
	    { grep -E '(: |^)error' out/log/pack.log | sort -u >&2; echo "pack: failed; the whole log is out/log/pack.log" >&2; exit 1; }
	@for file in out/nuget/*; do echo "pack: $$file"; done

api: setup ## accept the engine's public API as it is: writes src/Memo.Engine/PublicApi.txt
	@MEMO_ACCEPT_API=1 scripts/dotnet test tests/Memo.Engine.Tests -c Release --nologo --filter PublicApiTests

# Copies what was built and needs nothing else, so that root can run it without an SDK.
install: ## install program, library and header below PREFIX (default /usr/local), after make build
	@for file in $(LEVELS:%=stamp/%) $(BUILT); do \
	    [ -e "out/$$file" ] || { echo "install: out/$$file is not there; run 'make build' first" >&2; exit 1; }; \
	done
	@for file in $(BUILT); do \
	    mode=755; case $$file in *.h | *.pc | *.cmake | *.py) mode=644 ;; esac; \
	    install -D -m $$mode "out/$$file" "$(DESTDIR)$(PREFIX)/$$file" || exit 1; \
	    echo "install: $(DESTDIR)$(PREFIX)/$$file"; \
	done
	@ln -sf libmemo.so.0 "$(DESTDIR)$(PREFIX)/lib/libmemo.so"
	@case "$(DESTDIR)$(PREFIX)" in /usr | /usr/local) \
	    PATH="$$PATH:/usr/sbin:/sbin" ldconfig || echo "install: run ldconfig for the library to be found" ;; esac

# Removes what install put there, and the folders that are its own.
uninstall: ## remove again what make install put below PREFIX
	@for file in $(BUILT) lib/libmemo.so; do \
	    rm -f "$(DESTDIR)$(PREFIX)/$$file" || exit 1; echo "uninstall: $(DESTDIR)$(PREFIX)/$$file"; \
	done
	@for folder in libexec/memo lib/cmake/memo share/memo; do \
	    rmdir "$(DESTDIR)$(PREFIX)/$$folder" 2>/dev/null || true; \
	done

clean: ## remove everything that was built
	rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj bench/peers/*/bin bench/peers/*/obj bench/peers/__pycache__ native/python/*/__pycache__ native/python/.mypy_cache

setup:
	@scripts/setup

# A level is published again when a source changed, or when one was added or removed.
$(LEVELS:%=out/stamp/%): out/stamp/%: $(SOURCES) out/sources | setup
	@scripts/publish $*
	@mkdir -p $(@D) && touch $@

out/sources: FORCE
	@mkdir -p out && printf '%s\n' $(SOURCES) >$@.new && if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

out/lib/libmemo.so: | $(LEVELS:%=out/stamp/%)
	@ln -sf libmemo.so.0 $@

out/share/memo/check_certificate.py: native/python/check_certificate.py
	@mkdir -p $(@D) && cp $< $@

out/include/memo.h: native/include/memo.h
	@mkdir -p $(@D) && cp $< $@

$(PACKAGE:%=out/%): Directory.Build.props Makefile
	@mkdir -p $(@D) && sed 's/@VERSION@/$(VERSION)/' native/package/$(@F).in >$@
$(foreach file,$(PACKAGE),$(eval out/$(file): native/package/$(notdir $(file)).in))
