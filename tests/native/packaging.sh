# Sourced by run: libmemo as those meet it who install it. The examples, as C and as C++; make install and uninstall, with a
# prefix and with DESTDIR, moved elsewhere; pkg-config and CMake; the commands of the examples' README.

# says PATTERN COMMAND...: the command succeeds and prints a line that matches.
says() {
    local pattern=$1 text
    shift
    text=$("$@" 2>&1) || { echo "$text"; return 1; }
    grep -aEq -e "$pattern" <<<"$text" || { echo "no line matches $pattern in:"; echo "$text"; return 1; }
}

# fails PATTERN COMMAND...: the command fails and prints a line that matches.
fails() {
    local pattern=$1 text
    shift
    text=$("$@" 2>&1) && { echo "it succeeded:"; echo "$text"; return 1; }
    grep -aEq -e "$pattern" <<<"$text" || { echo "no line matches $pattern in:"; echo "$text"; return 1; }
}

# check_examples WHERE FOLDER ENVIRONMENT...: the three programs in FOLDER run and print what they should.
check_examples() {
    local where=$1 programs=$2
    shift 2
    check "memorize, $where" says '^verified +all 500 points are given their labels' env "$@" "$programs/memorize"
    check "nearest, $where" says '^200 of 200 queries' env "$@" "$programs/nearest"
    check "classify, $where" says '^accuracy 9[0-9]\.[0-9]+ %: 7[0-9]{2} right' \
        env "$@" "$programs/classify" "$network" digits
}

warnings=(-Wall -Wextra -Wpedantic -Werror)
examples=$PWD/native/examples
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
case $best in
avx512) chosen=lib/glibc-hwcaps/x86-64-v4/libmemo.so.0 ;;
avx2) chosen=lib/glibc-hwcaps/x86-64-v3/libmemo.so.0 ;;
*) chosen=lib/libmemo.so.0 ;;
esac

# build_examples NAME COMPILER...: all three, below $work/NAME.
build_examples() {
    local name=$1 example
    shift
    mkdir -p "$work/$name"
    for example in memorize nearest classify; do
        check "$example.c: $*" "$@" "${warnings[@]}" -Iout/include "$examples/$example.c" -o "$work/$name/$example" -L"$lib" -lmemo
    done
}
build_examples examples-c "$compiler" -std=c11
check_examples "as C" "$work/examples-c" LD_LIBRARY_PATH="$lib"
check "classify, without arguments" fails '^usage: ' env LD_LIBRARY_PATH="$lib" "$work/examples-c/classify"
check "classify, no such network" fails 'MEMO_BAD_FILE' env LD_LIBRARY_PATH="$lib" "$work/examples-c/classify" missing.memo digits
if command -v g++ >/dev/null; then
    build_examples examples-cpp g++ -x c++ -std=c++17
    check_examples "as C++" "$work/examples-cpp" LD_LIBRARY_PATH="$lib"
else
    skip "the examples as C++: there is no g++"
fi

# ---- Installed: below a home, and through DESTDIR into a tree that is moved afterwards

home=$work/home moved=$work/moved/elsewhere
installs() { env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory "$@"; }
check "make install PREFIX" installs install PREFIX="$home/.local"
check "make install DESTDIR" installs install DESTDIR="$work/stage" PREFIX=/opt/memo
mkdir -p "$work/moved"
check "the installed tree moves" mv "$work/stage/opt/memo" "$moved"
check "the installed program runs" says "$version" "$moved/bin/memo" --version

if command -v pkg-config >/dev/null; then
    check "pkg-config knows the version" says "^$version\$" env PKG_CONFIG_PATH="$moved/lib/pkgconfig" pkg-config --modversion memo
    for tree in "${lib%/lib}" "$home/.local" "$moved"; do
        linked=$work/linked-$(basename "$tree")
        compile_with_pkg_config() {
            # shellcheck disable=SC2046 # several arguments are what is wanted
            "$compiler" -std=c11 "${warnings[@]}" "$examples/memorize.c" -o "$linked" \
                $(PKG_CONFIG_PATH=$tree/lib/pkgconfig pkg-config --cflags --libs memo)
        }
        check "memorize.c with pkg-config, $tree" compile_with_pkg_config
        check "memorize runs, $tree" says '^verified +all 500' env LD_LIBRARY_PATH="$tree/lib" "$linked"
        check "the loader chooses $chosen of $tree" says "$chosen " env LD_LIBRARY_PATH="$tree/lib" ldd "$linked"
    done
else
    skip "memo.pc: there is no pkg-config"
fi

# The blocks of commands in the examples' README, one after the other, run as they stand.
readme_block() { awk -v wanted="$1" '/^```sh/ { block++; inside = 1; next } /^```/ { inside = 0 } inside && block == wanted' "$examples/README.md"; }
cp -r "$examples" "$work/readme"
readme() { (cd "$work/readme" && readme_block "$1" | env -u PKG_CONFIG_PATH -u LD_LIBRARY_PATH HOME="$home" sh -e); }
if command -v pkg-config >/dev/null && command -v cc >/dev/null; then
    check "README.md of the examples, pkg-config" says '^accuracy 9' readme 1
else
    skip "README.md of the examples: there is no pkg-config or no cc"
fi
if command -v cmake >/dev/null; then
    check "README.md of the examples, CMake" says '^verified +all 500' readme 2
    check "find_package, moved" cmake -S "$examples" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$moved"
    check "find_package, moved: build" cmake --build "$work/cmake"
    check_examples "built with CMake" "$work/cmake" -u LD_LIBRARY_PATH
    check "the loader chooses $chosen where CMake linked" says "$moved/$chosen " env -u LD_LIBRARY_PATH ldd "$work/cmake/memorize"
    # Versions that are asked for: older ones are served, later ones and those of another soname are not.
    mkdir -p "$work/find"
    printf 'cmake_minimum_required(VERSION 3.19)\nproject(find LANGUAGES C)\nfind_package(memo ${WANTED} REQUIRED)\n' >"$work/find/CMakeLists.txt"
    finds() { cmake -S "$work/find" -B "$work/find/build" -DCMAKE_PREFIX_PATH="$moved" -DWANTED="$1"; }
    for wanted in 0.0.1 "$version" 0.0.1...0.99; do check "find_package(memo $wanted)" finds "$wanted"; done
    for wanted in 0.99 1.0 "0.0.1...<$version"; do
        check "find_package(memo $wanted) is refused" fails 'compatible' finds "$wanted"
    done
    rm "$moved/include/memo.h"
    check "an incomplete installation is not found" fails 'memo\.h is missing' finds 0.0.1
else
    skip "find_package(memo): there is no cmake"
fi

check "make uninstall" installs uninstall PREFIX="$home/.local"
left_over() { find "$home/.local" ! -type d; }
check "nothing is left after make uninstall" test -z "$(left_over)"
