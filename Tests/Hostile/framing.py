"""Frames that no client may send (RFC 6455, sections 5, 7 and 8), and messages that never come whole."""

import struct

from behaviour import MIB, hostile
from client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, message

MOST = 16 * 1024
PING_MESSAGE = message("ping", id=1)


def frames(name, must, *data, **bounds):
    """Frames one after another, from somebody who has just been welcomed."""
    @hostile("framing", name, must, **bounds)
    async def act(arena):
        player = await arena.player()
        await player.send(b"".join(data))
        return await player.verdict()


# MARK: What no frame is

frames("a frame without a mask", "close 1002", frame(PING_MESSAGE, mask=False))
for bit in (4, 2, 1):
    frames(f"reserved bit {bit} set without an extension", "close 1002", frame(PING_MESSAGE, reserved=bit))
frames("a data frame of a kind that is none (3)", "close 1002", frame(PING_MESSAGE, opcode=3))
frames("a control frame of a kind that is none (11)", "close 1002", frame(b"", opcode=11))
frames("a binary frame", "close 1003", frame(b"{}", opcode=BINARY))
frames("a binary frame of 16 KiB that never comes", "close 1003", frame(b"{}", opcode=BINARY, length=MOST))
frames("a length in more bytes than it needs", "close 1002", frame(PING_MESSAGE, width=8))
frames("garbage after a good frame", "close 1002", frame(message("unwatch_lobby")), b"GET / HTTP/1.1\r\n\r\n" * 10)

# MARK: Too long

frames("a frame of a byte more than 16 KiB", "close 1009", frame(" " * (MOST + 1)))
frames("16 MiB announced, and nothing behind it", "close 1009", frame(b"", length=16 * MIB + 1))
frames("2^62 bytes announced", "close 1009", frame(b"", length=1 << 62))
frames("2^63 bytes announced, which no length may be", "close 1002 or close 1009", frame(b"", length=1 << 63))
frames("two fragments that are too long together", "close 1009",
       frame(" " * 10_000, fin=False), frame(" " * 10_000, CONTINUATION))
frames("a fragment that announces too much after a good one", "close 1009",
       frame("{", fin=False), frame(b"", CONTINUATION, length=MOST))

# MARK: Fragments

frames("a continuation of nothing", "close 1002", frame(PING_MESSAGE, CONTINUATION))
frames("a message inside another one", "close 1002", frame("{", fin=False), frame(PING_MESSAGE))
frames("10,000 fragments of a byte", "close 1002 or close 1009",
       frame("{", fin=False), *[frame(" ", CONTINUATION, fin=False)] * 10_000)
frames("10,000 fragments of nothing", "close 1002 or close 1009",
       frame("", fin=False), *[frame("", CONTINUATION, fin=False)] * 10_000)
frames("a message in 100 fragments with a ping between any two", "answered",
       frame(PING_MESSAGE[:1], fin=False), *[frame(b"", PING) + frame("", CONTINUATION, fin=False)] * 98,
       frame(PING_MESSAGE[1:], CONTINUATION))

# MARK: Control frames

frames("a ping in fragments", "close 1002", frame(b"", PING, fin=False))
frames("a ping of 126 bytes", "close 1002", frame(b"a" * 126, PING))
frames("a ping that announces 16 KiB", "close 1002", frame(b"", PING, length=MOST))
frames("1,000 pongs that nobody asked for", "answered or close 4004", frame(b"hm", PONG) * 1000, frame(PING_MESSAGE))
frames("a close of one byte", "close 1002", frame(b"\x03", CLOSE))
for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535):
    frames(f"a close with the code {code}", "close 1002", frame(struct.pack("!H", code), CLOSE))
frames("a close whose reason is no UTF-8", "close 1007", frame(struct.pack("!H", 1000) + b"\xff", CLOSE))
frames("a close with a reason of 200 bytes", "close 1002", frame(struct.pack("!H", 1000) + b"a" * 200, CLOSE))
frames("messages after a close", "close 1000",
       frame(struct.pack("!H", 1000), CLOSE), frame(message("join_room", gameType="dice")) * 50)
frames("a close in the middle of a message", "close 1000", frame("{", fin=False), frame(struct.pack("!H", 1000), CLOSE))

# MARK: Text that is none (RFC 3629)

for name, text in [
    ("a byte that begins nothing", b"\xff"), ("an overlong slash", b"\xc0\xaf"), ("a surrogate", b"\xed\xa0\x80"),
    ("more than Unicode has", b"\xf4\x90\x80\x80"), ("a character that is cut short", b"\xe2\x82"),
]:
    frames(f"text that is no UTF-8: {name}", "close 1007", frame(b'{"type":"' + text + b'"}'))
frames("the same split over fragments, which never end", "close 1007",
       frame(b'{"type":"\xed', fin=False), frame(b"\xa0", CONTINUATION, fin=False))


# MARK: Slow and many

@hostile("framing", "a message that comes a byte at a time", "answered")
async def byte_by_byte(arena):
    player = await arena.player()
    for byte in frame(PING_MESSAGE):
        await player.send(bytes([byte]))
    return await player.verdict()


@hostile("framing", "16 KiB that come a byte at a time, over and over", "bad_json")
async def bytes_of_a_long_one(arena):
    player = await arena.player()
    whole = frame("[" * 4000)
    for byte in whole:
        await player.send(bytes([byte]))
    return await player.verdict()


@hostile("framing", "200 messages of 16 KiB of which the last byte never comes", "goes on", peak=32 * MIB,
         memory=8 * MIB)
async def half_messages(arena):
    players = [await arena.player(number) for number in range(200)]
    for player in players:
        await player.send(frame(" " * MOST)[:-1])
    # All of them are read by now: the server answers whoever came last.
    other = await arena.player()
    await other.ask("ping")
    return "goes on"


@hostile("framing", "half a frame, and silence for two heartbeats", "cut off or close 4005", flags=())
async def half_a_frame(arena):
    player = await arena.player()
    await player.send(frame(PING_MESSAGE)[:-1])
    return await Mute(player).closing()


class Mute:
    """Hears the end of a connection without a word in return, not even to a ping."""

    def __init__(self, player):
        self.player = player

    async def closing(self):
        while True:
            try:
                opcode, payload = await self.player.hear_frame(50)
            except TimeoutError:
                return "silence"
            if opcode == CLOSE:
                return f"close {struct.unpack('!H', payload[:2])[0]}"
