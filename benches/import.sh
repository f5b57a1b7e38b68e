#!/usr/bin/env bash
# Measures `catalogue import` of tables with 20,000 rows: time and memory of the whole process, by GNU time.
#
#     cargo build --release && benches/import.sh target/release/treatywatch
#
# long      20,000 acts, one a row, by 200 states
# wide      17,576 states (all codes that there are), two columns of days
# unknown   20,000 rows with names that nobody knows: all in doubt
# repeated  20,000 rows of 200 states in a table with a row for each state: all in doubt
# refused   20,000 rows that the law refuses: all in doubt
set -euo pipefail

program=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

treaty() {
    cat <<'END'
id = "pact"
kind = "treaty"
facts_as_of = 2026-11-24
title = { en = "Pact" }
short_title = { en = "Pact" }

[[clause]]
kind = "entry_into_force_by_threshold"
article = "1"
count = 40
basis = "memory"
confidence = "high"

[[clause]]
kind = "withdrawal"
article = "2"
notice = "P6M"
basis = "memory"
confidence = "high"

[[act]]
on = 1950-01-01
kind = "opening_for_signature"
basis = "memory"
confidence = "high"
END
}

# Codes and names of states: those of three letters, each with a name of its own.
states() {
    awk -v count="$1" 'BEGIN {
        print "id,kind,name_en,name_zh,name_ru,aliases,ended_on,successors,note"
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for (number = 0; number < count; number++) {
            code = substr(letters, int(number / 676) + 1, 1) substr(letters, int(number / 26) % 26 + 1, 1) \
                substr(letters, number % 26 + 1, 1)
            printf "%s,state,State of the %s number %d,,,,,,\n", code, code, number
        }
    }'
}

# A day between 1960 and 2019 for a number.
day='function day(number) { return sprintf("%04d-%02d-%02d", 1960 + number % 60, 1 + int(number / 60) % 12, 1 + int(number / 720) % 28) }'

table() {
    awk -v kind="$1" "$day"' BEGIN {
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if (kind == "long" || kind == "refused") print "State,Kind,Date,Place,Note"
        else print "Participant,Signature,Ratification"
        rows = kind == "wide" ? 17576 : 20000
        for (number = 0; number < rows; number++) {
            of = kind == "wide" ? number : number % 200
            code = substr(letters, int(of / 676) + 1, 1) substr(letters, int(of / 26) % 26 + 1, 1) substr(letters, of % 26 + 1, 1)
            name = "state of the " code " number " of
            if (kind == "long") print name ",declaration," day(int(number / 200)) ",,\"Note, " number "\""
            else if (kind == "refused") print name ",withdrawal," day(number) ",Place " number ","
            else if (kind == "unknown") print "Nowhere at all " number ",1990-01-01,"
            else print name ",1960-01-01," day(number)
        }
    }'
}

for kind in long wide unknown repeated refused; do
    rm -rf facts && mkdir -p facts/treaties/pact
    treaty > facts/treaties/pact/treaty.toml
    states "$([[ $kind == wide ]] && echo 17576 || echo 200)" > facts/states.csv
    table "$kind" > table.csv
    columns=()
    [[ $kind == wide || $kind == repeated || $kind == unknown ]] &&
        columns=(--columns "state=Participant,signature=Signature,ratification=Ratification")
    /usr/bin/time -f "$kind: $(($(wc -l < table.csv) - 1)) rows, %e s, %M KB" -o figures \
        "$program" --seeds facts catalogue import table.csv --into facts --treaty pact --basis memory "${columns[@]}" \
        > said || true
    grep rows figures
    tail -n 2 said | sed 's/^/    /'
done
