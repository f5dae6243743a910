"""What a server leaves on disks, in Redis and in what it says, searched for every secret that it was told or made.

Run by `make test`, or by hand: `.venv/bin/python -B Tests/Hostile/test_at_rest.py`, after
`swift build --product parlor`.
"""

import asyncio
import base64
import hashlib
import json
import pathlib
import re
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

from behaviour import Arena, request
from client import frame, message
from server import BINARY, Server
from tokens import token

ADMIN = "admin-secret-of-this-test-0123456789abcdef"
REDIS_PASSWORD = "redis-secret-of-this-test-0123456789abcdef"
JWT_SECRET = "jwt-secret-of-this-test-0123456789abcdef"
USER = "user-of-this-test"


def forms(secret):
    """How else it could be written down: as the bytes that it stands for, in hexadecimal, in other alphabets."""
    found = {secret.encode()}
    if re.fullmatch(r"[\w-]{22}", secret):
        raw = base64.urlsafe_b64decode(secret + "==")
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), base64.b64encode(raw).rstrip(b"=")}
    return found


def digests(client):
    """What a store may know a client by."""
    raw = base64.urlsafe_b64decode(client + "==")
    for digest in (hashlib.sha256(client.encode()).digest(), hashlib.sha256(raw).digest()):
        yield from (digest, digest.hex().encode(), base64.urlsafe_b64encode(digest).rstrip(b"="))


