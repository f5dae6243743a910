"""More than anybody needs, as fast as it goes: refused, then ended, and nobody else waits for it."""

import asyncio

from behaviour import MIB, hostile, post, request
from client import PING, Ended, frame, message

# Longer than any bucket lasts at the rate at which one connection in Python can send, and a busy machine can read.
LONGEST = 45
# What is answered for so long, and no faster than the answers cost, is held back.
HELD = 12
# What a flood may take while it goes on: its connection's outbox and what was read of it.
FLOOD = {"peak": 16 * MIB}


def floods(name, must, *texts, seated=False, game="tictactoe", opcode=None):
    """One connection that sends these messages over and over, and reads what comes."""
    @hostile("flood", name, must, **FLOOD)
    async def act(arena):
        player = await arena.player()
        if seated:
            await player.sit(game)
        data = b"".join(frame(text) if opcode is None else frame(text, opcode) for text in texts * 50)
        return await flooded(player, data, HELD if "held back" in must else LONGEST)


async def flooded(player, data, seconds=LONGEST):
    """Until it is closed, or has gone on for long."""
    async def send():
        while True:
            await player.send(data)
    sending = asyncio.create_task(send())
    try:
        how = await player.closing(seconds)
        # Answered all the time, but no faster than the answers cost.
        return "held back" if how == "silence" and player.heard else how
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


floods("text that is no JSON", "close 4004", "hello")
floods("messages of a type that does not exist", "close 4004", message("become_admin"))
floods("messages of 16 KiB", "close 4004", message("ping", x="a" * 16_000))
floods("pings of the protocol", "close 4004", message("ping"))
floods("moves that are refused", "close 4004", message("make_move", data={"row": 9, "col": 9}), seated=True)
floods("moves in no room", "close 4004", message("make_move", data={"row": 0, "col": 0}))
floods("chat", "close 4004", message("chat", data={"text": "buy!"}), seated=True)
floods("resync", "close 4004", message("resync"), seated=True)
floods("bots that come and go", "close 4004", message("add_bot"), message("remove_bot"), seated=True, game="owedrahn")
floods("ready and not ready", "close 4004", message("ready"), message("ready", data={"ready": False}), seated=True,
       game="owedrahn")
floods("locks", "close 4004", message("lock"), message("unlock"), seated=True)
floods("room lists", "close 4004", message("get_room_list"))
floods("looks at the lobby and away", "close 4004", message("watch_lobby"), message("unwatch_lobby"))
floods("tokens that are none", "close 4004", message("authenticate", data={"token": "a.b.c"}))
floods("joins and leaves", "close 4004 or held back", message("join_room", gameType="tictactoe"), message("leave_room"))
floods("votes for a rematch that cannot be", "close 4004", message("rematch"), seated=True)
floods("1,500 keys in each message", "close 4004", "{" + ",".join(f'"{n}":1' for n in range(1500)) + "}")
floods("moves of a real-time game", "close 4004", message("make_move", data={"dir": 1}),
       message("make_move", data={"dir": -1}), seated=True, game="pong")


@hostile("flood", "pings of WebSocket, whose pongs are read", "close 4004 or held to a rate", **FLOOD)
async def pings(arena):
    player = await arena.player()
    answered = 0

    async def send():
        while True:
            await player.send(frame(b"", PING) * 1000)
    sending = asyncio.create_task(send())
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        while loop.time() < begun + 2:
            opcode, payload = await player.hear_frame(1)
            answered += 1
            if opcode == 8:
                return f"close {int.from_bytes(payload[:2], 'big')}"
    except (TimeoutError, Ended):
        pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return "held to a rate" if answered < 5000 else f"{answered} answered in 2 s"


@hostile("flood", "joins of many clients of one address", "rate_limited", peak=48 * MIB, memory=16 * MIB,
         flags=("--joins-per-minute-per-address", "20", "--sqlite-sync", "normal"))
async def joins(arena):
    for _ in range(100):
        player = await arena.player()
        how = await player.refusal("join_room", gameType="tictactoe")
        # A machine that is busy with something else makes the server busy too.
        if how not in ("answered", "server_busy"):
            return how
        player.close()
    return "all were let in"


@hostile("flood", "rooms by HTTP", "429", memory=8 * MIB, flags=("--sqlite-sync", "normal"))
async def orders(arena):
    text = b'{"gameType":"dice"}'
    return await until_refused(await arena.line(), post(text, f"Content-Length: {len(text)}"), 1500, {"201"})


for name, target in [("lists of rooms", "/api/rooms?limit=200"), ("deep looks at its health", "/health?deep=1"),
                     ("figures", "/metrics"), ("pages", "/"), ("looks for rooms", "/api/rooms/k7m2q9xwabcd")]:
    @hostile("flood", f"{name} by HTTP", "429", flags=("--requests-per-second-per-address", "20"))
    async def gets(arena, target=target):
        return await until_refused(await arena.line(), request(target), 1500, {"200", "404"})


async def until_refused(line, data, most, good):
    """So many requests over one connection, twenty at a time; the first status that is not good."""
    for _ in range(most // 20):
        await line.send(data * 20)
        for _ in range(20):
            status = await line.status()
            if status not in good:
                return status
    return f"{most} answered"


@hostile("flood", "1,000 sockets from one address, and one more", "close 4006", peak=96 * MIB, memory=24 * MIB,
         flags=())
async def sockets(arena):
    # The pair and the runner come from another address.
    for _ in range(10):
        crowd = [await arena.stranger() for _ in range(100)]
        await asyncio.gather(*[player.upgrade() for player in crowd])
    player = await arena.stranger()
    await player.upgrade()
    return await player.closing()


@hostile("flood", "500 sockets opened and closed in good order", "goes on", peak=32 * MIB)
async def open_and_close(arena):
    for number in range(500):
        player = await arena.player(number % 10)
        await player.send(frame((1000).to_bytes(2, "big"), 8))
        if (how := await player.closing()) != "close 1000":
            return how
        player.close()
    return "goes on"


@hostile("flood", "20 floods of 20 kinds at once", "close 4004 to each", peak=48 * MIB, memory=8 * MIB)
async def all_at_once(arena):
    kinds = ["hello", "{}", "[]", message("x"), message("ping"), message("get_room_list"), message("watch_lobby"),
             message("resync"), message("make_move", data={}), message("chat", data={"text": "a"})] * 2
    players = [await arena.player(number) for number in range(len(kinds))]
    ends = await asyncio.gather(*[flooded(player, frame(kind) * 50) for player, kind in zip(players, kinds)])
    return "close 4004 to each" if set(ends) == {"close 4004"} else str(set(ends))
