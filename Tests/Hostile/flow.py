"""Who reads slowly, not at all, or has gone: what one connection may cost those beside it."""

import asyncio

from behaviour import MIB, hostile
from client import PING, PONG, Ended, Player, frame, message

# As small as the kernel allows: what is not read stays with whoever sent it.
TINY = 2048
# Whoever piles up what others would have to read has a server to themselves.
ALONE = ()
# What a hundred connections may take.
MANY = {"peak": 32 * MIB, "memory": 8 * MIB}
# Whoever is not read for so long is held back.
WHILE = 4
# Long enough for a server that takes all to pile up what it is owed, and for one that closes to be heard.
LONG = 15


async def full_lobby(arena):
    """As many rooms as a list has, so that its answers are more than the kernel takes for both sides."""
    for index in range(25):
        host = await arena.player(150 + index)
        for _ in range(4):
            await host.sit()


async def push(player, data, seconds=LONG):
    """Sends the same as fast as it is taken; says how that ended."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    try:
        while loop.time() < end:
            await player.send(data, patience=min(seconds, WHILE))
    except TimeoutError:
        return "held back"
    except Ended:
        return "closed"
    return "all was taken"


async def unread(arena, data):
    """Somebody who asks and never reads: the server stops reading, or ends it."""
    player = await arena.player(buffers=TINY)
    return await push(player, data)


@hostile("flow", "pings by the thousand, and no pong is read", "held back or closed", peak=8 * MIB)
async def pings_unread(arena):
    return await unread(arena, frame(b"a" * 125, PING) * 500)


@hostile("flow", "messages by the thousand, and no answer is read", "held back or closed", peak=8 * MIB)
async def answers_unread(arena):
    return await unread(arena, frame(message("ping", data={"a": "a" * 200})) * 100)


@hostile("flow", "room lists by the hundred, and none is read", "held back or closed", peak=8 * MIB)
async def lists_unread(arena):
    return await unread(arena, frame(message("get_room_list")) * 100)


@hostile("flow", "300 connections that ask for room lists and read none", "held back or closed", peak=64 * MIB,
         memory=48 * MIB, flags=ALONE)
async def crowd_unread(arena):
    await full_lobby(arena)
    players = [await arena.player(index % 100, buffers=TINY) for index in range(300)]
    # More than the kernel takes of what the server does not read; each answer would be a hundred rooms.
    hows = await asyncio.gather(*[push(player, frame(message("get_room_list")) * 5000) for player in players])
    return "all was taken" if "all was taken" in hows else max(sorted(set(hows)), key=hows.count)


@hostile("flow", "whoever leaves too much unread for too long", "close 4003",
         flags=("--outbox-bytes", "16KiB", "--outbox-seconds", "2"))
async def unread_for_long(arena):
    before = await arena.server.closes(4003)
    await full_lobby(arena)
    player = await arena.player(buffers=TINY)
    # Below its rate, so that nothing but what it leaves unread can be held against it.
    for _ in range(450):
        try:
            await player.send(frame(message("get_room_list")), patience=0.04)
        except TimeoutError:
            pass
        except Ended:
            break
        await asyncio.sleep(0.04)
    return "close 4003" if await arena.server.closes(4003) > before else "goes on"


@hostile("flow", "150 spectators of a game at 60 steps a second who read nothing", "the others go on", **MANY)
async def blind_spectators(arena):
    host = await arena.player(100)
    await host.sit("pong")
    await host.ask("add_bot")
    for number in range(150):
        player = await arena.player(number % 20, buffers=TINY)
        await player.say("join_room", roomId=host.room, data={"as": "spectator"})
    return await goes_on(host)


@hostile("flow", "a player of a game at 60 steps a second who reads a byte at a time", "the others go on")
async def byte_reader(arena):
    host, slow = await arena.player(), await arena.player(1, buffers=TINY)
    await host.sit("pong")
    await slow.sit(room=host.room)

    async def read_slowly():
        while True:
            await slow.take(1)
            await asyncio.sleep(0.01)
    reading = asyncio.create_task(read_slowly())
    try:
        return await goes_on(host)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def goes_on(player):
    """Whether somebody at Pong is still shown it: 20 times a second, of which a busy machine shows a quarter."""
    loop = asyncio.get_running_loop()
    begun, states = loop.time(), 0
    while loop.time() < begun + 2:
        states += (await player.next())["type"] == "game_state"
    return "the others go on" if states > 10 else f"the others see {states} states in 2 s"


@hostile("flow", "100 moves at once, none of which is waited for", "all are answered")
async def hundred_moves(arena):
    player = await arena.player()
    await player.sit()
    await player.send(b"".join(
        frame(message("make_move", id=number, data={"row": 0, "col": 0})) for number in range(100)))
    answered = set()
    while len(answered) < 100:
        heard = await player.next()
        if heard["type"] == "make_move_result":
            answered.add(heard["id"])
    return "all are answered"


@hostile("flow", "a player who will say nothing more, and says so (half close)", "cut off")
async def half_closed(arena):
    player = await arena.player()
    await player.sit()
    player.shut()
    return await player.closing()


@hostile("flow", "a message, and gone before it is read (RST), 100 times", "goes on", **MANY)
async def said_and_gone(arena):
    for number in range(100):
        player = await arena.player(number % 10)
        await player.say("join_room", gameType="tictactoe", data={"create": True})
        player.reset()
    return "goes on"


@hostile("flow", "100 players who sit down together and are gone", "goes on", **MANY)
async def sat_and_gone(arena):
    players = [await arena.player(number % 10) for number in range(100)]
    for host, guest in zip(players[::2], players[1::2]):
        await host.sit()
        await guest.sit(room=host.room)
    for player in players:
        player.reset()
    return "goes on"


@hostile("flow", "the same client from two connections that take it from each other 100 times",
         "close 4001 to each but the last")
async def taken_from_each_other(arena):
    first = await arena.player()
    await first.sit()
    client, room, ends = first.client, first.room, []
    for _ in range(100):
        player = await arena.player()
        answer = await player.ask("reconnect", roomId=room, data={"clientId": client})
        if not answer["success"]:
            return answer["error"]["code"]
        ends.append(await first.closing())
        first = player
    await first.ask("ping")
    return "close 4001 to each but the last" if set(ends) == {"close 4001"} else str(set(ends))


@hostile("flow", "a close that is never answered", "cut off after it")
async def unanswered_close(arena):
    player = await arena.player()
    await player.send(frame("{", mask=False))
    code = await player.closing()
    return f"{await player.end(5)} after it" if code == "close 1002" else code


@hostile("flow", "pongs to pings that were never sent, without end", "goes on or close 4004")
async def pongs(arena):
    player = await arena.player()
    how = await push(player, frame(b"a" * 125, PONG) * 100, 1)
    if how == "held back":
        return how
    if how == "all was taken":
        await player.send(frame(message("ping")))
    answer = await player.verdict()
    return "goes on" if answer == "answered" else answer
