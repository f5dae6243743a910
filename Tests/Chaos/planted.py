"""Plants faults, each of which a column of outages.py must show.

usage: planted.py [name...]
"""

import asyncio
import json
import pathlib
import shutil
import sys
import tempfile

import websockets

from outages import TABLES, Outages, hold_trial
from tally import Tally
from troubles import DataLoss, Death, Hang, OneRedis, ShortHang


class Second(Death):
    lasts = (1, 1)


class LongHang(Hang):
    lasts = (2.5, 2.5)


class OtherHang(ShortHang):
    lasts = (0.2, 0.2)


class Amnesia(DataLoss):
    """Nobody can know any more who sat where, once the server is killed too."""


class Rollback(Death):
    """Redis comes back with what it had when the trial began."""

    async def begin(self):
        began = await super().begin()
        redis = self.lab.redis
        await redis.bury()
        redis.wipe()
        shutil.copytree(self.lab.copy, redis.folder)
        return began


class WithCopy(Outages):
    async def play_round(self, trouble, dies):
        folder = self.lab.redis.folder
        self.lab.copy = folder.with_name("copy")
        shutil.copytree(folder, self.lab.copy)
        # There must be something to lose.
        await self.call_all()
        await super().play_round(trouble, dies)


class WithLiar(Outages):
    """Somebody is said to have left who only went away."""

    async def check_departed(self, who):
        async with websockets.connect(f"ws://127.0.0.1:{self.victim.port}/ws", proxy=None) as socket:
            client = json.loads(await socket.recv())["data"]["clientId"]
            request = {"type": "join_room", "id": 1, "gameType": "counter", "data": {"create": True}}
            await socket.send(json.dumps(request))
            room = json.loads(await socket.recv())["roomId"]
        await super().check_departed([(client, room, "Bob"), *who])


class WithoutSecondStore(Outages):
    """Its server cannot do without Redis."""

    async def health(self):
        redis = await super().health()
        return {**redis, "state": "healthy", "owedSessions": 0, "owedRooms": 0}


class WithError(Outages):
    def check_log(self):
        with open(self.victim.log, "a") as log:
            log.write('{"time":"2025-03-01T18:02:11Z","level":"error","message":"planted"}\n')
        super().check_log()


# The column that must show it, the trouble, whether the server is killed too, the trial, and what its server is told.
PLANTED = {
    "amnesia": ("sessions", Amnesia, "back", Outages, ()),
    "rollback": ("lost", Rollback, "back", WithCopy, ()),
    "liar": ("resurrected", Second, None, WithLiar, ()),
    "no second store": ("refused", Second, None, WithoutSecondStore, ("--data", ":memory:")),
    "slow to notice": ("late", LongHang, None, Outages, ("--redis-deadline", "2s")),
    "quick to notice": ("needless", OtherHang, None, Outages, ("--redis-deadline", "50ms")),
    "complaint": ("log", Second, None, WithError, ()),
}


async def plant(name):
    """Returns whether it was found."""
    column, trouble, dies, make, arguments = PLANTED[name]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parlor-planted-"))
    tally = Tally()
    lab = OneRedis(folder, name, "always")
    try:
        await lab.start()
        trial = make(lab, "one", name, folder, tally, TABLES[:14], arguments)
        trial.plan = [(trouble, dies)]
        await hold_trial(trial, lab, tally, name)
    finally:
        await lab.close()
        shutil.rmtree(folder)
    print(f"planted {name}: {column} {tally.found[column]}; {tally.summary()}", flush=True)
    return tally.found[column] > 0


async def main(names):
    missed = [name for name in names if not await plant(name)]
    print(f"planted: {len(names)} faults, missed {len(missed)}: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:] or list(PLANTED))))
