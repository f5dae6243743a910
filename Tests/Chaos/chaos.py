"""Kills a server at random moments while people play, and holds every word it ever said against it.

usage: chaos.py [rounds] [seed]      each round is one `kill -9`
"""

import asyncio
import pathlib
import random
import shutil
import sys
import tempfile
import time

from ledger import Fault
from person import Party, Person
from trial import Trial, different, keep_folder, quantile
from victim import Victim

# Five rooms, twelve people.
TABLES = [1, 2, 2, 3, 4]
# How long after everybody is back the server is killed, at most.
LOAD_SECONDS = 0.7
# How many kills come while the server still starts or brings rooms back...
EARLY = 0.25
# ...and how many in the moment when a move is answered: what was said too early is not safe yet.
AT_AN_ANSWER = 0.4
# All rounds together; a run that takes longer has failed.
MOST_SECONDS = 40 * 60


class Kills(Trial):
    def __init__(self, rounds, seed, folder):
        super().__init__(seed, folder, Victim(folder))
        self.rounds = rounds
        for table, size in enumerate(TABLES):
            party = Party(size)
            party.may_open.set()
            for number in range(size):
                name = f"{table}.{number}"
                self.people.append(Person(name, party, number == 0, random.Random(f"{seed} {name}"), self))
        self.strikes_at_an_answer = False

    def answered(self):
        super().answered()
        if self.strikes_at_an_answer:
            self.strikes_at_an_answer = False
            self.victim.strike()

    async def play(self):
        began = time.monotonic()
        for self.round in range(1, self.rounds + 1):
            if time.monotonic() - began > MOST_SECONDS:
                raise Fault("other", f"{self.rounds} rounds take more than {MOST_SECONDS} s")
            await self.play_round()
            if self.round % 50 == 0:
                print(f"  round {self.round}: {self.moves} moves, {time.monotonic() - began:.0f} s", flush=True)
        await self.check_the_end()

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


async def main(rounds, seed):
    print(f"chaos: {rounds} rounds, seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parlor-chaos-"))
    trial = Kills(rounds, seed, folder)
    found = dict.fromkeys(["lost", "twice", "seats", "other"], 0)
    try:
        await trial.run()
    except* Fault as faults:
        for fault in different(faults):
            found[fault.kind] += fault.count
            print(f"round {trial.round}, seed {seed}: {fault}")
    finally:
        await trial.victim.end()
    times = ", ".join(f"{quantile(trial.recoveries, part):.0f}" for part in (0.5, 0.99, 1))
    print(f"chaos: {trial.round} rounds, {trial.moves} moves acknowledged, {trial.repeats} repeated on purpose, "
          f"acknowledged moves lost {found['lost']}, counted twice {found['twice']}, seats lost {found['seats']}, "
          f"other faults {found['other']}; recovery p50/p99/max {times} ms; seed {seed}")
    if not any(found.values()):
        shutil.rmtree(folder)
        return 0
    kept = keep_folder(folder, f"chaos-{seed}-round-{trial.round}")
    print(f"kept in {kept}: data as it is, data as the kill left it (killed), server.log")
    return 1


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    rounds = arguments[0] if arguments else 1000
    seed = arguments[1] if len(arguments) > 1 else random.randrange(1 << 32)
    sys.exit(asyncio.run(main(rounds, seed)))
