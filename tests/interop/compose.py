"""Starts the daemon as `docker compose up` does, without Docker: the environment, user, directories and commands
of docker-compose.yml and of the Dockerfile.

    python3 compose.py BINARY

Needs PyYAML, and to be root: the container's root is a read-only tree of this machine's libraries.
"""

import base64
import contextlib
import ctypes
import fcntl
import json
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent.parent.parent
START_MAX_S = 60
PR_SET_NO_NEW_PRIVS = 38
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def image():
    """What the last stage of the Dockerfile says of the container."""
    text = (HERE / "Dockerfile").read_text().replace("\\\n", " ")
    stage = text[text.rindex("\nFROM ") :]
    commands = dict(re.findall(r"^(USER|WORKDIR|CMD|VOLUME) (.+)$", stage, re.MULTILINE))
    environment = dict(pair.split("=", 1) for pair in re.findall(r"^ENV (\S+)$", stage, re.MULTILINE))
    health = re.search(r"^HEALTHCHECK .*?CMD (\[.*\])$", stage, re.MULTILINE)
    user = re.search(rf"useradd .*--uid (\d+) {commands['USER']}\b", stage)
    return {
        "environment": environment,
        "command": json.loads(commands["CMD"]),
        "health": json.loads(health.group(1)),
        "folder": commands["WORKDIR"],
        "uid": int(user.group(1)),
    }


def substituted(value, host):
    """`${NAME:-default}` of a compose file."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: host.get(match[1]) or match[2], value)


def mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


def container(root, service, binary, uid):
    """Makes the file system that the container sees."""
    mount("-t", "tmpfs", "tmpfs", root)
    for name in ["bin", "sbin", "lib", "lib64"]:
        path = Path("/", name)
        if path.is_symlink():
            (root / name).symlink_to(os.readlink(path))
    for path in ["usr", "lib", "lib64", "bin", "etc/ssl", "proc", "dev"]:
        if (root / path).is_symlink() or not Path("/", path).exists():
            continue
        (root / path).mkdir(parents=True)
        mount("--rbind", Path("/", path), root / path)
    program = root / "opt/treatywatch"
    program.parent.mkdir()
    program.touch()
    mount("--bind", binary, program)
    for volume in service["volumes"]:
        source, target, *_ = volume.split(":")
        target = root / target.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.startswith("."):
            target.touch()
            mount("--bind", HERE / source, target)
            mount("-o", "remount,bind,ro", target)
        else:
            # A volume has what the image has there: a directory of the user's own.
            target.mkdir()
            mount("-t", "tmpfs", "-o", f"uid={uid},gid={uid},mode=0700", "tmpfs", target)
    (root / service["tmpfs"].lstrip("/")).mkdir()
    mount("-t", "tmpfs", "tmpfs", root / service["tmpfs"].lstrip("/"))
    if service["read_only"]:
        mount("-o", "remount,ro", root)


def loopback():
    """Brings up the loopback interface of a network of one's own."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def run(folder, binary, host):
    base = image()
    compose = yaml.safe_load((HERE / "docker-compose.yml").read_text())
    service = compose["services"]["treatywatch"]
    environment = {"PATH": "/opt:/usr/bin:/bin", **base["environment"]}
    for name, value in service["environment"].items():
        environment[name] = substituted(value, host)
    root = Path(tempfile.mkdtemp(dir=folder))
    container(root, service, binary, base["uid"])

    def enter():
        os.chroot(root)
        os.chdir(base["folder"])
        os.setgroups([])
        os.setgid(base["uid"])
        os.setuid(base["uid"])
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_NPROC, (service["pids_limit"],) * 2)

    def inside(words):
        words = ["/opt/treatywatch", *words[1:]]
        return subprocess.run(words, env=environment, preexec_fn=enter, capture_output=True, text=True, check=False)

    command = ["/opt/treatywatch", *base["command"][1:]]
    log = tempfile.TemporaryFile("w+")
    daemon = subprocess.Popen(command, env=environment, preexec_fn=enter, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_MAX_S
        while inside(base["health"]).returncode != 0:
            if daemon.poll() is not None or deadline < time.monotonic():
                log.seek(0)
                sys.exit(f"FAILED: not healthy (exit {daemon.returncode}):\n{log.read()}")
            time.sleep(0.2)
        print(f"ok: healthy with {', '.join(host) or 'no variable set'}")
        status = inside(["treatywatch", "status", "npt"])
        if status.returncode != 0 or "in force" not in status.stdout:
            sys.exit(f"FAILED: status: {status}")
        print("ok: `docker compose exec treatywatch treatywatch status npt` answers")
        daemon.terminate()
        code = daemon.wait(int(service["stop_grace_period"].rstrip("s")))
        if code != 0:
            sys.exit(f"FAILED: exit code {code} on SIGTERM")
        print("ok: stops with exit code 0 in time")
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def main():
    if "TREATYWATCH_FOLDER" not in os.environ:
        # Mounts and the network end with the namespaces.
        with tempfile.TemporaryDirectory() as folder:
            words = ["unshare", "--mount", "--net", "--propagation", "private", sys.executable, *sys.argv]
            environment = {**os.environ, "TREATYWATCH_FOLDER": folder}
            sys.exit(subprocess.run(words, env=environment, check=False).returncode)
    folder = os.environ["TREATYWATCH_FOLDER"]
    mount("-t", "tmpfs", "tmpfs", folder)
    loopback()
    binary = Path(sys.argv[1]).resolve()
    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    run(folder, binary, {})
    run(
        folder,
        binary,
        {"TREATYWATCH_CONFIG": "/etc/treatywatch/receiver.toml", "TREATYWATCH_SECRET_RECEIVER": secret},
    )
    print("6 passed, 0 failed")


if __name__ == "__main__":
    main()
