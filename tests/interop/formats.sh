#!/usr/bin/env bash
# Sends real alerts in the formats of other services, and has them checked by what the makers of those
# services publish: Slack's models, the Adaptive Cards parser, Discord's builders, an SMTP server, Apprise.
# What has no checker in a registry of packages (ntfy, Teams itself) is held by snapshots in the program's
# own tests.
#
#     tests/interop/formats.sh BINARY
#
# Needs python3 with venv, npm and jq; the libraries come from the registries of their languages. Everything
# is written into a temporary folder, which is removed.
set -euo pipefail

binary=$(realpath "${1:?usage: formats.sh BINARY}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/lib.sh"
unset TREATYWATCH_DB TREATYWATCH_CONFIG TREATYWATCH_SEEDS TREATYWATCH_LOG

echo "Libraries of other services"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
npm install --silent --no-audit --no-fund --prefix "$dir/npm" adaptivecards@3 @discordjs/builders@1

mkdir "$dir/sink"
cd "$dir"
"$dir/venv/bin/python" "$here/sink.py" sink >sink.log 2>&1 &
processes+=("$!")
wait_until "the sink listens" logged sink.log '^listening on '
read -r http smtp < <(sed -n 's/^listening on //p' sink.log)

{
    echo 'listen = "off"'
    for language in en ru zh; do
        for format in slack discord; do
            printf '[[endpoint]]\nname = "%s-%s"\nformat = "%s"\nlanguage = "%s"\nurl = "http://127.0.0.1:%s/%s-%s"\n' \
                "$format" "$language" "$format" "$language" "$http" "$format" "$language"
        done
    done
    cat <<EOF
[[endpoint]]
name = "teams"
format = "teams"
url = "http://127.0.0.1:$http/teams"

[[endpoint]]
name = "ntfy"
format = "ntfy"
url = "http://127.0.0.1:$http/treaties"

[[endpoint]]
name = "mail"
format = "email"
smtp = "smtp://127.0.0.1:$smtp"
from = "Treatywatch <alerts@example.org>"
to = ["desk@example.org"]

# The example of docs/webhooks.md, to another service.
[[endpoint]]
name = "apprise"
format = "command"
command = ["sh", "-c", "jq -r .data.sentences.zh | $dir/venv/bin/apprise --title Treaties json://127.0.0.1:$http/apprise"]
# Each starts a program.
kinds = ["status.changed"]
EOF
} >treatywatch.toml

echo "Alerts of days on which much happened, and of the years between"
for day in 2019-08-01 2019-08-02 2020-11-21 2020-11-22 2026-02-04 2026-02-05; do
    "$binary" check --today "$day" >>check.log
done
# Quotes, a link, markup of each medium.
"$binary" record npt "declaration CHN 2026-01-15" --source 'https://example.org/a?b=1&c=<d>' \
    --place 'A *place* <!channel> @everyone [x](http://y) _"` \\ \n' --note '<b>note</b>' >>check.log

"$binary" serve >daemon.log 2>&1 &
processes+=("$!")
nothing_left() {
    logged daemon.log 'Checked ' &&
        [ "$("$binary" sql --json "select count(*) as n from delivery_log where state = 'pending'" |
            jq '.. | numbers')" = 0 ]
}
wait_until "everything is delivered" nothing_left
expect "deliveries that were tried twice" \
    "$("$binary" sql --json "select count(*) as n from delivery_log where attempts <> 1 or state <> 'delivered'" |
        jq '.. | numbers')" 0
for name in slack-en teams mail apprise; do
    "$binary" endpoints test "$name" >>tests.log || fail "$name does not take a test message"
    pass "$name takes a test message"
done

echo "What they say of it"
alerts=$("$binary" sql --json "select count(*) as n from alert_log" | jq '.. | numbers')
# The test message besides.
expect "messages for Slack" "$(wc -l <sink/slack-en.jsonl)" $((alerts + 1))
expect "mails" "$(find sink/mail -name '*.eml' | wc -l)" $((alerts + 1))
"$dir/venv/bin/python" "$here/formats.py" sink || fail "a message is not as it should be"
pass "Slack's models and Python's e-mail take every message"
node "$here/cards.js" "$dir/npm/node_modules" sink/teams.jsonl sink/discord-*.jsonl
pass "the Adaptive Cards parser and Discord's builders take every message"

changed=$("$binary" sql --json "select count(*) as n from delivery_log where endpoint = 'apprise'" |
    jq '.. | numbers')
expect "messages that Apprise passed on" "$(wc -l <sink/apprise.jsonl)" $((changed + 1))
expect "titles among them" "$(jq -r '.body | fromjson | .title' sink/apprise.jsonl | sort -u)" Treaties
jq -e -s 'all(.[]; .body | fromjson | .message | test("[一-鿿]"))' sink/apprise.jsonl >/dev/null ||
    fail "a message that Apprise passed on has no Chinese sentence"
pass "Apprise passes on the Chinese sentences"

echo "$passed passed, 0 failed"
