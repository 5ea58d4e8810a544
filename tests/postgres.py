"""Run a command against a real PostgreSQL: ``python -m tests.postgres -- COMMAND…``.

The command finds the server in ``DATABASE_URL``. When ``TEST_DATABASE_URL`` is set, that server is used; else
a throw-away cluster is started from the system's PostgreSQL programs, and stopped and removed afterwards
whatever happens. The exit code is the command's.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg

# The first version whose clusters sort by ICU, hence by the Ukrainian alphabet.
OLDEST_VERSION = 15
START_TIMEOUT = 30

# Speed instead of safety: nothing here outlives the tests.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


def find_binaries() -> Path:
    """The folder with the newest ``initdb`` and ``postgres`` of this machine."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = [path.parent for path in sorted(packaged, key=lambda path: -int(path.parts[-3]))]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "postgres").exists() and version_of(folder) >= OLDEST_VERSION:
            return folder
    sys.exit(
        f"Для цих тестів потрібен PostgreSQL {OLDEST_VERSION} або новіший, а його тут немає. Встановіть:\n"
        "    sudo apt-get install --no-install-recommends postgresql\n"
        "або вкажіть свій сервер у змінній TEST_DATABASE_URL."
    )


def version_of(binaries: Path) -> int:
    """The major version: «postgres (PostgreSQL) 15.18 (Debian …)»."""
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))


def as_unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: give the folder to another user, return the prefix that becomes it.

    Where ``setpriv`` exists it also ends the server should this process be killed without a word.
    """
    prefix = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return prefix
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return [*prefix, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def throw_away_cluster() -> Iterator[str]:
    """Start a cluster of our own in a temporary folder; yields its address."""
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(prefix="zvit-postgres-") as name:
        folder = Path(name)
        # Other users of this machine reach the port too, so even this server asks for a password.
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        prefix = as_unprivileged(folder)
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}

        made = subprocess.run(
            [
                *(*prefix, f"{binaries}/initdb", "--pgdata", f"{folder}/data", "--no-sync"),
                *("--username", "postgres", "--pwfile", f"{folder}/password", "--auth", "scram-sha-256"),
                *("--locale-provider", "icu", "--icu-locale", "uk", "--locale", "C.UTF-8"),
                *("--encoding", "UTF8"),
            ],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            sys.exit(f"Не вдалося створити тимчасову базу PostgreSQL:\n{made.stdout}{made.stderr}")

        port = free_port()
        settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
        log = folder / "log"
        with log.open("w") as output:
            # In a session of its own: Ctrl-C is for the tests, which still need the server to tidy up.
            server = subprocess.Popen(
                [
                    *(*prefix, f"{binaries}/postgres", "-D", f"{folder}/data"),
                    *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
                ],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
            wait_until_ready(server, url, log)
            yield url
        finally:
            stop(server)


def wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            psycopg.connect(url, connect_timeout=START_TIMEOUT).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"Тимчасовий сервер PostgreSQL не запустився:\n{log.read_text()}")
            time.sleep(0.02)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast first, for it removes its shared memory; then by force."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(how)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue


def run(command: list[str], url: str) -> int:
    """Run the command to its end; signals are the command's business, ours is to outlive it."""
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)

    # The terminal sends Ctrl-C to the command by itself; the others reach only this process.
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda number, frame: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGHUP: signal.signal(signal.SIGHUP, pass_on),
    }
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.exit("usage: python -m tests.postgres -- COMMAND…")
    if url := os.environ.get("TEST_DATABASE_URL"):
        return run(command, url)
    # Being asked to stop while the server starts still removes it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with throw_away_cluster() as url:
        return run(command, url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
