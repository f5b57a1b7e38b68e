"""Runs the daemon among peers that mean harm, on a disk that fills up, and kills it again and again.

    python3 soak.py BINARY [SECONDS [KILL_EVERY_S]]

Shows that all alerts arrive, each under one id; that health is red while nothing can be written and green
otherwise, and answers within a second; that SIGTERM is obeyed within ten seconds; and what memory it took. The daemon
may use 256 MiB (a control group where that is allowed, else a limit of the address space). Needs Python alone, and to
be root or to be allowed a user namespace: the disk is a small file system of its own.
"""

import base64
import collections
import contextlib
import datetime
import hashlib
import hmac
import http.client
import itertools
import json
import math
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import hostile

MIB = 1024 * 1024
MEMORY_MAX = 256 * MIB
# Where memory cannot be limited: threads alone reserve much of the address space, and use little of it.
ADDRESS_SPACE_MAX = 2048 * MIB
# Health is red below 64 MiB of room.
DISK_SIZE = 192 * MIB
DISK_FULL_TIMES = 3
DISK_FULL_S = 12
HALF_OPEN = 300
# The daemon has so long to answer for the first time after a start, on a busy machine.
START_MAX_S = 20
# Health has so long to become what it should be.
HEALTH_SETTLES_S = 10
# What is due when the faults end has so long to arrive.
ARRIVAL_MAX_S = 180
STOP_MAX_S = 10
SECRET = base64.b64encode(b"a key that this soak alone has").decode()
STATES = "FRA DEU ITA ESP POL SWE NOR JPN CAN AUS BRA MEX ARG CHL PER ZAF KEN GHA EGY MAR".split()
TREATIES = "npt bwc cwc ctbt outer-space-treaty".split()
KINDS = "declaration objection".split()
# Of what is recorded in one soak.
ACTS_MAX = len(STATES) * len(TREATIES) * len(KINDS)


def say(text):
    print(f"{time.monotonic() - BEGUN:7.1f} s  {text}", flush=True)


BEGUN = time.monotonic()


class Recorder:
    """A receiver that takes everything, checks the signature and keeps what it got."""

    def __init__(self):
        self.bodies = collections.defaultdict(set)
        self.times = collections.Counter()
        self.forged = 0
        self.lock = threading.Lock()
        self.server = hostile.Server(self.play)

    def play(self, connection):
        head, body = hostile.read_request(connection)
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        signature = base64.b64encode(hmac.digest(base64.b64decode(SECRET), signed, hashlib.sha256)).decode()
        # Header values were lowered for looking up; base64 is not blind to case.
        given = next(line for line in head.split("\r\n") if line.lower().startswith("webhook-signature:"))
        with self.lock:
            if f"v1,{signature}" not in given:
                self.forged += 1
            self.bodies[headers["webhook-id"]].add(body)
            self.times[headers["webhook-id"]] += 1
        connection.sendall(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")


class Memory:
    """The limit of the daemon's memory, and what was used of it."""

    def __init__(self):
        self.peak_resident = 0
        self.folder, self.limit, self.peak_file = None, None, None
        for root, limit, peak in [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
            ("/sys/fs/cgroup", "memory.max", "memory.peak"),
        ]:
            folder = Path(root, f"treatywatch-soak-{os.getpid()}")
            try:
                folder.mkdir()
                (folder / limit).write_text(str(MEMORY_MAX))
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                continue
            self.folder, self.peak_file = folder, folder / peak
            break
        kind = f"a control group of {MEMORY_MAX // MIB} MiB" if self.folder else "a limit of the address space"
        say(f"memory: {kind}")

    def enter(self):
        """In the child, before it becomes the daemon: its memory, and one core of its own."""
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        if self.folder:
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))
        else:
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))

    def note(self, pid):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peak = next(line for line in lines if line.startswith("VmHWM:"))
            self.peak_resident = max(self.peak_resident, int(peak.split()[1]) * 1024)

    def killed(self):
        """How often the kernel has ended the daemon for its memory."""
        if not self.folder:
            return 0
        for name in ("memory.oom_control", "memory.events"):
            with contextlib.suppress(OSError):
                words = (self.folder / name).read_text().split()
                return int(words[words.index("oom_kill") + 1]) if "oom_kill" in words else 0
        return 0

    def close(self):
        say(f"peak memory: {self.peak_resident // MIB} MiB resident")
        if self.folder:
            with contextlib.suppress(OSError):
                say(f"peak of the control group, with its share of the disk: {self.peak()} MiB")
            with contextlib.suppress(OSError):
                self.folder.rmdir()

    def peak(self):
        return int(self.peak_file.read_text()) // MIB


