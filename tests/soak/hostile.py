"""Peers that mean harm, on loopback: sources, receivers, a mail server, and clients that never finish a request.

Each server listens on a port of its own and says which: `Server.port`. Everything is bounded: a flood ends after
FLOOD_S seconds, a connection is closed when its peer closes it.
"""

import gzip
import itertools
import json
import multiprocessing
import os
import socket
import threading
import time

# A flood goes on for so long unless its peer closes the connection.
FLOOD_S = 60
MIB = 1024 * 1024


class Server:
    """Accepts connections until the process ends; `play(connection)` handles each in a thread of its own."""

    def __init__(self, play):
        self.play = play
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        with connection:
            try:
                connection.settimeout(FLOOD_S)
                self.play(connection)
            except OSError:
                # The daemon gave up, which is what it should do.
                pass


def read_request(connection):
    """Returns the head, as text, and the body of a request."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("no request")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    head = head.decode("latin-1")
    lengths = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
    while lengths and len(body) < int(lengths[0]):
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("half a request")
        body += part
    return head, body


def flood(connection, piece):
    end = time.monotonic() + FLOOD_S
    while time.monotonic() < end:
        connection.sendall(piece)


def padded(head, piece, tail, size):
    return head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail


# Bodies of sources. Each is made once, but those that differ each time.


def many_attributes():
    names = b" ".join(b"a%x" % number for number in range(200_000))
    return "text/html", b"<html><body><p " + names + b">x</p></body></html>"


def many_small_attributes():
    return "text/html", padded(b"<html><body>x", b"<br a b c d e f g h>", b"</body></html>", 3 * MIB)


def many_siblings():
    return "text/html", padded(b"<html><body><h2>x</h2>", b"<br>", b"<p>x</p></body></html>", MIB)


def page_with_terminal_codes():
    return "text/html", "<html><body><p>Status\x1b]0;owned\x07\x1b[2J \u202etfel</p></body></html>".encode()


def one_long_line():
    return "text/plain", b"x" * (15 * MIB)


def nested_tables():
    inner = b"<table><tr><td>" * 120 + b"x" * 200_000 + b"</table>" * 120
    page = b'<html><body><div class="tcrptEIF"></div><table id="x_tblgrid"><tr><td>Participant'
    return "text/html", page + inner + b"</td></tr></table></body></html>"


TABLE = (
    b'<?xml version="1.0"?><Treaties><Treaty><Participants><Table><TGroup><Thead><Row><Entry>Participant</Entry>'
    b"<Entry>Ratification</Entry></Row></Thead><Tbody><Rows>"
)
TABLE_END = b"</Rows></Tbody></TGroup></Table></Participants></Treaty></Treaties>"


def one_long_cell():
    cell = b"<Row><Entry>Ruritania</Entry><Entry>" + b"x" * (15 * MIB) + b"</Entry></Row>"
    return "text/xml", TABLE + cell + TABLE_END


def many_empty_rows():
    return "text/xml", padded(TABLE, b"<Row/>", TABLE_END, 15 * MIB)


def entities_of_entities():
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{names}]>'
    return "text/xml", head.encode() + TABLE.split(b"?>")[1] + b"<Row><Entry>&a9;</Entry></Row>" + TABLE_END


def actions(names, day="2026-11-20"):
    rows = [
        {"date": f"{day} 00:00:00", "type": "RAT", "state": {"name": name}, "depositary": None} for name in names
    ]
    return "application/json", json.dumps({"data": {"treaty_": {"data": {"actions_": rows}}}}).encode()


def many_errors():
    return "application/json", padded(b'{"errors":[{"a":0}', b',{"a":0}', b"]}", 15 * MIB)


def many_unknown_names():
    return actions(f"Qx{number:06}" for number in range(5000))


def one_long_name():
    return actions(["x" * (4 * MIB)])


def names_that_act():
    return actions(["Tonga\x1b]0;owned\x07\n2026-11-30T00:00:00.000000Z  INFO Alert: all is well\u202e\0"])


RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>d</title>'
COUNT = itertools.count()


def many_empty_items():
    return "application/rss+xml", padded(RSS, b"<item/>", b"</channel></rss>", 15 * MIB)


def many_new_items():
    turn = next(COUNT)
    items = (b"<item><guid>%d-%d</guid><title>S/2026/%d</title></item>" % (turn, n, n) for n in range(50_000))
    return "application/rss+xml", RSS + b"".join(items) + b"</channel></rss>"


def a_counter():
    return "text/html", b"<html><body><p>Parties: 10</p><p>Visitor %d</p></body></html>" % next(COUNT)


BODIES = {
    "page": [
        many_attributes,
        many_small_attributes,
        many_siblings,
        page_with_terminal_codes,
        one_long_line,
        a_counter,
    ],
    "untc": [nested_tables, one_long_cell, many_empty_rows, entities_of_entities, many_attributes],
    "unoda": [many_errors, many_unknown_names, one_long_name, names_that_act],
    "feed": [many_empty_items, many_new_items, entities_of_entities],
}
CHANGING = {many_new_items, a_counter}


def source(kind):
    """A source that answers each request with the next of the bodies of its kind."""
    turn = itertools.cycle(BODIES[kind])
    made = {}

    def packed(make):
        content_type, body = make()
        return content_type, gzip.compress(body, 1)

    def play(connection):
        read_request(connection)
        make = next(turn)
        if make in CHANGING:
            content_type, body = packed(make)
        else:
            content_type, body = made.get(make) or made.setdefault(make, packed(make))
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-encoding: gzip\r\n"
        connection.sendall(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)

    return Server(play)


def counting_page():
    """A page that is never twice the same."""

    def play(connection):
        read_request(connection)
        content_type, body = a_counter()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n"
        connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)

    return Server(play)


def informational_flood():
    """Answers a request with informational answers, and never with another."""

    def play(connection):
        read_request(connection)
        flood(connection, b"HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n" * 1000)

    return Server(play)


def endless_body():
    """Says that it has taken the message, and goes on for ever."""

    def play(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n")
        flood(connection, b"1000\r\n" + b"x" * 4096 + b"\r\n")

    return Server(play)


def silent():
    """Takes a request, and never answers."""

    def play(connection):
        read_request(connection)
        # Ends when the daemon closes the connection.
        connection.recv(1)

    return Server(play)


def broken():
    """Answers every request with an error."""

    def play(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 500 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    return Server(play)


def endless_greeting():
    """A mail server whose first line never ends."""
    return Server(lambda connection: flood(connection, b"x" * 65536))


class Peers:
    """All of these in a process of their own, on another core than the daemon's where there is one."""

    def __init__(self, health_port, half_open):
        self.stop = multiprocessing.Event()
        ours, theirs = multiprocessing.Pipe()
        arguments = (theirs, health_port, half_open, self.stop)
        self.process = multiprocessing.Process(target=run_peers, args=arguments, daemon=True)
        self.process.start()
        self.ports = ours.recv()

    def let_go(self):
        """Has the clients close what they hold open; the servers go on."""
        self.stop.set()

    def end(self):
        self.process.kill()
        self.process.join()


def run_peers(pipe, health_port, half_open, stop):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    receivers = {"flood": informational_flood(), "endless": endless_body(), "silent": silent(), "broken": broken()}
    sources = [(kind, source(kind)) for kind in BODIES]
    sources += [("page", counting_page()), ("page", informational_flood()), ("page", endless_body())]
    sources += [("feed", silent())]
    pipe.send(
        {
            "receivers": {name: server.port for name, server in receivers.items()},
            "sources": [(kind, server.port) for kind, server in sources],
            "mail": endless_greeting().port,
        }
    )
    hold_half_open(health_port, half_open, stop)
    threading.Event().wait()


def hold_half_open(port, count, stop):
    """Keeps `count` requests half said at a port, until `stop` is set: what is closed is opened anew."""
    held = []
    while not stop.wait(0.5):
        for connection in list(held):
            connection.setblocking(False)
            try:
                gone = connection.recv(1) == b""
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                connection.close()
                held.remove(connection)
        while len(held) < count and not stop.is_set():
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=1)
                connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
            except OSError:
                # The daemon is down, or takes no more: both are its right.
                break
            held.append(connection)
    for connection in held:
        connection.close()
