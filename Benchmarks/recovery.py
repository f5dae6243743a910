"""How soon a killed server is back, however many rooms it holds.

Plays one real room into a data folder, copies that room's rows many times, starts the server on it and kills it, and
measures the next start: until it listens, and until the first reconnect after that is answered.

    recovery.py EXECUTABLE [ROOMS...]
"""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import websockets

STARTS = 5


class Server:
    def __init__(self, executable, folder):
        flags = ["--port", "0", "--data", folder, "--max-rooms", "0"]
        self.started = time.perf_counter()
        self.process = subprocess.Popen([executable, *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.url = line.split()[-1].replace("http", "ws") + "/ws"
                break
        else:
            sys.exit("the server does not listen")
        self.listening = time.perf_counter() - self.started

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def ask(socket, message, answer):
    await socket.send(json.dumps(message))
    while (told := json.loads(await socket.recv()))["type"] != answer:
        pass
    return told


async def sit(url):
    """Sits down in a room of its own; returns what comes back to it."""
    async with websockets.connect(url) as socket:
        welcome = json.loads(await socket.recv())
        joined = await ask(socket, {"type": "join_room", "gameType": "tictactoe", "data": {"create": True}}, "join_room_result")
        return {"clientId": welcome["data"]["clientId"], "roomId": joined["roomId"]}


async def come_back(url, seat):
    started = time.perf_counter()
    async with websockets.connect(url) as socket:
        result = await ask(socket, {"type": "reconnect", "data": seat}, "reconnect_result")
        if not result["success"]:
            sys.exit(f"the seat is lost: {result}")
        return time.perf_counter() - started


def multiply(folder, seat, count):
    """Copies the room's rows under other ids."""
    base = sqlite3.connect(f"{folder}/parlor.sqlite")
    columns = [row[1] for row in base.execute("PRAGMA table_info(rooms)") if row[1] != "room"]
    names = ", ".join(columns)
    ids = [(f"copy{number:012}",) for number in range(count - 1)]
    base.executemany(f"INSERT INTO rooms (room, {names}) SELECT ?, {names} FROM rooms WHERE room = '{seat['roomId']}'", ids)
    inputs = "INSERT INTO inputs (room, version, input) SELECT ?, version, input FROM inputs WHERE room = ?"
    base.executemany(inputs, [(room, seat["roomId"]) for (room,) in ids])
    base.commit()
    count = base.execute("SELECT count(*) FROM rooms").fetchone()[0]
    base.close()
    return count


async def measure(executable, rooms):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(executable, folder)
        seat = await sit(server.url)
        server.kill()
        held = multiply(folder, seat, rooms)
        listening, answered = [], []
        for _ in range(STARTS):
            server = Server(executable, folder)
            listening.append(server.listening)
            answered.append(await come_back(server.url, seat))
            server.kill()
        size = os.path.getsize(f"{folder}/parlor.sqlite") / 1e6
        print(
            f"{held:7} rooms ({size:5.0f} MB): listening after {1000 * max(listening):4.0f} ms, "
            f"first reconnect answered in {1000 * max(answered):4.0f} ms (the worst of {STARTS} starts)"
        )
        return max(listening) <= 1 and max(answered) <= 0.3


def main():
    executable, *counts = sys.argv[1:]
    results = [asyncio.run(measure(executable, int(count))) for count in counts or [1, 10_000, 100_000]]
    sys.exit(0 if all(results) else "slower than a second to listen, or 300 ms to answer")


main()
