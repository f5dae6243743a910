"""The server that is killed, and started again on the same folder and port."""

import asyncio
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import time

from ledger import Fault

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("TRIAL_SERVER", ROOT / ".build/debug/trial-server"))


# Below those that the kernel gives to outgoing connections: one of them could take the port of a dead server.
PORTS = range(20_000, 30_000)


def free_port():
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Victim:
    def __init__(self, folder, *arguments):
        self.arguments = arguments
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.cwd = folder
        # The same one each time: people come back to the address they know.
        self.port = free_port()
        self.process = None
        self.killed_at = None
        self.started_at = None
        # From the start until it listens, the last time it came so far; at first a guess.
        self.start_seconds = 0.5
        self.listening = asyncio.Event()
        self.struck = asyncio.Event()

    async def start(self):
        self.struck.clear()
        self.started_at = time.monotonic()
        with self.open_log() as log:
            # Limits are switched off that people behind one address, coming back a thousand times, would meet.
            self.process = await asyncio.create_subprocess_exec(
                BINARY, "--port", str(self.port), "--data", self.data, "--messages-per-second", "0",
                "--joins-per-minute-per-address", "0", "--max-rooms-per-address", "0",
                *self.arguments, cwd=self.cwd, stdout=subprocess.PIPE, stderr=log)
        self._reader = asyncio.create_task(self._read(self.process.stdout))

    def open_log(self):
        return open(self.log, "ab")

    async def _read(self, stdout):
        while line := await stdout.readline():
            if line.startswith(b"listening on "):
                self.start_seconds = time.monotonic() - self.started_at
                self.listening.set()

    def strike(self):
        """`kill -9`, this very moment."""
        if self.process.returncode is not None:
            raise Fault("other", f"the server ended by itself, with {self.process.returncode}")
        # Before anybody can find the address dead.
        self.listening.clear()
        self.killed_at = time.monotonic()
        self.process.kill()
        self.struck.set()

    async def bury(self):
        """Returns when nothing is left of the process that was struck."""
        await self.process.wait()
        await self._reader
        # Its last words may have been that it listens.
        self.listening.clear()

    async def end(self):
        """Whatever has happened, nothing is left."""
        if self.process and self.process.returncode is None:
            self.process.kill()
            await self.bury()

    def errors(self):
        """What the server itself thinks went wrong."""
        return [line for line in self.log.read_text().splitlines() if is_error(line)]


def is_error(line):
    """A line of the log, as text or as JSON; what a dying process says is neither."""
    try:
        return json.loads(line)["level"] in ("error", "critical")
    except (ValueError, TypeError, KeyError):
        return re.search(r"\b(error|critical)\b", line) is not None
