"""A receiver of treatywatch alerts that shares no code with treatywatch.

Verifies each message with the Standard Webhooks library and reads it with the CloudEvents
library, prints one line for each, and answers 204; an invalid message is answered 400.

    pip install -r requirements.txt
    python receiver.py PORT [STOP_AFTER]

The secret is taken from TREATYWATCH_SECRET (whsec_...). With STOP_AFTER the receiver ends
after so many messages. PORT 0 takes any free port; the first line printed names it. With
RECEIVER_SAVE each verified message is added to that file as one line of JSON, with its headers.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks.webhooks import Webhook

WEBHOOK = Webhook(os.environ["TREATYWATCH_SECRET"])
SAVE = os.environ.get("RECEIVER_SAVE")
# A structured event is known by its media type; the library takes any.
MEDIA_TYPE = "application/cloudevents+json"


def read(headers, body):
    """Returns the event, or raises whatever is wrong with the message."""
    WEBHOOK.verify(body, headers)
    media_type = headers["content-type"].split(";")[0].strip()
    if media_type != MEDIA_TYPE:
        raise ValueError(f"the media type is {media_type}, not {MEDIA_TYPE}")
    event = from_http_event(HTTPMessage(headers=headers, body=body))
    if event.get_id() != headers["webhook-id"]:
        raise ValueError("the event's id is not the webhook's id")
    return event


class Receiver(BaseHTTPRequestHandler):
    """Answers one POST for each delivery."""

    received = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = read(headers, body)
            line = f"verified {event.get_id()} {event.get_type()}: {event.get_data()['sentence']}"
        except Exception as error:  # whatever is wrong with it, the sender is told
            print(f"refused: {error!r}", flush=True)
            self.send_response(400)
        else:
            if SAVE:
                with open(SAVE, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"headers": headers, "body": body.decode()}) + "\n")
            print(line, flush=True)
            self.send_response(204)
        self.end_headers()
        Receiver.received += 1

    def log_message(self, *_):
        """Says nothing: each message has its own line already."""


def main():
    port = int(sys.argv[1])
    stop_after = int(sys.argv[2]) if len(sys.argv) > 2 else None
    host = os.environ.get("RECEIVER_HOST", "127.0.0.1")
    server = HTTPServer((host, port), Receiver)
    print(f"listening on {host}:{server.server_port}", flush=True)
    while stop_after is None or Receiver.received < stop_after:
        server.handle_request()


if __name__ == "__main__":
    main()
