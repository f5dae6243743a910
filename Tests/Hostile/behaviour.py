"""The table of hostile behaviours: each says what it is, what the server must do about it, and how it is done."""

import dataclasses
import itertools

from client import Line, Player

MIB = 1 << 20
GROUPS = ["handshake", "framing", "flow", "json", "protocol", "flood"]
TABLE = []
# A refusal comes at once. Sooner than the server loses its patience, which would look like one.
PROMPT = 4


@dataclasses.dataclass(frozen=True)
class Behaviour:
    group: str
    name: str
    # What `act` returns when all is as it must be; either of the two when it says `or`.
    must: str
    act: object
    # What the process may have more after it than before...
    memory: int
    # ...and while it goes on.
    peak: int
    # Flags of another server than the common one: whose limits are others, or which it keeps busy for long.
    flags: tuple | None


def hostile(group, name, must, memory=4 * MIB, peak=16 * MIB, flags=None):
    """Enters the function below it into the table."""
    def enter(act):
        TABLE.append(Behaviour(group, name, must, act, memory, peak, flags))
        return act
    return enter


class Arena:
    """What one behaviour has: the server, and addresses that no other one comes from."""

    numbers = itertools.count()

    def __init__(self, server):
        self.server = server
        self.number = next(self.numbers)
        self.lines = []

    def address(self, index=0):
        """Of up to 200 people."""
        return f"127.{10 + self.number // 200}.{self.number % 200}.{1 + index}"

    async def line(self, index=0, kind=Line, **options):
        line = kind(self.server.port, self.address(index), **options)
        self.lines.append(line)
        return await line.open()

    async def stranger(self, index=0, **options):
        """Somebody who may yet become a player."""
        return await self.line(index, Player, **options)

    async def player(self, index=0, headers={}, **options):
        return await (await self.stranger(index, **options)).greet(**headers)

    async def exchange(self, request, **how):
        """Says one thing over a connection of its own; the status of the answer, which must not take long."""
        line = await self.line()
        await line.send(request)
        return await line.status(PROMPT, **how)

    def leave(self):
        for line in self.lines:
            line.close()
        self.lines.clear()


def request(target="/api/games", *lines, method="GET", host="localhost", body=b""):
    """A request as bytes; `lines` are whole header lines."""
    head = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def post(body=b"", *lines):
    return request("/api/rooms", *lines, method="POST", body=body)
