"""Starts the given server and plays a whole game of Connect Four on it: two people, over sockets."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile

import websockets


async def receive(socket, *types):
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
        assert message.get("success", True), message
        if message["type"] in types:
            return message


async def play(address):
    sockets = [await websockets.connect(address) for _ in range(2)]
    for number, socket in enumerate(sockets):
        await socket.send(json.dumps({"type": "join_room", "id": 1, "gameType": "connectfour"}))
        joined = await receive(socket, "join_room_result")
        assert joined["data"]["seat"] == number, joined
    for turn in range(7):
        socket = sockets[turn % 2]
        move = {"type": "make_move", "id": turn + 2, "data": {"column": turn % 2}}
        await socket.send(json.dumps(move))
        await receive(socket, "make_move_result")
    ended = await receive(sockets[1], "game_ended")
    assert ended["data"]["outcome"]["winners"] == [0], ended


# Away from any games.json, which lists other games.
with tempfile.TemporaryDirectory() as folder:
    server = subprocess.Popen(
        [os.path.abspath(sys.argv[1]), "--port", "0", "--data", ":memory:"],
        cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        line = next(line for line in server.stdout if line.startswith("listening on "))
        asyncio.run(play(line.split()[-1].replace("http", "ws") + "/ws"))
        print("Connect Four: a whole game was played over sockets")
    finally:
        server.terminate()
        server.wait()
