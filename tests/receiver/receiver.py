"""A receiver of treatywatch alerts that shares no code with treatywatch.

Verifies each message with the Standard Webhooks library and reads it with the CloudEvents
library, prints one line for each, and answers 204; an invalid message is answered 400.

    python receiver.py PORT [STOP_AFTER]

The secret is taken from TREATYWATCH_SECRET (whsec_...). With STOP_AFTER the receiver ends
after so many messages. PORT 0 takes any free port; the first line printed names it.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from cloudevents.http import from_http
from standardwebhooks.webhooks import Webhook

WEBHOOK = Webhook(os.environ["TREATYWATCH_SECRET"])


class Receiver(BaseHTTPRequestHandler):
    """Answers one POST for each delivery."""

    received = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            WEBHOOK.verify(body, headers)
            event = from_http(headers, body)
            if event["id"] != headers["webhook-id"]:
                raise ValueError("the event's id is not the webhook's id")
        except Exception as error:  # whatever is wrong with it, the sender is told
            print(f"refused: {error!r}", flush=True)
            self.send_response(400)
        else:
            print(f"verified {event['id']} {event['type']}: {event.data['sentence']}", flush=True)
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
