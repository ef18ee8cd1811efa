# memo-engine: everything is run from here. `make` alone lists what there is.
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_SECONDS ?= 60
BENCH ?= --filter '*'

PEERS ?=

.DEFAULT_GOAL := help
.PHONY: help setup build run test bench peers pack api install clean FORCE

# One build of the same sources per processor level on x86-64 (CONTRIBUTING.md, "Three builds"), one elsewhere.
ifeq ($(shell uname -m),x86_64)
LEVELS := x86-64-v2 x86-64-v3 x86-64-v4
else
LEVELS := portable
endif

SOURCES := $(shell find src -type d \( -name bin -o -name obj \) -prune -o -type f ! -name README.md ! -name PublicApi.txt -print | LC_ALL=C sort) \
           Directory.Build.props Directory.Packages.props global.json scripts/publish

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1  \2/p' Makefile

run: build ## build, then reproduce the paper's experiment on the embedded digits
	out/bin/memo pairs --data digits

test: build ## build, then run all tests (FUZZ_SECONDS=60: time for the fuzzer)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/test

build: setup $(LEVELS:%=out/stamp/%) out/lib/libmemo.so out/include/memo.h ## build out/bin/memo and out/lib/libmemo.so
	@du -sbc out/bin out/libexec out/lib 2>/dev/null | awk 'END { printf "build: out/bin/memo is up to date; all builds of program and library: %.1f MB\n", $$1 / 1e6 }'

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
	@for file in $(LEVELS:%=out/stamp/%) out/bin/memo out/lib/libmemo.so.0 out/include/memo.h; do \
	    [ -e "$$file" ] || { echo "install: $$file is not there; run 'make build' first" >&2; exit 1; }; \
	done
	@for file in $$(cd out && find bin libexec lib include -type f 2>/dev/null); do \
	    mode=755; case $$file in *.h) mode=644 ;; esac; \
	    install -D -m $$mode "out/$$file" "$(DESTDIR)$(PREFIX)/$$file" || exit 1; \
	    echo "install: $(DESTDIR)$(PREFIX)/$$file"; \
	done
	@ln -sf libmemo.so.0 "$(DESTDIR)$(PREFIX)/lib/libmemo.so"
	@case "$(DESTDIR)$(PREFIX)" in /usr | /usr/local) \
	    PATH="$$PATH:/usr/sbin:/sbin" ldconfig || echo "install: run ldconfig for the library to be found" ;; esac

clean: ## remove everything that was built
	rm -rf out src/*/bin src/*/obj tests/*/bin tests/*/obj bench/*/bin bench/*/obj bench/peers/*/bin bench/peers/*/obj bench/peers/__pycache__

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

out/include/memo.h: native/include/memo.h
	@mkdir -p $(@D) && cp $< $@
