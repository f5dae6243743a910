"""A wire between a server and its Redis that can be held, cut, garbled and taken away.

usage: wire.py port target seed      takes orders from standard input, and ends with it
"""

import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
import time

# No reply of Redis: whoever reads them must see that, and end the connection.
JUNK = [
    b"\x00\xff\x13\x37 what is this\r\n",
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    # Longer than any reply of Redis, more than any has, and less than nothing.
    b"$536870913\r\n",
    b"*1000000000\r\n",
    b"$-7\r\n",
    b"*-7\r\n",
    b":12three\r\n",
    # Something else than an end where it should end.
    b"$3\r\nabcXY",
    # Nested deeper than any.
    b"*1\r\n" * 64 + b":1\r\n",
]


class Replies:
    """Where in a stream of RESP2 one reply ends and the next begins."""

    def __init__(self):
        self.line = b""
        # What is still to come of a string, with its end.
        self.skip = 0
        # How many elements each array still lacks, the outermost first.
        self.arrays = []
        self.is_between = True

    def ends(self, data):
        """Yields how many bytes of `data` there are up to the end of each reply."""
        at = 0
        while at < len(data):
            self.is_between = False
            if self.skip:
                step = min(self.skip, len(data) - at)
                self.skip -= step
                at += step
                is_whole = self.skip == 0
            else:
                end = data.find(b"\n", at) + 1
                if not end:
                    self.line += data[at:]
                    return
                line, self.line, at = self.line + data[at:end], b"", end
                is_whole = self.begin(line)
            if is_whole and self.close():
                self.is_between = True
                yield at

    def begin(self, line):
        """Returns whether the line is a whole element."""
        if line[:1] == b"$" and (length := int(line[1:])) >= 0:
            self.skip = length + 2
            return False
        if line[:1] == b"*" and (count := int(line[1:])) > 0:
            self.arrays.append(count)
            return False
        return True

    def close(self):
        """Returns whether the element that has ended was the last of a whole reply."""
        while self.arrays:
            self.arrays[-1] -= 1
            if self.arrays[-1]:
                return False
            self.arrays.pop()
        return True


class End(asyncio.Protocol):
    """One of the two ends of a connection: what comes in here goes out at the other."""

    def __init__(self, wire, other=None):
        self.wire, self.other = wire, other
        self.transport = None
        # What has come and not been passed on.
        self.held = bytearray()
        self.has_ended = False

    @property
    def is_redis(self):
        return isinstance(self, RedisEnd)

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.held += data
        self.pass_on()

    def eof_received(self):
        self.end()

    def connection_lost(self, error):
        self.end()
        self.wire.ends.discard(self)

    def end(self):
        if not self.has_ended:
            self.has_ended = True
            self.pass_on()

    def pass_on(self):
        other = self.other
        if self.wire.holds[self.is_redis] or other is None or other.transport is None:
            return
        if not other.transport.is_closing():
            if self.held:
                other.transport.write(self.changed(bytes(self.held)))
            if self.has_ended:
                other.transport.close()
        self.held.clear()

    def changed(self, data):
        return data

    def reset(self):
        """Ends this end with RST."""
        if self.transport is None or self.transport.is_closing():
            return
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


class RedisEnd(End):
    def __init__(self, wire, other):
        super().__init__(wire, other)
        self.replies = Replies()
        self.is_spoilt = False

    def changed(self, data):
        if self.is_spoilt:
            # Nobody should read this any more.
            return data
        starts = [0] if self.replies.is_between else []
        starts += self.replies.ends(data)
        if not self.wire.garbles or not starts:
            return data
        self.is_spoilt = True
        at, junk = self.wire.random.choice(starts), self.wire.random.choice(JUNK)
        self.wire.garbled(junk)
        return data[:at] + junk + data[at:]


class ServerEnd(End):
    def connection_made(self, transport):
        super().connection_made(transport)
        self.wire.ends.add(self)
        self.other = RedisEnd(self.wire, self)
        self.task = asyncio.create_task(self.connect())

    async def connect(self):
        try:
            await asyncio.get_running_loop().create_connection(lambda: self.other, "127.0.0.1", self.wire.target)
        except OSError:
            return self.reset()
        self.wire.ends.add(self.other)
        self.pass_on()


class Wire:
    def __init__(self, port, target, random):
        self.port, self.target, self.random = port, target, random
        self.ends = set()
        # Whether anything is held that comes from the server, and from Redis.
        self.holds = [False, False]
        self.garbles = False
        # The first of the wrong replies since it garbles, and when it was sent.
        self.junk = self.garbled_at = None
        self.listener = None

    async def accept(self):
        if self.listener is None:
            loop = asyncio.get_running_loop()
            self.listener = await loop.create_server(lambda: ServerEnd(self), "127.0.0.1", self.port)

    def refuse(self):
        """Nobody listens any more; what is connected stays."""
        if self.listener is not None:
            self.listener.close()
            self.listener = None

    def cut(self):
        """RST for both sides of every connection; new ones are taken."""
        for end in list(self.ends):
            end.reset()

    def hold(self, requests=False, replies=False):
        self.holds = [requests, replies]

    def release(self, is_late):
        """Lets go what was held.

        `is_late`: also what is from a connection that ended meanwhile, as a network does that held the last words of
        whoever gave up. Else that is lost.
        """
        self.holds = [False, False]
        for end in list(self.ends):
            if end.has_ended and not is_late:
                end.held.clear()
            end.pass_on()

    def garble(self):
        """From now on each connection gets one wrong reply where a reply begins."""
        self.garbles, self.junk, self.garbled_at = True, None, None

    def clear(self):
        self.garbles = False

    def tell(self):
        """For whoever only wants to know since when replies were garbled."""

    def garbled(self, junk):
        if self.junk is None:
            self.junk, self.garbled_at = junk, time.time()

    def close(self):
        self.refuse()
        self.cut()


class FarWire:
    """A wire in a process of its own: many people on one event loop would hold up what is on it."""

    def __init__(self, port, target, seed):
        self.port, self.target, self.seed = port, target, seed
        self.process = None

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", __file__, str(self.port), str(self.target), str(self.seed),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        await self.order("accept")

    async def order(self, name, **how):
        """Returns, when it is done, since when replies were garbled the last time."""
        self.process.stdin.write(json.dumps([name, how]).encode() + b"\n")
        return json.loads(await self.process.stdout.readline())

    async def close(self):
        if self.process is not None:
            self.process.stdin.close()
            await self.process.wait()


async def obey(wire):
    loop, orders = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        name, how = json.loads(line)
        done = getattr(wire, name)(**how)
        if asyncio.iscoroutine(done):
            await done
        print(json.dumps(wire.garbled_at), flush=True)
    wire.close()


if __name__ == "__main__":
    port, target = map(int, sys.argv[1:3])
    asyncio.run(obey(Wire(port, target, random.Random(sys.argv[3]))))
