"""Takes what treatywatch sends over HTTP and SMTP, and writes it down.

    python sink.py FOLDER

Says on which ports it listens: `listening on HTTP SMTP`. Each message over HTTP becomes a line of
FOLDER/NAME.jsonl, NAME being the first part of the path; each mail a file FOLDER/mail/NUMBER.eml.
"""

import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from aiosmtpd.smtp import SMTP

FOLDER = Path(sys.argv[1])
LOCK = Lock()


class Hooks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        # What ntfy sends goes to the server itself; its topic is in the message.
        name = self.path.strip("/").split("/")[0] or "ntfy"
        with LOCK, open(FOLDER / f"{name}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"type": self.headers["content-type"], "body": body}) + "\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mails:
    def __init__(self):
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        mail = FOLDER / "mail" / f"{self.count}.eml"
        mail.write_bytes(envelope.original_content)
        mail.with_suffix(".json").write_text(json.dumps([envelope.mail_from, envelope.rcpt_tos]))
        return "250 taken"


async def main():
    (FOLDER / "mail").mkdir()
    hooks = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
    Thread(target=hooks.serve_forever, daemon=True).start()
    mails = Mails()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mails, hostname="localhost"), "127.0.0.1", 0)
    print(f"listening on {hooks.server_port} {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
