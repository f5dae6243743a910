"""The trial server as these tests start it, and people who play on it."""

import asyncio
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

import websockets

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("TRIAL_SERVER", ROOT / ".build/debug/trial-server"))
PATIENCE = 40


def free_port():
    """A server that is started again must be found again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One process, or a supervisor and its server; `log` is what they have said so far."""

    def __init__(self, data, *flags, port=None, environment=None):
        self.port = port or free_port()
        self.log = []
        self.news = threading.Condition()
        # The runtime's own account of a crash takes seconds in a debug build; one test has it.
        environment = {"SWIFT_BACKTRACE": "enable=no"} | (environment or {})
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(self.port), "--data", data, "--drain-seconds", "0",
             *(() if "--threads" in flags else ("--threads", "2")), *flags],
            cwd=pathlib.Path(data).parent, env=os.environ | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.news:
                self.log.append(line)
                self.news.notify_all()

    def count(self, pattern):
        return sum(1 for line in list(self.log) if re.search(pattern, line))

    async def says(self, pattern, times=1):
        """Waits until that many lines of the log fit."""
        def wait():
            with self.news:
                return self.news.wait_for(lambda: self.count(pattern) >= times, PATIENCE)
        if not await asyncio.to_thread(wait):
            raise AssertionError(f"not said {times} times: {pattern}\n" + "".join(self.log))

    async def listens(self, times=1):
        await self.says("listening on", times)

    def servers(self):
        """The processes that a supervisor has."""
        pid = self.process.pid
        tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]

    async def ends(self):
        return await asyncio.to_thread(self.process.wait, PATIENCE)

    def kill(self):
        """The server of a supervisor that is killed ends by itself, and the log with it."""
        servers = []
        if self.process.stdout.closed:
            return
        if self.process.poll() is None:
            servers = self.servers()
            self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        orphans = self.reader.is_alive()
        for server in servers if orphans else []:
            os.kill(server, signal.SIGKILL)
        if not orphans:
            self.process.stdout.close()
        assert not orphans, "a server outlived its supervisor"


class Player:
    """One person's connection, and the next one after it was lost."""

    def __init__(self, server, address="127.0.0.1"):
        self.server, self.address = server, address
        self.client = self.room = self.socket = None
        self.requests = 0

    async def connect(self):
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.server.port}/ws", local_addr=(self.address, 0))
        self.welcome = await self.receive("welcome")
        return self

    async def is_refused(self):
        """Connects, and says with which code the server ends that at once."""
        socket = await websockets.connect(f"ws://127.0.0.1:{self.server.port}/ws", local_addr=(self.address, 0))
        try:
            return f"let in: {await asyncio.wait_for(socket.recv(), PATIENCE)}"
        except websockets.ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None

    async def send(self, type, id=None, room=None, data=None, game=None):
        self.requests += 1
        message = {"type": type, "id": id or self.requests, "roomId": room, "gameType": game, "data": data}
        await self.socket.send(json.dumps({key: value for key, value in message.items() if value is not None}))

    async def receive(self, type):
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            if message["type"] == type:
                return message

    async def join(self, game, **data):
        await self.send("join_room", game=game, data={"create": True} | data)
        answer = await self.receive("join_room_result")
        if answer["success"]:
            self.client, self.room = self.welcome["data"]["clientId"], answer["roomId"]
        return answer

    async def come_back(self):
        """Connects again and takes the seat again."""
        await self.connect()
        await self.send("reconnect", room=self.room, data={"clientId": self.client})
        return await self.receive("reconnect_result")

    async def move(self, id=None, **data):
        await self.send("make_move", id=id, room=self.room, data=data)

    async def moved(self, **data):
        """Moves, and waits until that counts."""
        await self.move(**data)
        answer = await self.receive("make_move_result")
        assert answer["success"], answer

    async def state(self):
        await self.send("resync", room=self.room)
        return (await self.receive("game_state"))["data"]

    async def is_cut_off(self):
        """Waits for the end of the connection, and says how it came."""
        try:
            while True:
                await asyncio.wait_for(self.socket.recv(), PATIENCE)
        except websockets.ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None
