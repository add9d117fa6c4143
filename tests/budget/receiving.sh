#!/bin/sh
# What a delivery costs the receiver, whatever the clock says: instructions until it is stored, and allocations.
#
# Instructions depend on the instruction set that libc and libsodium choose at run time. So the program's own (lib/) are
# bounded by themselves, and the whole only as a share of the libraries' own work in the same run.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$root" || exit 1
programs=${BUILD:-build}/budget/tests/budget
RELEASED=1 BUILD=${BUILD:-build}/budget tests/support/build tests/budget/reading tests/budget/receiver ||
    { echo 'not ok the programs are built'; exit 1; }
figures=$TEST_TMP/receiving.figures
: >"$figures"

count() { # output, toggles, program and arguments: writes "object instructions" and "all instructions"
    output=$1 toggles=$2
    shift 2
    # shellcheck disable=SC2086  # the toggles are words
    valgrind --tool=callgrind $toggles --callgrind-out-file="$output.raw" --compress-strings=no --compress-pos=no "$@" \
        >"$output.log" 2>&1 || { echo "not ok instructions are counted: $*"; cat "$output.log"; exit 1; }
    # A line after "calls=" is what the callee cost, which is counted where it arises.
    awk '/^ob=/ { object = $0; sub(/^ob=.*\//, "", object) }
         /^calls=/ { getline; next }
         /^[0-9]/ { cost[object] += $2; all += $2 }
         END { for (object in cost) print object, cost[object]; print "all", all }' "$output.raw" | sort >"$output"
}

for size in 1 9 50; do
    for mode in deliver reference; do
        count "$TEST_TMP/$mode" --toggle-collect=measured "$programs/reading" $mode $((size * 1024)) 20
        echo "$size KB, 20 times $mode: $(tr '\n' ';' <"$TEST_TMP/$mode")"
    done
    awk -v size=$size 'NR == FNR { reference[$1] = $2; next } { deliver[$1] = $2 }
         END { printf "receiving.own_instructions_%d_kb %.0f\n", size, deliver["reading"] / 20
               printf "receiving.instructions_%d_kb %.1f\n", size, 100 * deliver["all"] / reference["all"] }' \
        "$TEST_TMP/reference" "$TEST_TMP/deliver" >>"$figures"
    cp "$TEST_TMP/reference" "$TEST_TMP/reference_$size"
done

# The whole way through the receiver: 20 deliveries more than in a first run, so that the start does not count.
whole='--toggle-collect=FCGX_Accept_r --toggle-collect=delivery_handle --toggle-collect=FCGX_Finish_r
    --toggle-collect=FCGX_Free --toggle-collect=store_deliveries'
for size in 1 9; do
    count "$TEST_TMP/first" "$whole" "$programs/receiver" "$PGURI" $((size * 1024)) 1001 20
    count "$TEST_TMP/second" "$whole" "$programs/receiver" "$PGURI" $((size * 1024)) 2001 40
    echo "$size KB, 20 and 40 whole deliveries: $(tr '\n' ';' <"$TEST_TMP/first") $(tr '\n' ';' <"$TEST_TMP/second")"
    cat "$TEST_TMP/reference_$size" "$TEST_TMP/first" "$TEST_TMP/second" |
        awk -v size=$size '$1 == "all" { all[++runs] = $2 } $1 == "receiver" { own[++owns] = $2 }
            END { printf "receiving.whole_own_instructions_%d_kb %.0f\n", size, (own[2] - own[1]) / 20
                  printf "receiving.whole_instructions_%d_kb %.1f\n", size, 100 * (all[3] - all[2]) / all[1] }' >>"$figures"
done

# By the folder of the source line that allocated, or by library.
for size in 1 9 50; do
    "$programs/receiver" "$PGURI" $((size * 1024)) 3001 132 sites >"$TEST_TMP/sites" ||
        { echo "not ok allocations are counted"; exit 1; }
    while read -r site calls; do
        case $site in
            own+*)
                place=$(addr2line -e "$programs/receiver" "${site#own+}" | sed -E 's#^.*/(lib|fcgi|tests)/#\1/#')
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
