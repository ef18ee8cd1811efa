# Sourced by run: the fuzzer, and C programs under AddressSanitizer with UndefinedBehaviorSanitizer, and under valgrind. The
# library itself is as it is published; the programs that call it, and what it writes into their memory, are what is watched.

fuzz_calls=${FUZZ_CALLS:-200000}
fuzzer=(tests/native/fuzz/*.c -pthread -lm)

# ---- The fuzzer: as long as FUZZ_CALLS says with the build that the loader chooses, a tenth of it with each build

check "the fuzzer compiles and links" "$compiler" -std=c11 -O2 "${warnings[@]}" -Iout/include "${fuzzer[@]}" \
    -o "$work/fuzz_libmemo" -L"$lib" -lmemo
check "the fuzzer, $fuzz_calls calls" env -u MEMO_ISA LD_LIBRARY_PATH="$lib" timeout 1200 "$work/fuzz_libmemo" "$fuzz_calls"
cp "$work/output" "$work/fuzz-summary"
for i in "${!levels[@]}"; do
    check "the fuzzer, the ${levels[$i]} build" env -u MEMO_ISA LD_LIBRARY_PATH="${folders[$i]}" \
        timeout 600 "$work/fuzz_libmemo" $((fuzz_calls / 10)) $((i + 2))
done
every_function_is_fuzzed() {
    diff <(grep '^memo_' src/Memo.Native/libmemo.symbols) <(awk '/^memo_/ { print $1 }' "$work/fuzz-summary" | LC_ALL=C sort)
}
check "the fuzzer calls every function of libmemo" every_function_is_fuzzed

# It does judge: a library with a fault does not pass.
check "a faulty library compiles" "$compiler" -std=c11 "${warnings[@]}" -Iout/include -shared -fPIC tests/native/faulty_library.c \
    -o "$work/faulty_library.so" -ldl
while read -r fault sight; do
    check "the fuzzer notices the fault $fault" fails "$sight" env -u MEMO_ISA FAULT="$fault" LD_PRELOAD="$work/faulty_library.so" \
        LD_LIBRARY_PATH="$lib" timeout 300 "$work/fuzz_libmemo" 20000
done <<'FAULTS'
overrun CRASHED|guard byte
accepts a success changed|succeeded with wrong arguments
refuses MEMO_INVALID_HANDLE, but its arguments allow only
other-reason MEMO_BAD_FILE, but its arguments allow only
internal answered 100
leak memory grew
no-text is explained by
not-utf-8 not UTF-8
FAULTS

# ---- Sanitizers

sanitize=(-std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -Iout/include)
if echo 'int main(void) { return 0; }' | "$compiler" -x c - -fsanitize=address,undefined -o "$work/sanitized" 2>/dev/null &&
    "$work/sanitized" 2>/dev/null; then
    sanitized=(env -u MEMO_ISA LD_LIBRARY_PATH="$lib" ASAN_OPTIONS=quarantine_size_mb=4
        LSAN_OPTIONS="suppressions=$PWD/tests/native/lsan.supp:print_suppressions=0" timeout 600)
    mkdir -p "$work/sanitized.d"
    for example in memorize nearest classify; do
        check "$example.c with sanitizers" "$compiler" "${sanitize[@]}" "$examples/$example.c" -o "$work/sanitized.d/$example" \
            -L"$lib" -lmemo
    done
    check "memorize under sanitizers" "${sanitized[@]}" "$work/sanitized.d/memorize"
    check "nearest under sanitizers" "${sanitized[@]}" "$work/sanitized.d/nearest"
    check "classify under sanitizers" "${sanitized[@]}" "$work/sanitized.d/classify" "$network" digits
    check "the fuzzer with sanitizers" "$compiler" "${sanitize[@]}" "${fuzzer[@]}" -o "$work/sanitized.d/fuzz" -L"$lib" -lmemo
    check "the fuzzer under sanitizers" "${sanitized[@]}" "$work/sanitized.d/fuzz" $((fuzz_calls / 10)) 7
    check "test_libmemo with sanitizers" "$compiler" "${sanitize[@]}" tests/native/test_*.c -o "$work/sanitized.d/test_libmemo" \
        -L"$lib" -lmemo -pthread -lm
    c_tests "sanitizers" "${sanitized[@]}" "$work/sanitized.d/test_libmemo" "$network" "$best" "$best" "$work/sanitized.d/files"
    # They do watch: a program with a fault of its own does not pass.
    check "a faulty program with sanitizers" "$compiler" "${sanitize[@]}" tests/native/faulty.c -o "$work/sanitized.d/faulty" \
        -L"$lib" -lmemo
    check "the sanitizers see a write beyond a buffer" fails 'heap-buffer-overflow' "${sanitized[@]}" "$work/sanitized.d/faulty" overrun
    check "the sanitizers see a leak" fails 'LeakSanitizer: detected memory leaks' "${sanitized[@]}" "$work/sanitized.d/faulty" leak
else
    skip "AddressSanitizer: this compiler does not have it"
fi

# ---- valgrind, which knows the instructions of the x86-64-v2 build. Symbols beside the library give the one suppression
# the name of its function; of the debugging information valgrind does not need more.

if command -v valgrind >/dev/null && [ -f out/stage/x86-64-v2/libmemo.so.dbg ]; then
    mkdir -p "$work/symbols.d"
    with_symbols() {
        objcopy --strip-debug out/stage/x86-64-v2/libmemo.so.dbg "$work/symbols.d/libmemo.symbols" &&
            (cd "$work/symbols.d" && objcopy --remove-section=.gnu_debuglink --add-gnu-debuglink=libmemo.symbols \
                "$lib/libmemo.so.0" libmemo.so.0)
    }
    check "symbols for valgrind" with_symbols
    watched=(env -u MEMO_ISA LD_LIBRARY_PATH="$work/symbols.d" timeout 600 valgrind --quiet --freelist-vol=1000000
        --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
        --suppressions=tests/native/valgrind.supp)
    check "memorize under valgrind" "${watched[@]}" "$work/examples-c/memorize"
    check "nearest under valgrind" "${watched[@]}" "$work/examples-c/nearest"
    check "classify under valgrind" "${watched[@]}" "$work/examples-c/classify" "$network" digits
    check "the fuzzer under valgrind" "${watched[@]}" "$work/fuzz_libmemo" $((fuzz_calls / 100)) 8
    check "a faulty program" "$compiler" -std=c11 -g "${warnings[@]}" -Iout/include tests/native/faulty.c -o "$work/faulty" \
        -L"$lib" -lmemo
    check "valgrind sees a write beyond a buffer" fails 'Invalid write' "${watched[@]}" "$work/faulty" overrun
    check "valgrind sees a leak" fails 'definitely lost' "${watched[@]}" "$work/faulty" leak
else
    skip "valgrind: it is not installed, or this is not the x86-64-v2 build"
fi
