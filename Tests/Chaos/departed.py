"""Whether somebody who left can come back."""

import json

import websockets

from guest import Guest

# So many ask on one connection: each is refused twice, and a connection that goes on guessing who is known is closed.
ON_ONE_CONNECTION = 10


def judge(answer, name, how):
    """The column of what is wrong with an answer to somebody who has left, and why; None: nothing."""
    if answer["success"]:
        return "resurrected", f"{name} has left, and comes back {how}"
    if (code := answer["error"]["code"]) not in Guest.GONE:
        return "refused", f"{name} has left, and is told {how}: {code}"
    return None


async def ask_for_departed(port, who):
    """`who`: clients, each with the room that was left and a name. Returns all that is wrong."""
    wrong = []
    for start in range(0, len(who), ON_ONE_CONNECTION):
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/ws", compression=None, proxy=None, ping_interval=None
        ) as socket:
            for client, room, name in who[start:start + ON_ONE_CONNECTION]:
                for how, where in (("naming the room", {"roomId": room}), ("without naming the room", {})):
                    request = {"type": "reconnect", "id": how, **where, "data": {"clientId": client}}
                    await socket.send(json.dumps(request))
                    while (answer := json.loads(await socket.recv())).get("id") != how:
                        pass
                    if found := judge(answer, name, how):
                        wrong.append(found)
    return wrong
