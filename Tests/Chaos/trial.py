"""What every trial has: a server that is killed, people who play on it, and a look at the rooms at the end."""

import asyncio
import json
import random
import shutil
import time
import urllib.request

from ledger import Fault
from victim import ROOT

# Nobody waits so long for a server that is well, not even for a debug build on a busy machine.
PATIENCE = 20


class Trial:
    def __init__(self, seed, folder, victim):
        self.folder, self.victim = folder, victim
        self.random = random.Random(seed)
        self.people = []
        self.round = self.moves = self.repeats = 0
        self.recoveries = []
        self.here = set()
        self.everybody_here = asyncio.Event()
        self.is_settling = False
        self.everybody_settled = asyncio.Event()

    # MARK: What people report

    def arrived(self, person):
        self.here.add(person)
        if len(self.here) == len(self.people):
            self.everybody_here.set()

    def recovered(self):
        if self.victim.killed_at is not None:
            self.recoveries.append(time.monotonic() - self.victim.killed_at)
            self.victim.killed_at = None

    def answered(self):
        self.moves += 1

    def has_settled(self):
        if all(person.is_settled for person in self.people):
            self.everybody_settled.set()

    # MARK: Rounds

    async def run(self):
        async with asyncio.TaskGroup() as group:
            lives = [group.create_task(person.live()) for person in self.people]
            await self.play()
            for life in lives:
                life.cancel()

    async def start(self):
        self.here.clear()
        self.everybody_here.clear()
        await self.victim.start()

    async def bury(self):
        await self.victim.bury()
        if errors := self.victim.errors():
            raise Fault("other", f"the server complains: {errors[0]}")
        self.keep("killed")

    async def check_the_end(self):
        """Nothing more is begun, and everything answered: rooms must show that and no more, now and after a crash."""
        self.is_settling = True
        for _ in range(2):
            await self.start()
            await self.wait_for(self.everybody_here, "not everybody is back")
            await self.wait_for(self.everybody_settled, "moves stay unanswered")
            await self.check_rooms()
            self.everybody_settled.clear()
            self.victim.strike()
            await self.bury()

    async def check_rooms(self):
        for room in {person.room for person in self.people}:
            view = (await asyncio.to_thread(self.peek, f"api/rooms/{room.id}"))["view"]
            room.check_end(view)

    def peek(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.victim.port}/{path}", timeout=PATIENCE) as answer:
            return json.load(answer)

    async def wait_for(self, event, otherwise):
        try:
            async with asyncio.timeout(PATIENCE):
                await event.wait()
        except TimeoutError:
            raise Fault("other", f"{otherwise} after {PATIENCE} s") from None

    def keep(self, name):
        """A copy of the data as it is now, in place of the one before."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        # A server that was killed very early has made none.
        if self.victim.data.exists():
            shutil.copytree(self.victim.data, self.folder / name)


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] * 1000 if values else 0


def different(faults):
    """Several people may have seen the same."""
    return {str(fault): fault for fault in faults.exceptions}.values()


def keep_folder(folder, name):
    kept = ROOT / "output" / name
    shutil.rmtree(kept, ignore_errors=True)
    kept.parent.mkdir(exist_ok=True)
    shutil.move(folder, kept)
    return kept
