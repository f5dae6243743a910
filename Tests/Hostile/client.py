"""Connections that say whatever they are told to, and read nothing unless they are asked to."""

import asyncio
import base64
import collections
import json
import os
import socket
import struct
import time

# Nobody waits so long for a server that is well, not even for a debug build on a busy machine.
PATIENCE = 15

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Ended(Exception):
    """The other side has ended the connection, or broken it off."""


def masked(payload, key):
    """Also unmasks. As one large number: byte by byte a flood would be slower than what it floods."""
    if not payload:
        return b""
    stretched = (key * (len(payload) // 4 + 1))[:len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stretched, "big")).to_bytes(len(payload), "big")


def frame(payload=b"", opcode=TEXT, fin=True, reserved=0, mask=True, length=None, width=None):
    """One frame (RFC 6455, section 5.2), legal or not.

    `length`: what its header says, if not the truth. `width`: how many bytes say it, if not as few as can: 1, 2 or 8.
    """
    payload = payload.encode() if isinstance(payload, str) else payload
    length = len(payload) if length is None else length
    width = width or (1 if length < 126 else 2 if length < 1 << 16 else 8)
    second, rest = {
        1: (length & 127, b""), 2: (126, struct.pack("!H", length & 0xFFFF)), 8: (127, struct.pack("!Q", length)),
    }[width]
    key = os.urandom(4) if mask else b""
    head = bytes([fin << 7 | reserved << 4 | opcode, mask << 7 | second]) + rest + key
    return head + (masked(payload, key) if mask else payload)


def message(type, **members):
    return json.dumps({"type": type, **members})


class Line:
    """One TCP connection."""

    def __init__(self, port, address, buffers=None):
        """`buffers`: bytes that the kernel may hold for it, either way; else as many as it likes."""
        self.port, self.address = port, address
        self.unread = bytearray()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        for side in (socket.SO_RCVBUF, socket.SO_SNDBUF) if buffers else ():
            self.socket.setsockopt(socket.SOL_SOCKET, side, buffers)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.bind((address, 0))

    async def open(self):
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(self.socket, ("127.0.0.1", self.port)), PATIENCE)
        self.begun = time.monotonic()
        return self

    async def send(self, data, patience=PATIENCE):
        """Raises TimeoutError when the server does not take it, Ended when it has gone."""
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(self.socket, data), patience)
        except ConnectionError as error:
            raise Ended from error

    async def more(self, patience=PATIENCE):
        """Reads what there is; raises TimeoutError or Ended."""
        try:
            data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 1 << 16), patience)
        except ConnectionError as error:
            raise Ended from error
        if not data:
            raise Ended
        self.unread += data

    async def take(self, count, patience=PATIENCE):
        while len(self.unread) < count:
            await self.more(patience)
        data = bytes(self.unread[:count])
        del self.unread[:count]
        return data

    async def until(self, mark, patience=PATIENCE):
        while mark not in self.unread:
            await self.more(patience)
        return await self.take(self.unread.index(mark) + len(mark))

    async def end(self, patience=PATIENCE):
        """Reads up to the end."""
        try:
            while True:
                self.unread.clear()
                await self.more(patience)
        except Ended:
            return "cut off"
        except TimeoutError:
            return "silence"

    async def response(self, patience=PATIENCE, has_body=True):
        """The next HTTP response: status, headers in lower case, body."""
        lines = (await self.until(b"\r\n\r\n", patience)).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        body = await self.take(int(headers.get("content-length", 0)) if has_body else 0, patience)
        return int(lines[0].split()[1]), headers, body

    async def status(self, patience=PATIENCE, has_body=True):
        """The same as a word; how the connection went on if there is none."""
        try:
            return str((await self.response(patience, has_body))[0])
        except Ended:
            return "cut off"
        except TimeoutError:
            return "silence"

    def shut(self):
        """Says that nothing more will be sent."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Ends it with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


class Player(Line):
    """A connection that speaks WebSocket and Parlor's protocol, until it is told to say something else."""

    # How many were asked. An id that was used already would get the answer of then.
    requests = 0

    def __init__(self, *where, **options):
        super().__init__(*where, **options)
        # The newest messages, as they came.
        self.heard = collections.deque(maxlen=1000)

    def request(self, path="/ws", **headers):
        standard = {
            "Host": f"127.0.0.1:{self.port}", "Connection": "Upgrade", "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
        lines = {**standard, **{name.replace("_", "-"): value for name, value in headers.items()}}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return f"GET {path} HTTP/1.1\r\n{text}\r\n".encode()

    async def upgrade(self, path="/ws", **headers):
        """Returns the status; 101 makes it a socket."""
        await self.send(self.request(path, **headers))
        return await self.status(has_body=False)

    async def greet(self, **headers):
        """A whole arrival."""
        status = await self.upgrade(**headers)
        if status != "101":
            raise AssertionError(f"not let in: {status}")
        self.welcome = await self.hear("welcome")
        self.client = self.welcome["data"]["clientId"]
        return self

    async def hear_frame(self, patience=PATIENCE):
        first, second = await self.take(2, patience)
        length = second & 127
        if length == 126:
            [length] = struct.unpack("!H", await self.take(2, patience))
        elif length == 127:
            [length] = struct.unpack("!Q", await self.take(8, patience))
        return first & 15, await self.take(length, patience)

    async def next(self, patience=PATIENCE):
        """The next message; pings are answered. Raises Ended, with the code if there was one."""
        while True:
            opcode, payload = await self.hear_frame(patience)
            if opcode == PING:
                await self.send(frame(payload, PONG))
            elif opcode == CLOSE:
                raise Ended(struct.unpack("!H", payload[:2])[0] if payload else 1005)
            elif opcode == TEXT:
                self.heard.append(payload)
                return json.loads(payload)

    async def hear(self, *types, patience=PATIENCE):
        async with asyncio.timeout(patience):
            while (heard := await self.next())["type"] not in types:
                pass
            return heard

    async def say(self, type, **members):
        await self.send(frame(message(type, **members)))

    async def ask(self, type, **members):
        """Returns the answer of this id; other messages are passed over."""
        self.requests += 1
        id = members.pop("id", self.requests)
        await self.say(type, id=id, **members)
        async with asyncio.timeout(PATIENCE):
            while (heard := await self.next()).get("id") != id:
                pass
            return heard

    async def refusal(self, type, **members):
        """What such a request comes to, in a word."""
        return outcome(await self.ask(type, **members))

    async def sit(self, game="tictactoe", **data):
        """Takes a seat in a room of its own, or in the one that is named."""
        room = data.pop("room", None)
        where = {"roomId": room} if room else {"gameType": game}
        while True:
            answer = await self.ask("join_room", **where, data={**({} if room else {"create": True}), **data})
            # A machine that is busy with something else makes the server busy too.
            if answer.get("error", {}).get("code") != "server_busy":
                break
            await asyncio.sleep(answer["error"].get("retryAfterMs", 100) / 1000)
        if not answer["success"]:
            raise AssertionError(f"no seat: {answer}")
        self.room, self.seat = answer["roomId"], answer["data"].get("seat")
        return self

    async def verdict(self, patience=PATIENCE):
        """How the server takes what was said, in a word: the code of its close or of its refusal, or `answered`."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    heard = await self.next(patience)
                    if "error" in heard:
                        return heard["error"]["code"]
                    if heard.get("success") or heard["type"] in ("pong", "room_list"):
                        return "answered"
        except Ended as end:
            return f"close {end.args[0]}" if end.args else "cut off"
        except TimeoutError:
            return "silence"

    async def closing(self, patience=PATIENCE):
        """How the connection ends, whatever else is said before that."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    await self.next(patience)
        except Ended as end:
            return f"close {end.args[0]}" if end.args else "cut off"
        except TimeoutError:
            return "silence"


def outcome(answer):
    if "error" in answer:
        error = answer["error"]
        return error["code"] + (f": {error['reason']}" if error.get("reason") else "")
    return "answered"