class Redis:
    """One that writes down every command as it came."""

    def __init__(self, folder):
        folder.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        configuration = folder / "redis.conf"
        configuration.write_text("\n".join([
            f"port {self.port}", "bind 127.0.0.1", f"dir {folder}", "appendonly yes", "appendfsync always",
            "aof-use-rdb-preamble no", "rdbcompression no", "save 1 1", f"logfile {folder / 'log'}", "loglevel debug",
            f"requirepass {REDIS_PASSWORD}"]))
        self.folder = folder
        self.process = subprocess.Popen(["redis-server", configuration])
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def files(self):
        """Of its own configuration nobody expects that the password is not in it."""
        return [file for file in self.folder.rglob("*") if file.is_file() and file.name != "redis.conf"]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class AtRestTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        # What was said by the server to anybody, in public or to one client.
        self.public, self.told = [], {}
        self.secrets = {"admin token": ADMIN, "token secret": JWT_SECRET}

    async def asyncSetUp(self):
        # On by default in these tests: it reports whatever takes a tenth of a second, such as starting Redis.
        asyncio.get_running_loop().set_debug(False)

    async def serve(self, *flags):
        server = Server(
            self.folder / f"server-{len(list(self.folder.iterdir()))}", "--log-level", "trace",
            f"PARLOR_ADMIN_TOKEN={ADMIN}", f"PARLOR_JWT_SECRET={JWT_SECRET}", *flags)
        await server.start()
        return server

    # MARK: A day at the server

    async def play(self, server):
        """Every message that a secret is in, and most of those that are stored; leaves games in the middle."""
        arena = Arena(server)
        self.addCleanup(arena.leave)
        people = {name: await arena.player(index) for index, name in enumerate(["ann", "bob", "cat", "dan", "eve"])}
        for name, person in people.items():
            self.secrets[f"clientId of {name}"] = person.client
        ann, bob, cat, dan, eve = people.values()
        joined = await ann.ask("join_room", gameType="tictactoe", data={"create": True, "visibility": "private"})
        room = joined["roomId"]
        await bob.ask("join_room", roomId=room, data={"name": "Bob"})
        await cat.ask("join_room", roomId=room, data={"as": "spectator"})
        await ann.ask("make_move", id="m1", data={"row": 0, "col": 0})
        await ann.ask("chat", data={"text": "hello"})
        dice = await dan.ask("join_room", gameType="dice", data={"create": True})
        await eve.ask("join_room", roomId=dice["roomId"])
        for _ in range(40):
            for person in (dan, eve):
                await person.ask("make_move", data={"action": "roll"})
        pong = await dan.ask("join_room", gameType="pong", data={"create": True})
        await dan.ask("add_bot", roomId=pong["roomId"])

        # A token by each way in that there is.
        jwt = self.secrets["token"] = token(JWT_SECRET, sub=USER)
        fay = await arena.stranger(6)
        await fay.upgrade(Authorization=f"Bearer {jwt}")
        await fay.hear("welcome")
        gil = await arena.stranger(7)
        await gil.upgrade(path=f"/ws?token={jwt}")
        await gil.hear("welcome")
        hal = await arena.player(8)
        self.answer = await hal.ask("authenticate", data={"token": jwt})
        await hal.ask("join_room", gameType="tictactoe", data={"create": True})
        await hal.ask("refresh_token", data={"token": jwt})
        for bad in (jwt[:-4], jwt + "A", token(JWT_SECRET, sub="x" * 500)):
            await hal.ask("refresh_token", data={"token": bad})
            self.secrets[f"token {len(self.secrets)}"] = bad

        # Somebody comes back, and somebody says a secret where it has no place.
        bob.reset()
        again = await arena.player(1)
        self.told["bob"] = again
        await again.ask("reconnect", roomId=room, data={"clientId": bob.client})
        misplaced = await arena.player(9)
        secret = ann.client
        for text in [f'{{"type":"{secret}"}}', f'{{"type":"ping","{secret}":1,"{secret}":1}}', f'{{{secret}',
                     message("join_room", roomId=secret), message("join_room", gameType=secret),
                     message("reconnect", data={"clientId": secret + "A"}), message("make_move", roomId=secret)]:
            await misplaced.send(frame(text))
        await misplaced.ask("ping")
        for target in [f"/api/rooms/{secret}", f"/{secret}", f"/api/rooms?cursor={secret}", f"/ws?game={secret}"]:
            await arena.exchange(request(target, f"Authorization: Bearer {ADMIN}", f"Idempotency-Key: {secret}"))
        table = f"/api/rooms/{dice['roomId']}"
        for path in ("/metrics", "/health?deep=1", "/api/rooms?limit=200", "/api/games", table):
            self.public.append((path, (await server.get(path))[1]))
        self.told |= {name: person for name, person in people.items() if name != "bob"}
        await self.hear_out()
        return room, dice["roomId"], people

    async def hear_out(self):
        """A game at 60 steps a second never falls silent."""
        for person in self.told.values():
            try:
                async with asyncio.timeout(0.5):
                    while True:
                        await person.next(0.2)
            except TimeoutError:
                pass

    # MARK: Looking

    def read(self, files):
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}

    def unpacked(self, database):
        """Every value in the database, also of what is compressed."""
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
            tables = [name for [name] in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                for row in db.execute(f"SELECT * FROM {table}"):
                    for value in row:
                        value = value if isinstance(value, bytes) else str(value).encode()
                        yield value
                        try:
                            # Behind four bytes of length.
                            yield zlib.decompress(value[4:])
                        except zlib.error:
                            pass

    def seeds(self, database):
        """The keys of the rooms' chance, as they stand in their states."""
        text = b" ".join(self.unpacked(database))
        keys = re.findall(rb'"([0-9a-f]+-[0-9a-f]+)-[0-9a-f]+"', text)
        return {word.decode() for key in keys for word in key.split(b"-")}

    def search(self, places, secrets):
        found = [f"{what} in {where}" for where, text in places.items() for what, secret in secrets.items()
                 if any(form in text for form in forms(secret))]
        self.assertEqual(found, [])

    def check_modes(self, folder):
        modes = {path: oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.rglob("*")]}
        wrong = {path: mode for path, mode in modes.items() if mode != ("0o700" if path.is_dir() else "0o600")}
        self.assertEqual(wrong, {})

    def command(self, *arguments):
        """What a command of the server's prints, which is looked through as well."""
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, cwd=self.folder)
        self.public.append((arguments[0], done.stdout + done.stderr))
        return done.returncode

    # MARK: Tests

    async def check_sqlite(self, server, data):
        room, dice, people = await self.play(server)
        backup, export = self.folder / "backup.sqlite", self.folder / "export.json"
        self.assertEqual(self.command("backup", backup, "--data", data), 0)
        self.assertEqual(self.command("rooms", "--states", "--json", "--data", data), 0)
        self.assertEqual(self.command("replay", dice, "--views", "--data", data), 0)
        self.assertNotEqual(self.command("replay", dice, "--data", data, "--export", export), 0, "its seed foretells")
        self.assertEqual(self.command("replay", dice, "--data", data, "--export", export, "--living"), 0)
        server.process.kill()
        await server.process.wait()

        seeds = self.seeds(backup)
        # What is looked for would be found: the seeds are in the database, and the digests of the clients' secrets.
        values = b" ".join(self.unpacked(backup))
        self.assertGreaterEqual(len(seeds), 6)
        for name in ("ann", "bob", "dan", "eve"):
            self.assertTrue(any(digest in values for digest in digests(people[name].client)), "not even its digest")
        self.check_modes(data)
        for file in (backup, export):
            self.assertEqual(oct(stat.S_IMODE(file.stat().st_mode)), "0o600")

        places = self.read(file for file in self.folder.rglob("*") if file.is_file())
        places |= {"unpacked": values, **dict(self.public)}
        self.search(places, self.secrets)
        # Of whom the server was told it knows a digest.
        self.assertNotIn(USER.encode(), values)
        self.check_seeds(seeds, server)
        for name, person in people.items():
            heard = b"".join(self.told[name].heard)
            others = {what: secret for what, secret in self.secrets.items() if what != f"clientId of {name}"}
            self.search({f"what {name} was told": heard}, others)
        exported = export.read_bytes()
        for name, person in people.items():
            self.assertFalse(any(digest in exported for digest in digests(person.client)), name)

    def check_seeds(self, seeds, server):
        """They are in the store alone, and in an export of a room that lives, which was asked for."""
        places = {"log": server.log.encode(), **dict(self.public)}
        places |= {f"what {name} was told": b"".join(person.heard) for name, person in self.told.items()}
        self.search(places, {f"seed {seed}": seed for seed in seeds if len(seed) > 8})

    async def test_a_folder_after_a_kill(self):
        server = await self.serve()
        data = server.folder / "data"
        await self.check_sqlite(server, data)
        self.assertTrue(self.answer["success"], self.answer)

    async def test_nothing_is_kept_that_was_to_be_kept_in_memory(self):
        server = await self.serve("--data", ":memory:")
        await self.play(server)
        self.assertEqual(await server.stop(), 0)
        places = self.read(file for file in server.folder.rglob("*") if file.is_file())
        self.assertEqual([name for name in places if not name.endswith("/log")], [])
        self.search(places | dict(self.public), self.secrets)

    async def test_redis_with_everything_written_down(self):
        redis = Redis(self.folder / "redis")
        self.addCleanup(redis.stop)
        self.secrets["password of Redis"] = REDIS_PASSWORD
        server = await self.serve(f"PARLOR_REDIS_URL=redis://:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0")
        room, _, people = await self.play(server)
        # While it is away the rest goes to SQLite.
        redis.stop()
        for person in self.told.values():
            person.unread.clear()
        arena = Arena(server)
        self.addCleanup(arena.leave)
        late = await arena.player(20)
        self.secrets["clientId of whoever came late"] = late.client
        await late.ask("join_room", gameType="tictactoe", data={"create": True})
        server.process.kill()
        await server.process.wait()

        written = self.read(redis.files())
        self.assertTrue(any(room.encode() in text for text in written.values()), "nothing was written")
        data = server.folder / "data"
        self.check_modes(data)
        places = written | self.read(file for file in server.folder.rglob("*") if file.is_file()) | dict(self.public)
        places["unpacked"] = b" ".join(self.unpacked(data / "parlor.sqlite"))
        self.search(places, self.secrets)
        self.assertNotIn(USER.encode(), b"".join(written.values()))


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    failed = min(len(result.failures) + len(result.errors), result.testsRun) or (0 if result.testsRun else 1)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)
