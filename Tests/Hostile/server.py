"""The server that is behaved to: one process, its memory and what it says of itself."""

import asyncio
import json
import os
import pathlib
import re

from client import Line, PATIENCE

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("PARLOR", ROOT / ".build/debug/parlor"))
PAGE = os.sysconf("SC_PAGE_SIZE")


class Server:
    def __init__(self, folder, *flags):
        """`flags`: also variables, as NAME=value; secrets cannot be flags."""
        self.folder = folder
        self.flags = [flag for flag in flags if not flag.startswith("PARLOR_")]
        self.environment = dict(flag.split("=", 1) for flag in flags if flag.startswith("PARLOR_"))

    async def start(self):
        self.folder.mkdir()
        # Without a configuration of its own: what is tried is what an operator gets who sets nothing.
        with open(self.folder / "log", "wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                BINARY, "serve", "--port", "0", "--drain-seconds", "0", "--threads", "2",
                *(() if "--data" in self.flags else ("--data", self.folder / "data")), *self.flags,
                cwd=self.folder, stdout=asyncio.subprocess.PIPE, stderr=log,
                env=os.environ | {"SWIFT_BACKTRACE": "enable=no"} | self.environment)
        async with asyncio.timeout(PATIENCE):
            while not (line := await self.process.stdout.readline()).startswith(b"listening on "):
                if not line:
                    raise AssertionError(f"the server did not start: {self.log}")
        self.port = int(line.rsplit(b":", 1)[1])
        return self

    async def stop(self):
        """Returns the exit code, which is 0 when it ended in good order."""
        if self.process.returncode is None:
            self.process.terminate()
        try:
            return await asyncio.wait_for(self.process.wait(), PATIENCE)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    @property
    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    @property
    def memory(self):
        """Bytes that are resident now."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    async def get(self, path, address="127.0.0.1"):
        line = await Line(self.port, address).open()
        try:
            await line.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            status, _, body = await line.response()
            return status, body
        finally:
            line.close()

    async def health(self):
        status, body = await self.get("/health")
        return json.loads(body) if status == 200 else {"status": str(status)}

    async def closes(self, code):
        """How many connections it has ended with this code so far."""
        _, body = await self.get("/metrics")
        found = re.search(rb'parlor_closes_total\{code="%d"\} (\d+)' % code, body)
        return int(found[1]) if found else 0