class Soak:
    def __init__(self, binary, folder, seconds, kill_every):
        self.binary, self.folder, self.seconds, self.kill_every = binary, Path(folder), seconds, kill_every
        self.disk = self.folder / "disk"
        self.database = self.disk / "treatywatch.db"
        self.port = free_port()
        self.recorder = Recorder()
        self.memory = Memory()
        self.peers = hostile.Peers(self.port, HALF_OPEN)
        self.faults = []
        self.stop = threading.Event()
        self.daemon = None
        self.started_at = 0.0
        self.recorded = set()
        # Since when the daemon should be well or not; none while it may be either.
        self.expected, self.expected_since = None, 0.0
        self.lock = threading.Lock()
        self.slowest = 0.0

    def fault(self, text):
        say(f"FAULT: {text}")
        self.faults.append(text)

    def configure(self):
        ports = self.peers.ports
        endpoints = {
            name: f'url = "http://127.0.0.1:{port}/alerts"'
            for name, port in [("good", self.recorder.server.port), *ports["receivers"].items()]
        }
        text = f'listen = "127.0.0.1:{self.port}"\n'
        text += '[schedule]\ncheck = "*/5 * * * * *"\nsources = "*/20 * * * * *"\n'
        text += '[sources]\ncontact = "soak@example.org"\n'
        for name, where in endpoints.items():
            text += f'[[endpoint]]\nname = "{name}"\n{where}\nsecret_env = "SOAK_SECRET"\n'
        text += (
            '[[endpoint]]\nname = "mail"\nformat = "email"\nfrom = "a@example.org"\nto = ["b@example.org"]\n'
            f'smtp = "smtp+starttls://127.0.0.1:{ports["mail"]}"\n'
        )
        for number, (kind, port) in enumerate(ports["sources"]):
            about = {"untc": 'treaty = "ctbt"\n', "unoda": 'treaty = "ctbt"\ncode = "ctbt"\n'}.get(kind, "")
            text += f'[[source]]\nname = "s{number}"\nkind = "{kind}"\n{about}url = "http://127.0.0.1:{port}/x"\n'
        (self.folder / "treatywatch.toml").write_text(text)

    def run(self, *words):
        words = [self.binary, "--db", self.database, "--config", self.folder / "treatywatch.toml", *words]
        environment = {"PATH": os.environ["PATH"], "SOAK_SECRET": f"whsec_{SECRET}"}
        return words, environment

    def start(self):
        words, environment = self.run("serve")
        log = (self.folder / "daemon.log").open("ab")
        with self.lock:
            self.daemon = subprocess.Popen(
                words, env=environment, stderr=log, cwd=self.folder, preexec_fn=self.memory.enter
            )
            self.started_at = time.monotonic()

    def expect(self, well):
        with self.lock:
            self.expected, self.expected_since = well, time.monotonic()

    def ask_health(self):
        """Returns the status of one answer, or none, and how long it took."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, time.monotonic() - begun, body
        except (OSError, http.client.HTTPException):
            return None, time.monotonic() - begun, b""
        finally:
            connection.close()

    def watch_health(self):
        while not self.stop.wait(0.25):
            asked_of = self.daemon
            status, took, body = self.ask_health()
            self.memory.note(asked_of.pid)
            with self.lock:
                now = time.monotonic()
                is_same = asked_of is self.daemon and asked_of.poll() is None
                is_up = is_same and self.started_at + START_MAX_S < now
                settled = self.expected_since + HEALTH_SETTLES_S < now
                expected = self.expected
            if status is not None and is_same:
                self.slowest = max(self.slowest, took)
            if status is not None and is_same and took > 1:
                self.fault(f"health took {took:.1f} s")
            elif status is None and is_up:
                self.fault(f"no answer of the health endpoint within {took:.1f} s")
            elif is_up and settled and expected is not None and (status == 200) != expected:
                self.fault(f"health says {status}, expected {'200' if expected else '503'}: {body[:300]!r}")

    def record_acts(self):
        """Puts acts of today on record, one after the other, each of which raises an alert."""
        acts = itertools.product(KINDS, TREATIES, STATES)
        kind, treaty, state = next(acts)
        while not self.stop.wait(max(1, self.seconds / ACTS_MAX)):
            day = datetime.datetime.now(datetime.UTC).date()
            words, environment = self.run("record", treaty, f"{kind} {state} {day}", "--from-memory")
            done = subprocess.run(words, env=environment, cwd=self.folder, capture_output=True, check=False)
            if done.returncode == 0:
                self.recorded.add(f"{treaty}/{state}/{kind}/{day}")
                kind, treaty, state = next(acts)
            # Else the disk is full, or another process writes: the same act is tried again.

    def poll_sources(self):
        """Makes every source due again."""
        while not self.stop.wait(5):
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self.database)) as database:
                database.execute("update _source set next_at = null")
                database.commit()

    def kill(self):
        """Kills the daemon again and again, and starts it again when it has ended, as a supervisor does."""
        next_kill = time.monotonic() + self.kill_every
        while not self.stop.wait(0.5):
            ended = self.daemon.poll() is not None
            # Without room it cannot start, and says so.
            if ended and self.is_settled(well=True):
                self.fault(f"the daemon ended by itself with code {self.daemon.returncode}")
            if not ended and time.monotonic() < next_kill:
                continue
            if not ended:
                with self.lock:
                    # From here on no answer is due.
                    self.started_at = math.inf
                self.daemon.kill()
                self.daemon.wait()
                say("killed")
                next_kill += self.kill_every
            self.start()
        if self.daemon.poll() is not None:
            self.start()

    def is_settled(self, well):
        with self.lock:
            return self.expected == well and self.expected_since + HEALTH_SETTLES_S < time.monotonic()

    def fill_disk(self):
        pause = self.seconds / (DISK_FULL_TIMES + 1)
        filler = self.disk / "filler"
        for _ in range(DISK_FULL_TIMES):
            if self.stop.wait(pause - DISK_FULL_S):
                return
            # Health is red before the last byte is written.
            self.expect(None)
            with filler.open("wb", buffering=0) as file:
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * 65536)
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x")
            say("the disk is full")
            self.expect(False)
            self.stop.wait(DISK_FULL_S)
            self.expect(True)
            filler.unlink()
            say("there is room again")

    def alerts(self):
        """The ids on record, how many deliveries to the good endpoint wait, and how many alerts each act raised."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            ids = [row[0] for row in database.execute("select alert_id from alert_log")]
            wait = database.execute(
                "select count(*) from delivery_log where endpoint = 'good' and state <> 'delivered'"
            ).fetchone()[0]
            bodies = [json.loads(row[0]) for row in database.execute("select body from _alert")]
        acts = collections.Counter(act for body in bodies for act in body["acts"])
        return ids, wait, acts

    def wait_for_arrivals(self):
        deadline = time.monotonic() + ARRIVAL_MAX_S
        while time.monotonic() < deadline:
            _, wait, acts = self.alerts()
            if wait == 0 and self.recorded <= set(acts):
                return
            time.sleep(1)
        self.fault(f"{wait} deliveries have not arrived, {len(self.recorded - set(acts))} acts raised no alert")

    def compare(self):
        ids, _, acts = self.alerts()
        say(f"{len(self.recorded)} acts recorded, {len(ids)} alerts, {sum(self.recorder.times.values())} messages")
        if not self.recorded:
            self.fault("no act was recorded: nothing was tested")
        if len(ids) != len(set(ids)):
            self.fault("an id was given twice")
        missing, strange = set(ids) - set(self.recorder.bodies), set(self.recorder.bodies) - set(ids)
        if missing or strange:
            self.fault(f"{len(missing)} alerts did not arrive, {len(strange)} arrived that are not on record")
        if self.recorder.forged:
            self.fault(f"{self.recorder.forged} messages were not signed as they should be")
        changed = [one for one, bodies in self.recorder.bodies.items() if len(bodies) > 1]
        if changed:
            self.fault(f"{len(changed)} messages were sent with different bodies under one id")
        doubled = [act for act in self.recorded if acts[act] > 1]
        if doubled:
            self.fault(f"{len(doubled)} acts raised more than one alert")

    def end(self):
        begun = time.monotonic()
        self.daemon.terminate()
        try:
            code = self.daemon.wait(STOP_MAX_S)
            say(f"SIGTERM: exit code {code} after {time.monotonic() - begun:.1f} s")
            if code != 0:
                self.fault(f"exit code {code} on SIGTERM")
        except subprocess.TimeoutExpired:
            self.fault(f"SIGTERM was not obeyed within {STOP_MAX_S} s")
            self.daemon.kill()
            self.daemon.wait()

    def soak(self):
        self.disk.mkdir()
        size = f"size={DISK_SIZE}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", self.disk], check=True)
        try:
            self.configure()
            self.start()
            while self.ask_health()[0] != 200:
                if time.monotonic() > self.started_at + START_MAX_S:
                    self.fault("the daemon does not become well")
                    return
                time.sleep(0.1)
            say("the daemon is well")
            self.expect(True)
            work = [self.watch_health, self.record_acts, self.poll_sources, self.kill, self.fill_disk]
            threads = [threading.Thread(target=one) for one in work]
            for thread in threads:
                thread.start()
            time.sleep(self.seconds)
            self.stop.set()
            for thread in threads:
                thread.join()
            self.peers.let_go()
            say("the faults have ended")
            self.wait_for_arrivals()
            self.compare()
            self.end()
            say(f"slowest answer of the health endpoint: {self.slowest:.2f} s")
            killed = self.memory.killed()
            if killed:
                self.fault(f"the kernel ended the daemon {killed} times for its memory")
        finally:
            self.stop.set()
            self.peers.end()
            if self.daemon and self.daemon.poll() is None:
                self.daemon.kill()
                self.daemon.wait()
            self.memory.close()
            subprocess.run(["umount", self.disk], check=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def main():
    if os.geteuid() != 0:
        # A namespace of one's own, in which a file system may be mounted.
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--mount", sys.executable, *sys.argv])
    binary = Path(sys.argv[1]).resolve()
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 90
    kill_every = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    # What ends this by a signal must not leave a daemon or a mount behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = tempfile.mkdtemp(prefix="treatywatch-soak-")
    soak = Soak(binary, folder, seconds, kill_every)
    try:
        soak.soak()
    finally:
        if soak.faults:
            log = (Path(folder) / "daemon.log").read_bytes().decode(errors="replace").splitlines()
            print("\n".join(["--- the end of the daemon's log", *log[-60:]]))
        shutil.rmtree(folder, ignore_errors=True)
    checks = 8
    print(f"{checks - min(checks, len(soak.faults))} passed, {min(checks, len(soak.faults))} failed")
    sys.exit(1 if soak.faults else 0)


if __name__ == "__main__":
    main()
