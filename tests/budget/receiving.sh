#!/bin/sh
# What a delivery costs the receiver, whatever the clock says: instructions until it is stored, and allocations.
#
# Instructions depend on the instruction set that libc and libsodium choose at run time. So the program's own (lib/) are
# bounded by themselves, and the whole only as a share of the libraries' own work in the same run.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root" || exit 1
# Compiled as it is released, whatever the calling make was told.
build=${BUILD:-build}/budget programs=${BUILD:-build}/budget/tests/budget
env -u MAKEFLAGS -u MFLAGS -u CFLAGS -u CPPFLAGS -u LDFLAGS make -s ${MAKE_JOBS:+"-j$MAKE_JOBS"} BUILD="$build" \
    "$programs/reading" "$programs/allocations" ||
    { echo 'not ok the programs are built'; exit 1; }
figures=$TEST_TMP/receiving.figures
: >"$figures"

count() { # mode, bytes, output: writes "object instructions-per-delivery" and "all ..."
    valgrind --tool=callgrind --toggle-collect=measured --callgrind-out-file="$3.raw" --compress-strings=no \
        --compress-pos=no "$programs/reading" "$1" "$2" 20 >"$3.log" 2>&1 ||
        { echo "not ok instructions of $1 $2 are counted"; cat "$3.log"; exit 1; }
    # A line after "calls=" is what the callee cost, which is counted where it arises.
    awk '/^ob=/ { object = $0; sub(/^ob=.*\//, "", object) }
         /^calls=/ { getline; next }
         /^[0-9]/ { cost[object] += $2; all += $2 }
         END { for (object in cost) print object, cost[object] / 20; print "all", all / 20 }' "$3.raw" >"$3"
}

for size in 1 9 50; do
    count deliver $((size * 1024)) "$TEST_TMP/deliver"
    count reference $((size * 1024)) "$TEST_TMP/reference"
    echo "$size KB: $(sort "$TEST_TMP/deliver" | tr '\n' ';') reference: $(sort "$TEST_TMP/reference" | tr '\n' ';')"
    awk -v size="$size" 'NR == FNR { reference[$1] = $2; next } { deliver[$1] = $2 }
         END { printf "receiving.own_instructions_%d_kb %.0f\n", size, deliver["reading"]
               printf "receiving.instructions_%d_kb %.1f\n", size, 100 * deliver["all"] / reference["all"] }' \
        "$TEST_TMP/reference" "$TEST_TMP/deliver" >>"$figures"
done

# By the folder of the source line that allocated, or by library.
for size in 1 9 50; do
    "$programs/allocations" "$PGURI" $((size * 1024)) 100 >"$TEST_TMP/sites" ||
        { echo "not ok allocations are counted"; exit 1; }
    while read -r site calls; do
        case $site in
            own+*)
                place=$(addr2line -e "$programs/allocations" "${site#own+}" | sed -E 's#^.*/(lib|fcgi|tests)/#\1/#')
                echo "$size KB: $calls allocations in 100 deliveries at $place"
                echo "${place%%/*} $calls" ;;
            *) echo "${site%%.*} $calls" ;;
        esac
    done <"$TEST_TMP/sites" >"$TEST_TMP/places"
    grep ' at ' "$TEST_TMP/places"
    for place in lib fcgi libfcgi libpq; do
        awk -v place=$place -v size=$size '$1 == place && NF == 2 { calls += $2 }
            END { printf "receiving.allocations_%s_%d_kb %g\n", place, size, calls / 100 }' "$TEST_TMP/places"
    done >>"$figures"
    awk 'NF == 2 && $1 !~ /^(lib|fcgi|libfcgi|libpq)$/' "$TEST_TMP/places" | while read -r place calls; do
        echo "not ok $calls allocations in 100 deliveries at $place, which no budget counts"
    done
done
tests/budget/compare.py receiving "$figures"
