"""Checks messages that sink.py wrote down: Slack's with Slack's own library, mail with Python's.

    python formats.py FOLDER
"""

import email
import email.policy
import json
import re
import sys
from pathlib import Path

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

FOLDER = Path(sys.argv[1])
NTFY_BYTES_MAX = 4096
HEADLINE_CHARS_MAX = 70


def saved(name):
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 1, f"no messages of {name} were saved"
    return [json.loads(json.loads(line)["body"]) for line in lines]


def check_slack(message):
    """Reads the blocks into Slack's models, which refuse what breaks Slack's limits."""
    assert set(message) == {"text", "blocks"} and message["text"]
    blocks = Block.parse_all(message["blocks"])
    # What a model does not know, it drops.
    assert [block.to_dict() for block in blocks] == message["blocks"]


def check_slack_refuses(message):
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    try:
        check_slack({"text": message["text"], "blocks": blocks})
    except SlackObjectFormationError:
        return
    raise AssertionError("a header of 151 characters was not refused")


def check_ntfy(message):
    assert message["topic"] == "treaties" and 0 < len(message["title"]) <= HEADLINE_CHARS_MAX
    assert 1 <= message["priority"] <= 5
    assert 0 < len(message["message"].encode()) <= NTFY_BYTES_MAX
    assert all(isinstance(tag, str) for tag in message["tags"])


def check_mail(path):
    """Returns the id of the message."""
    sender, receivers = json.loads(path.with_suffix(".json").read_text())
    assert (sender, receivers) == ("alerts@example.org", ["desk@example.org"])
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [part.get_content_type() for part in mail.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"], parts
    defects = [defect for part in mail.walk() for defect in part.defects]
    defects += [defect for value in mail.values() for defect in value.defects]
    assert not defects, defects
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    # The subject is the headline, which the text begins with.
    assert 0 < len(mail["subject"]) <= HEADLINE_CHARS_MAX, mail["subject"]
    assert text.splitlines()[0] == mail["subject"], mail["subject"]
    assert "<html" in html and "</html>" in html
    assert mail["date"].datetime is not None and mail["auto-submitted"] == "auto-generated"
    assert re.fullmatch(r"<msg_[0-9a-f]{32}@example\.org>", mail["message-id"]), mail["message-id"]
    # One thread for each instrument, source or endpoint.
    thread = mail["references"]
    assert thread == mail["in-reply-to"]
    assert re.fullmatch(r"<thread\.[a-z0-9-]+@example\.org>", thread), thread
    return mail["message-id"]


slack = [message for name in ("slack-en", "slack-ru", "slack-zh") for message in saved(name)]
for message in slack:
    check_slack(message)
check_slack_refuses(slack[0])
print(f"{len(slack)} messages for Slack pass Slack's own models")

for message in saved("ntfy"):
    check_ntfy(message)
print(f"{len(saved('ntfy'))} messages for ntfy keep its limits")

mails = [check_mail(path) for path in (FOLDER / "mail").glob("*.eml")]
assert len(mails) > 1 and len(set(mails)) == len(mails), "an id came twice"
print(f"{len(mails)} mails are read by Python, each with an id of its own, in the thread of its instrument")
