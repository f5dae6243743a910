"""Who says to be somebody else, or asks for what only somebody else may know."""

import asyncio
import base64
import hashlib
import json
import os

from behaviour import hostile
from client import frame, message
from protocol import sit_down

@hostile("protocol", "a private room's seat, asked for by whoever knows only its players", "session_not_found")
async def public_names(arena):
    host = await arena.player()
    joined = await host.ask("join_room", gameType="dice", data={"create": True, "visibility": "private"})
    room, player = joined["roomId"], joined["data"]["playerId"]
    digest = hashlib.sha256(host.client.encode()).digest()
    raw = hashlib.sha256(base64.urlsafe_b64decode(host.client + "==")).digest()
    claims = [player, digest.hex(), raw.hex(), base64.urlsafe_b64encode(digest).decode().rstrip("="), "", "*",
              host.client[:-1], host.client + "A", host.client.upper(), host.client + "==", " " + host.client]
    answers = set()
    for claim in claims:
        thief = await arena.player(1)
        answers.add(await thief.refusal("reconnect", roomId=room, data={"clientId": claim}))
    return answers.pop() if len(answers) == 1 else str(answers)


@hostile("protocol", "guesses of clients, as fast as they can be sent", "close 4004")
async def guessed_clients(arena):
    player = await arena.player()
    return await guess(player, lambda: message("reconnect", data={"clientId": random_text()}), {"session_not_found"})


@hostile("protocol", "guesses of private rooms, as fast as they can be sent", "close 4004")
async def guessed_rooms(arena):
    player = await arena.player()
    return await guess(player, lambda: message("join_room", roomId=random_text()), {"room_not_found"})


def random_text():
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


async def guess(player, text, known):
    """Nothing but those refusals, and in the end the connection is closed."""
    async def send():
        while True:
            await player.send(b"".join(frame(text()) for _ in range(20)))
    sending = asyncio.create_task(send())
    codes = set()
    try:
        while True:
            how = await player.verdict()
            if how.startswith("close") or how in ("cut off", "silence", "answered"):
                break
            codes.add(how)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return how if codes <= known | {"rate_limited"} else str(codes)


@hostile("protocol", "two connections that come back as the same client at once", "one of them is it")
async def race(arena):
    host = await arena.player()
    await host.sit()
    host.reset()
    for _ in range(5):
        rivals = [await arena.player(number) for number in range(2)]
        await asyncio.gather(*[
            rival.say("reconnect", id="r", roomId=host.room, data={"clientId": host.client}) for rival in rivals])
        ends = await asyncio.gather(*[rival.closing(0.4) for rival in rivals])
        if sorted(ends) != ["close 4001", "silence"]:
            return str(ends)
    return "one of them is it"


@hostile("protocol", "coming back as somebody after having joined as oneself", "forbidden")
async def two_people(arena):
    victim, thief = await arena.player(), await arena.player(1)
    await victim.sit()
    await thief.sit()
    return await thief.refusal("reconnect", roomId=victim.room, data={"clientId": victim.client})


@hostile("protocol", "a private room, looked for in every list", "nowhere")
async def private_room(arena):
    host, watcher = await arena.player(), await arena.player(1)
    await watcher.ask("watch_lobby")
    joined = await host.ask("join_room", gameType="dice", data={"create": True, "visibility": "private"})
    room = joined["roomId"]
    seen = json.dumps(await watcher.ask("get_room_list")) + str((await arena.server.get("/api/rooms?limit=200"))[1])
    seen += str((await arena.server.get("/metrics"))[1]) + str((await arena.server.health()))
    status, _ = await arena.server.get(f"/api/rooms/{room}")
    joins = await watcher.refusal("join_room", gameType="tictactoe", roomId=room)
    return "nowhere" if room not in seen and status == 404 and joins == "room_not_found" else f"{status}, {joins}"


@hostile("protocol", "somebody's clientId, looked for in what the others are told", "nowhere")
async def secret(arena):
    host, guest = await sit_down(arena)
    await host.ask("make_move", data={"row": 0, "col": 0})
    host.reset()
    back = await arena.player()
    await back.ask("reconnect", roomId=host.room, data={"clientId": host.client})
    seen = ""
    try:
        while True:
            seen += json.dumps(await guest.next(0.3))
    except TimeoutError:
        pass
    seen += str((await arena.server.get(f"/api/rooms/{host.room}"))[1]) + arena.server.log
    return "nowhere" if "player_reconnected" in seen and host.client not in seen else "told"
