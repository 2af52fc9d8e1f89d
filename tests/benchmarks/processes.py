"""The processes that are measured: started, looked at, and ended by their own id. Linux only."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START_S, STOP_S = 30, 15
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class NotStarted(Exception):
    """Raised when a server does not come up; says what it said."""


@dataclass(slots=True)
class Server:
    """A running process, its port, and how long it took until it was ready."""

    process: subprocess.Popen[bytes]
    port: int
    started_s: float

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    def processor_s(self) -> float:
        """Seconds of a core that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        return get(self.port, path)

    def stop(self) -> None:
        """Ends this process and nothing else."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start(arguments: Sequence[str], port: int, environ: Mapping[str, str], log: Path) -> Server:
    """Starts a Python process and waits until it is ready. Raises `NotStarted`."""
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=out, stderr=out, cwd=ROOT, env=dict(environ)
        )
    server = Server(process, port, 0)
    try:
        while not is_ready(port):
            if process.poll() is not None or time.perf_counter() - began > START_S:
                raise NotStarted(log.read_text(errors="replace")[-2_000:] or "it said nothing")
            time.sleep(0.005)
    except BaseException:
        server.stop()
        raise
    server.started_s = time.perf_counter() - began
    return server


def is_ready(port: int) -> bool:
    """Whether the server says that it is."""
    try:
        return get(port, "/readyz")[0] == 200
    except OSError:
        return False


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def busy_s() -> float:
    """Seconds of a core that the whole machine has used."""
    fields = [int(part) for part in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / TICKS


class Watch:
    """Who used the cores during a round: the server, this process, others."""

    def __init__(self, server: Server, *more: Server) -> None:
        self.servers = (server, *more)
        self.at = time.perf_counter()
        self.before = self._now()

    def _now(self) -> tuple[float, float, float]:
        return busy_s(), sum(one.processor_s() for one in self.servers), time.process_time()

    def cores(self) -> dict[str, float]:
        """Cores used since the beginning, by whom."""
        seconds = time.perf_counter() - self.at
        machine, server, load = (
            (now - before) / seconds for now, before in zip(self._now(), self.before, strict=True)
        )
        others = max(0.0, machine - server - load)
        return {"server": round(server, 2), "load": round(load, 2), "others": round(others, 2)}
