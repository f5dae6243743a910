"""Kills a server at random moments while people play, and holds every word it ever said against it.

usage: chaos.py [rounds] [seed]      each round is one `kill -9`
"""

import asyncio
import json
import pathlib
import random
import shutil
import sys
import tempfile
import time
import urllib.request

from ledger import Fault
from person import Party, Person
from victim import ROOT, Victim

# Five rooms, twelve people.
TABLES = [1, 2, 2, 3, 4]
# How long after everybody is back the server is killed, at most.
LOAD_SECONDS = 0.7
# How many kills come while the server still starts or brings rooms back...
EARLY = 0.25
# ...and how many in the moment when a move is answered: what was said too early is not safe yet.
AT_AN_ANSWER = 0.4
# Nobody waits so long for a server that is well, not even for a debug build on a busy machine.
PATIENCE = 20
# All rounds together; a run that takes longer has failed.
MOST_SECONDS = 40 * 60


class Trial:
    def __init__(self, rounds, seed, folder):
        self.rounds, self.folder = rounds, folder
        self.random = random.Random(seed)
        self.victim = Victim(folder)
        self.people = []
        for table, size in enumerate(TABLES):
            party = Party(size)
            party.may_open.set()
            for number in range(size):
                name = f"{table}.{number}"
                self.people.append(Person(name, party, number == 0, random.Random(f"{seed} {name}"), self))
        self.round = self.moves = self.repeats = 0
        self.recoveries = []
        self.here = set()
        self.everybody_here = asyncio.Event()
        self.strikes_at_an_answer = False
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
        if self.strikes_at_an_answer:
            self.strikes_at_an_answer = False
            self.victim.strike()

    def has_settled(self):
        if all(person.is_settled for person in self.people):
            self.everybody_settled.set()

    # MARK: Rounds

    async def run(self):
        async with asyncio.TaskGroup() as group:
            lives = [group.create_task(person.live()) for person in self.people]
            began = time.monotonic()
            for self.round in range(1, self.rounds + 1):
                if time.monotonic() - began > MOST_SECONDS:
                    raise Fault("other", f"{self.rounds} rounds take more than {MOST_SECONDS} s")
                await self.play_round()
                if self.round % 50 == 0:
                    print(f"  round {self.round}: {self.moves} moves, {time.monotonic() - began:.0f} s", flush=True)
            await self.check_the_end()
            for life in lives:
                life.cancel()

    async def play_round(self):
        await self.start()
        kind = self.random.random()
        if kind < EARLY:
            await asyncio.sleep(self.random.uniform(0, 1.5 * self.victim.start_seconds))
            self.victim.strike()
        else:
            await self.wait_for(self.everybody_here, "not everybody is back")
            await asyncio.sleep(self.random.uniform(0, LOAD_SECONDS))
            if kind < EARLY + AT_AN_ANSWER:
                self.strikes_at_an_answer = True
                await self.wait_for(self.victim.struck, "nothing is answered")
            else:
                self.victim.strike()
        await self.bury()

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
            for room in {person.room for person in self.people}:
                view = (await asyncio.to_thread(self.peek, room))["view"]
                room.check_end(view)
            self.everybody_settled.clear()
            self.victim.strike()
            await self.bury()

    def peek(self, room):
        address = f"http://127.0.0.1:{self.victim.port}/api/rooms/{room.id}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
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
        shutil.copytree(self.victim.data, self.folder / name)


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] * 1000 if values else 0


async def main(rounds, seed):
    print(f"chaos: {rounds} rounds, seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parlor-chaos-"))
    trial = Trial(rounds, seed, folder)
    found = dict.fromkeys(["lost", "twice", "seats", "other"], 0)
    try:
        await trial.run()
    except* Fault as faults:
        # Several people may have seen the same.
        for fault in {str(fault): fault for fault in faults.exceptions}.values():
            found[fault.kind] += fault.count
            print(f"round {trial.round}, seed {seed}: {fault}")
    finally:
        if trial.victim.process and trial.victim.process.returncode is None:
            trial.victim.process.kill()
            await trial.victim.process.wait()
    times = ", ".join(f"{quantile(trial.recoveries, part):.0f}" for part in (0.5, 0.99, 1))
    print(f"chaos: {trial.round} rounds, {trial.moves} moves acknowledged, {trial.repeats} repeated on purpose, "
          f"acknowledged moves lost {found['lost']}, counted twice {found['twice']}, seats lost {found['seats']}, "
          f"other faults {found['other']}; recovery p50/p99/max {times} ms; seed {seed}")
    if not any(found.values()):
        shutil.rmtree(folder)
        return 0
    kept = ROOT / "output" / f"chaos-{seed}-round-{trial.round}"
    shutil.rmtree(kept, ignore_errors=True)
    kept.parent.mkdir(exist_ok=True)
    shutil.move(folder, kept)
    print(f"kept in {kept}: data as it is, data as the kill left it (killed), server.log")
    return 1


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    rounds = arguments[0] if arguments else 1000
    seed = arguments[1] if len(arguments) > 1 else random.randrange(1 << 32)
    sys.exit(asyncio.run(main(rounds, seed)))
