"""Sends a saved message again, forged in several ways: the receiver must refuse each.

    python forge.py MESSAGES URL

A receiver that would accept anything proves nothing about what it accepted.
"""

import json
import sys
import urllib.error
import urllib.request


def answer(url, headers, body):
    """Returns the status of the answer."""
    sent = {name: value for name, value in headers.items() if name not in ("host", "content-length")}
    request = urllib.request.Request(url, data=body.encode(), headers=sent, method="POST")
    # A proxy of the environment must not see it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def main():
    messages, url = sys.argv[1:]
    with open(messages, encoding="utf-8") as file:
        message = json.loads(file.readline())
    headers, body = message["headers"], message["body"]
    later = str(int(headers["webhook-timestamp"]) + 1)
    forged = {
        "another body": (headers, body.replace('"sentence":"', '"sentence":"Not ')),
        "another id": ({**headers, "webhook-id": "msg_0"}, body),
        "another time": ({**headers, "webhook-timestamp": later}, body),
        "no signature": ({k: v for k, v in headers.items() if k != "webhook-signature"}, body),
    }
    for what, (forged_headers, forged_body) in forged.items():
        status = answer(url, forged_headers, forged_body)
        if status != 400:
            sys.exit(f"a message with {what} was answered {status}, not 400")


if __name__ == "__main__":
    main()
