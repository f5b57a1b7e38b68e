#!/usr/bin/env bash
# Runs what README.md and docs/*.md show, and compares it with what they say it prints.
#
#     cargo build && PATH="$PWD/target/debug:$PATH" tests/readme.sh [FILE...]
#
# Needs treatywatch, python3 and sqlite3 (3.33 or later) on PATH. Each file is run from top to bottom in an
# empty directory of its own, with an empty environment but for PATH. In a file:
#
#     ```console          each line `$ command` is run, and must print the lines after it
#     ```console today    the same, but what it prints depends on the day: it must only succeed
#     ```sql              is run by `sqlite3 -header -column treatywatch.db`; the ```text after it
#                         is what it must print; ```sql today must only succeed
#     ```toml file=NAME   is written to the file NAME, for the commands that follow
#     ```toml add=NAME    is put at the end of the file NAME
#
# `...` stands for whatever is printed there. Other blocks are not run.
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "$0")/.." && pwd)
# No day, no terminal width and no configuration of this machine must show in the output.
clean=(env -i "PATH=$PATH" "HOME=/nonexistent" "LC_ALL=C.UTF-8" "TZ=UTC")
run=0
failed=0

# Every character stands for itself, but for `...`, which stands for anything.
pattern() {
    local text=$1 rest='' char
    local -i at
    for ((at = 0; at < ${#text}; at++)); do
        if [[ ${text:at:3} == ... ]]; then
            rest+='*'
            at+=2
            continue
        fi
        char=${text:at:1}
        case $char in
            [a-zA-Z0-9,:\;\'\"\ ] | $'\n') rest+=$char ;;
            *) rest+="\\$char" ;;
        esac
    done
    printf '%s' "$rest"
}

# Trailing spaces are not shown in the documents.
trim() { sed -e 's/[[:space:]]*$//'; }

# check WHERE KIND COMMAND EXPECTED: runs COMMAND in the current directory.
check() {
    local where=$1 kind=$2 command=$3 expected=$4 printed status=0
    run=$((run + 1))
    printed=$("${clean[@]}" bash -c "$command" 2>&1 </dev/null) || status=$?
    printed=$(trim <<<"$printed")
    if [[ $kind == today ]]; then
        if ((status != 0)); then
            failed=$((failed + 1))
            printf '%s: exit code %s: %s\n%s\n\n' "$where" "$status" "$command" "$printed"
        fi
        return
    fi
    expected=$(trim <<<"$expected")
    local like
    like=$(pattern "$expected")
    # shellcheck disable=SC2053 # a pattern is what is wanted
    if [[ $printed != $like ]]; then
        failed=$((failed + 1))
        printf '%s: other output: %s\n' "$where" "$command"
        diff <(printf '%s\n' "$expected") <(printf '%s\n' "$printed") | sed 's/^/    /' || true
        printf '\n'
    fi
}

run_document() {
    local file=$1 at=0 line where='' info='' kind='' target='' body='' command='' expected='' query='' query_kind=''
    while IFS= read -r line || [[ -n $line ]]; do
        at=$((at + 1))
        if [[ -z $info && $line == '```'* ]]; then
            info=${line#'```'}
            [[ -n $info ]] || info=plain
            kind=compare
            [[ $info == *' today' ]] && kind=today
            body='' command='' expected='' where="$file:$at" target=''
            [[ $info == *' file='* || $info == *' add='* ]] && target=${info##*=}
            continue
        fi
        if [[ -n $info && $line == '```' ]]; then
            case $info in
                console*)
                    [[ -z $command ]] || check "$where" "$kind" "$command" "${expected%$'\n'}"
                    ;;
                sql*)
                    query=$body query_kind=$kind
                    if [[ $kind == today ]]; then
                        check "$where" today "sqlite3 -header -column treatywatch.db <<'END'"$'\n'"${query}END" ''
                        query=''
                    fi
                    ;;
                text)
                    if [[ -n $query ]]; then
                        check "$where" "$query_kind" \
                            "sqlite3 -header -column treatywatch.db <<'END'"$'\n'"${query}END" "${body%$'\n'}"
                        query=''
                    fi
                    ;;
                *)
                    if [[ -n $target ]]; then
                        mkdir -p "$(dirname "$target")"
                        [[ $info == *' add='* ]] || : >"$target"
                        printf '%s' "$body" >>"$target"
                    fi
                    ;;
            esac
            info=''
            continue
        fi
        [[ -n $info ]] || continue
        if [[ $info == console* && $line == '$ '* ]]; then
            [[ -z $command ]] || check "$where" "$kind" "$command" "${expected%$'\n'}"
            command=${line#'$ '} expected='' where="$file:$at"
        elif [[ $info == console* && -n $command && $command == *\\ ]]; then
            command+=$'\n'$line
        else
            expected+=$line$'\n'
            body+=$line$'\n'
        fi
    done
}

for tool in treatywatch python3 sqlite3; do
    command -v "$tool" >/dev/null || { echo "readme.sh: $tool is not on PATH" >&2; exit 2; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
files=("$@")
((${#files[@]})) || files=("$root/README.md" "$root"/docs/*.md)
mapfile -t files < <(realpath "${files[@]}")
for path in "${files[@]}"; do
    mkdir -p "$scratch/$(basename "$path")"
    cd "$scratch/$(basename "$path")"
    run_document "${path#"$root"/}" <"$path"
done
echo "$run examples were run, $failed failed"
((failed == 0))
