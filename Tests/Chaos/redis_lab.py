"""Real Redis servers of a test's own: killed, paused, emptied, and started again on the same folder and port."""

import asyncio
import shutil
import signal
import subprocess

from ledger import Fault
from victim import free_port

# Nobody waits so long for a Redis or its sentinels.
PATIENCE = 30
# How often something is asked that cannot be waited for.
INTERVAL = 0.01
MASTER = "mymaster"
# A master that is silent for so many milliseconds is taken for dead by its sentinels. They connect to a new one only
# once a second: with less than that they would take it for dead too.
DOWN_AFTER = 1500


class RedisRefusal(Exception):
    """An error reply."""


async def read_reply(reader):
    line = (await reader.readuntil(b"\r\n"))[:-2].decode()
    kind, rest = line[0], line[1:]
    if kind == "-":
        raise RedisRefusal(rest)
    if kind == ":":
        return int(rest)
    if kind == "$":
        return None if rest == "-1" else (await reader.readexactly(int(rest) + 2))[:-2].decode(errors="replace")
    if kind == "*":
        return [await read_reply(reader) for _ in range(int(rest))]
    return rest


async def ask(port, *words):
    """Raises OSError or EOFError while nobody is there, and RedisRefusal."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        parts = "".join(f"${len(str(word).encode())}\r\n{word}\r\n" for word in words)
        writer.write(f"*{len(words)}\r\n{parts}".encode())
        return await read_reply(reader)
    finally:
        writer.close()


async def until(fact, otherwise):
    """Asks until it is so."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    if found := await fact():
                        return found
                except (OSError, EOFError, RedisRefusal):
                    pass
                await asyncio.sleep(INTERVAL)
    except TimeoutError:
        raise Fault("other", f"{otherwise} after {PATIENCE} s") from None


class RedisServer:
    """`sync`: its `appendfsync`. With `always` nothing that it answered is lost when it is killed."""

    def __init__(self, folder, name, sync="always"):
        self.port = free_port()
        self.folder, self.log, self.sync = folder / name, folder / f"{name}.log", sync
        self.process = None

    @property
    def lives(self):
        return self.process is not None and self.process.returncode is None

    def arguments(self):
        return [
            "--appendonly", "yes", "--appendfsync", self.sync, "--save", "", "--repl-diskless-sync-delay", "0",
            "--repl-ping-replica-period", "1"]

    async def start(self, *arguments):
        self.folder.mkdir(exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                "redis-server", *self.beginning(), "--port", str(self.port), "--bind", "127.0.0.1",
                "--dir", str(self.folder), *self.arguments(), *arguments, stdout=log, stderr=subprocess.STDOUT)

    def beginning(self):
        return []

    async def is_up(self):
        """Answers, and has read what it kept."""
        return await ask(self.port, "PING") == "PONG"

    async def wait_until_up(self):
        await until(self.is_up, f"Redis does not answer, see {self.log}:")

    def signal(self, number):
        if self.lives:
            self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def shut_down(self):
        """As an operator does."""
        self.signal(signal.SIGTERM)

    async def bury(self):
        if self.process is not None:
            await self.process.wait()

    def wipe(self):
        """While it is down: it comes back with nothing."""
        shutil.rmtree(self.folder)


class Sentinel(RedisServer):
    def __init__(self, folder, name, master):
        super().__init__(folder, name)
        self.master = master

    def beginning(self):
        # It writes what it learns into its file.
        path = self.folder / "sentinel.conf"
        path.write_text(
            f"sentinel monitor {MASTER} 127.0.0.1 {self.master} 2\n"
            f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER}\n"
            f"sentinel failover-timeout {MASTER} 1500\n")
        return [str(path), "--sentinel"]

    def arguments(self):
        return []

    async def facts(self):
        words = await ask(self.port, "SENTINEL", "MASTER", MASTER)
        return dict(zip(words[::2], words[1::2]))

    async def sees_everybody(self, master):
        facts = await self.facts()
        replicas = await ask(self.port, "SENTINEL", "REPLICAS", MASTER)
        seen = [facts[name] for name in ("port", "flags", "num-slaves", "num-other-sentinels")]
        are_well = all(dict(zip(words[::2], words[1::2]))["flags"] == "slave" for words in replicas)
        return seen == [str(master), "master", "1", "2"] and are_well


class SentinelLab:
    """A master, a replica, and three sentinels that watch them."""

    def __init__(self, folder, sync="always"):
        self.master = RedisServer(folder, "redis-a", sync)
        self.replica = RedisServer(folder, "redis-b", sync)
        self.sentinels = [Sentinel(folder, f"sentinel-{n}", self.master.port) for n in range(3)]

    @property
    def url(self):
        return f"redis+sentinel://{','.join(f'127.0.0.1:{one.port}' for one in self.sentinels)}/{MASTER}"

    async def start(self):
        await self.master.start()
        await self.replica.start("--replicaof", "127.0.0.1", str(self.master.port))
        # Else the sentinels learn of the replica only ten seconds later.
        await until(self.is_replicated, "the replica does not follow")
        for sentinel in self.sentinels:
            await sentinel.start()
        await self.wait_until_whole()

    async def wait_until_whole(self):
        """The replica has what the master has, and all know of all."""
        await until(self.is_replicated, "the replica does not follow")
        for sentinel in self.sentinels:
            await until(lambda: sentinel.sees_everybody(self.master.port), "a sentinel does not see everybody")

    async def is_replicated(self):
        role = await ask(self.master.port, "ROLE")
        return role[0] == "master" and any(int(port) == self.replica.port for _, port, _ in role[2])

    async def wait_until_replaced(self):
        """Until the replica is the master, and the sentinels say so. Then it is called the master here too."""
        await until(self.is_replaced, "the replica is not made the master")
        self.master, self.replica = self.replica, self.master

    async def is_replaced(self):
        named = [await ask(one.port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER) for one in self.sentinels]
        if any(int(port) != self.replica.port for _, port in named):
            return False
        return (await ask(self.replica.port, "ROLE"))[0] == "master"

    async def hand_over(self):
        """Orders the sentinels to make the replica the master, with nobody dead."""
        await until(self.is_ordered, "no sentinel takes the order")

    async def is_ordered(self):
        return await ask(self.sentinels[0].port, "SENTINEL", "FAILOVER", MASTER) == "OK"

    async def wait_until_left(self):
        """Until no server is connected to the old master, which is a replica now."""
        await until(self.is_left, "the server stays with the old master")

    async def is_left(self):
        return "name=parlor" not in await ask(self.replica.port, "CLIENT", "LIST")

    async def revive(self):
        """Starts the dead one as the replica of the other."""
        await self.replica.bury()
        await self.replica.start("--replicaof", "127.0.0.1", str(self.master.port))

    async def close(self):
        everybody = [*self.sentinels, self.master, self.replica]
        for one in everybody:
            one.kill()
        for one in everybody:
            await one.bury()
