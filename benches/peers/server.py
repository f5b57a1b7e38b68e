"""Gives pages that do not change. Linux: it listens on 127.0.1.1 to 127.0.1.N.

    python3 server.py N

Says on which port: the same of each address. A GET is answered with a page or, where the ETag is known, with 304.
GET /counts gives what was sent since GET /reset, in JSON: {"whole": 0.9, "bodies": 1, "unchanged": 1}, the seconds being
those between the reset and the last request of any kind but these two.
"""

import asyncio
import json
import sys
import time

ROWS = "".join(f"<tr><td>State {n}</td><td>5 Feb 2011</td><td>22 Jan 2021 a</td></tr>\n" for n in range(200))
PAGE = f"<!doctype html>\n<title>Status</title>\n<main><table>\n{ROWS}</table></main>\n".encode()
ETAG = b'"first"'
SAME = b"HTTP/1.1 304 Not Modified\r\netag: " + ETAG + b"\r\n\r\n"


def ok(kind, body):
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\netag: {ETAG.decode()}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Counts:
    def __init__(self):
        self.reset()

    def reset(self):
        self.bodies = self.unchanged = 0
        self.begun = self.last = time.monotonic()

    def note(self):
        self.last = time.monotonic()

    def tell(self):
        counts = {"whole": self.last - self.begun, "bodies": self.bodies, "unchanged": self.unchanged}
        return json.dumps(counts).encode()


COUNTS = Counts()


class Http(asyncio.Protocol):
    """As much of HTTP/1.1 as the clients here speak: bodies with a length, connections that stay open."""

    def __init__(self):
        self.data = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            first, *lines = self.data[:end].split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
            end += 4 + int(headers.get(b"content-length", 0))
            if len(self.data) < end:
                return
            self.data = self.data[end:]
            _, path, _ = first.split(b" ")
            self.transport.write(answer(path, headers))


def answer(path, headers):
    if path == b"/reset":
        COUNTS.reset()
    if path in (b"/counts", b"/reset"):
        return ok("application/json", COUNTS.tell())
    COUNTS.note()
    if headers.get(b"if-none-match") == ETAG:
        COUNTS.unchanged += 1
        return SAME
    COUNTS.bodies += 1
    return ok("text/html; charset=utf-8", PAGE)


async def main():
    loop = asyncio.get_running_loop()
    first = await loop.create_server(Http, "127.0.1.1", 0, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    others = [await loop.create_server(Http, f"127.0.1.{n}", port) for n in range(2, int(sys.argv[1]) + 1)]
    print(f"listening on {port}", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in [first, *others]))


asyncio.run(main())
