"""Takes Redis away from a server in every way there is while people play: nobody may notice, and nothing may get lost.

usage: outages.py [rounds] [seed]      each round is one outage; the last fifth has sentinels, and a server of its own
"""

import asyncio
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

from departed import ask_for_departed
from guest import QUICK, SLOW, Guest
from ledger import Fault
from person import Party
from redis_lab import INTERVAL
from tally import Tally
from trial import PATIENCE, Trial, different, keep_folder
from troubles import OneRedis, Sentinels, plan
from watch import SLACK, Outage, WatchedVictim, switch_of

# Seventy rooms, two hundred people.
TABLES = [1, 2, 3, 4, 4, 3, 3] * 10
# So many of them are quick.
QUICK_TABLES = 4
# `appendfsync` of the servers: always, or everysec.
SYNC = os.environ.get("REDIS_SYNC", "always")
DEADLINE = 0.5
# How long people play before each outage, at most.
LOAD_SECONDS = 0.5
# How long a server is left alone with those who come back to it while Redis is away.
AWAY_SECONDS = 0.5
# How many who left long ago are tried again after each round.
TRIED_AGAIN = 20
# Per round; a run that takes longer has failed.
MOST_SECONDS = 60


class Outages(Trial):
    def __init__(self, lab, name, seed, folder, tally, tables=TABLES, arguments=()):
        folder = folder / name
        folder.mkdir()
        milliseconds = f"{DEADLINE * 1000:.0f}ms"
        victim = WatchedVictim(folder, "--redis-url", lab.url, "--redis-deadline", milliseconds, *arguments)
        super().__init__(f"{seed} {name}", folder, victim)
        self.lab, self.tally = lab, tally
        for table, size in enumerate(tables):
            party = Party(size)
            party.may_open.set()
            manner = QUICK if table < QUICK_TABLES else SLOW
            for number in range(size):
                who = f"{name} {table}.{number}"
                self.people.append(Guest(who, party, number == 0, random.Random(f"{seed} {who}"), self, manner))
        self.plan = []
        self.kind = "start"
        # All are called after each round. Who came since?
        self.call = 0
        self.is_calling = False
        self.came = set()
        self.everybody_came = asyncio.Event()
        # Who left, and was told so: since the last check, and before.
        self.leavers, self.left_before = [], []
        # When Redis was last taken away, and whether the server that is new has not seen it yet.
        self.struck = None
        self.is_away = False
        # When the server began, until everybody has come back to it.
        self.born = None
        # How often the data of Redis was lost, and how many other errors are in the log.
        self.losses = self.errors = 0

    # MARK: What people report

    def answered(self):
        super().answered()
        self.tally.moves += 1

    def waited(self, seconds):
        if not self.is_calling:
            self.tally.times[self.kind].answers.append(seconds)

    def present(self, person):
        self.came.add(person)
        if len(self.came) == len(self.people):
            self.everybody_came.set()

    def departed(self, client, room, name):
        self.leavers.append((client, room, name))

    def refused(self, person, what, code):
        if code == "store_unavailable" and self.could_not_know(person, what):
            self.tally.unavailable_while_away += 1
        else:
            self.tally.note("refused", f"round {self.round}, {self.kind}: {person.name} cannot {what}: {code}")

    def forgot(self, person, code):
        """Somebody came who has a seat and did not say where."""
        where = f"round {self.round}, {self.kind}"
        self.tally.note("sessions", f"{where}: {person.name} has a seat in {person.room.id}, does not name it: {code}")

    def could_not_know(self, person, what):
        """A new server cannot know what only Redis has, while that is away, or slower than the deadline on a busy machine.
        Rooms opened since the switch are in its own file."""
        if self.born is None or what not in ("come back", "join"):
            return False
        if not self.is_away and not self.victim.lacks_redis(self.born):
            return False
        if person.room is None and what == "come back":
            # The answer to the join is lost. Redis may be the only one that knows who was welcomed before the switch.
            return True
        room = person.room or person.party.room
        if room is None:
            # A host that asks for a new room is no concern of Redis.
            return False
        known_since = self.victim.first("degraded", self.struck) if self.is_away else self.born
        return known_since is None or room.opened_at < known_since

    # MARK: Rounds

    async def start(self):
        self.born = time.time()
        await super().start()

    async def play(self):
        await self.start()
        await self.until_well(None)
        await self.call_all()
        for kind, dies in self.plan:
            self.round += 1
            self.tally.rounds += 1
            began = time.monotonic()
            await self.play_round(kind(self.lab, self.random), dies)
            took = time.monotonic() - began
            print(f"  {self.tally.rounds}: {self.kind}, {self.tally.moves} moves, {took:.1f} s", flush=True)
            if took > MOST_SECONDS:
                raise Fault("other", f"a round took {took:.0f} s")
        self.kind = "end"
        await self.check_departed(self.left_before)
        await self.check_the_end()

    async def play_round(self, trouble, dies):
        self.kind = trouble.name + ("" if dies is None else f", server back when Redis is {dies}")
        times = self.tally.times[self.kind]
        times.rounds += 1
        await asyncio.sleep(self.random.uniform(0, LOAD_SECONDS))
        self.losses += trouble.loses_data
        self.struck = struck = await trouble.begin()
        started = None
        if dies is None:
            await asyncio.sleep(trouble.seconds)
            back = await trouble.end()
        else:
            await asyncio.sleep(self.random.uniform(0, trouble.seconds))
            self.victim.strike()
            await self.victim.bury()
            if dies == "away":
                self.is_away = True
                started = time.time()
                await self.start()
                await self.wait_for(self.victim.listening, "the server does not start without Redis")
                await asyncio.sleep(self.random.uniform(0, AWAY_SECONDS))
                back = await trouble.end()
            else:
                back = await trouble.end()
                started = time.time()
                await self.start()
        await self.until_well(trouble, struck, back, started)
        self.is_away = False
        self.judge(trouble, times, struck, back, started)
        if started is not None:
            await self.wait_for(self.everybody_here, "not everybody is back")
        await self.call_all()
        await self.check_departed(self.some_departed())
        self.check_log()
        if self.round < len(self.plan):
            await trouble.tidy()

    def judge(self, trouble, times, struck, back, started):
        switched, healthy = (self.victim.first(to, since) for to, since in (("degraded", struck), ("healthy", back)))
        if started is not None:
            # It was another process that noticed, if one did.
            if healthy is not None:
                times.to_return.append(healthy - max(back, started))
            return
        outage = Outage(
            self.kind, struck, back, takes=DEADLINE if trouble.is_silent else 0, limit=DEADLINE + SLACK,
            is_due=trouble.is_due)
        after = None if switched is None else switched - struck
        if wrong := outage.judge(after):
            self.tally.note(wrong[0], f"round {self.round}, {wrong[1]}")
        if after is not None:
            times.to_switch.append(after)
            if healthy is not None:
                times.to_return.append(healthy - back)

    async def until_well(self, trouble, struck=0, back=0, started=None):
        """Until the server says that all is well and nothing is owed, and has noticed what it had to."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            victim = self.victim
            has_noticed = True
            if started is not None:
                has_noticed = victim.first("healthy", started) is not None
            elif trouble is not None and trouble.loses_data:
                has_noticed = victim.first("lost", struck) is not None
            elif victim.first("degraded", struck) is not None:
                has_noticed = victim.first("healthy", struck) is not None
            redis = await self.health() if has_noticed else {}
            if (redis.get("status"), redis.get("state")) == ("up", "healthy"):
                if redis["owedSessions"] == redis["owedRooms"] == 0:
                    return
            await asyncio.sleep(INTERVAL)
        redis = await self.health()
        if redis.get("state") != "healthy" or not has_noticed:
            raise Fault("other", f"the server has not noticed, or is not well, after {PATIENCE} s: {redis}")
        owed = f"{redis['owedSessions']} sessions and {redis['owedRooms']} rooms"
        self.tally.note("other", f"round {self.round}, {self.kind}: {owed} are owed after {PATIENCE} s")

    async def health(self):
        try:
            return (await asyncio.to_thread(self.peek, "health"))["store"]["redis"]
        except (OSError, ValueError):
            return {}

    # MARK: Checks

    async def call_all(self):
        """Everybody comes back to their seat, and is answered."""
        self.came.clear()
        self.everybody_came.clear()
        self.call += 1
        self.is_calling = True
        self.began_call = time.monotonic()
        for person in self.people:
            person.ring()
        try:
            await self.wait_for(self.everybody_came, "not everybody comes and is answered")
        except Fault:
            missing = [person for person in self.people if person not in self.came]
            for person in missing[:5]:
                print(f"  {person.name} does not come: {person.text()}")
            raise
        finally:
            self.is_calling = False
        self.born = None

    def some_departed(self):
        """Whoever left since the last check, and some who did before."""
        again = self.random.sample(self.left_before, min(TRIED_AGAIN, len(self.left_before)))
        new, self.leavers = self.leavers, []
        self.left_before += new
        return new + again

    async def check_departed(self, who):
        self.tally.departed += len(who)
        for column, text in await ask_for_departed(self.victim.port, who):
            self.tally.note(column, f"round {self.round}, {self.kind}: {text}")

    def check_log(self):
        """A server that finds Redis empty may say so as often as that was done."""
        errors, forgiven = [], self.losses
        for line in self.victim.errors():
            if switch_of(line, 0) and forgiven:
                forgiven -= 1
            else:
                errors.append(line)
        for line in errors[self.errors:]:
            self.tally.note("log", f"round {self.round}, {self.kind}: {line}")
        self.errors = len(errors)

    async def bury(self):
        await self.victim.bury()
        self.check_log()

    async def check_the_end(self):
        self.is_settling = True
        await self.wait_for(self.everybody_settled, "moves stay unanswered")
        await self.check_rooms()
        self.everybody_settled.clear()
        self.victim.strike()
        await self.bury()
        await super().check_the_end()


async def hold_trial(trial, lab, tally, seed):
    """Returns whether it came to its end."""
    has_ended = False
    try:
        await trial.run()
        has_ended = True
    except* Fault as faults:
        for fault in different(faults):
            tally.note(fault.kind, f"round {trial.round}, {trial.kind}, seed {seed}: {fault}", fault.count)
    finally:
        tally.repeats += trial.repeats
        await trial.victim.end()
        await lab.close()
    return has_ended


async def main(rounds, seed):
    print(f"outages: {rounds} rounds, seed {seed}, appendfsync {SYNC}", flush=True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parlor-outages-"))
    tally = Tally()
    with_sentinels = max(rounds // 5, min(rounds // 2, len(Sentinels.FIRST)))
    for name, count, make in (
        ("one", rounds - with_sentinels, lambda folder: OneRedis(folder, seed, SYNC)),
        ("sentinels", with_sentinels, lambda folder: Sentinels(folder, SYNC)),
    ):
        if count == 0:
            continue
        lab = make(folder)
        try:
            await lab.start()
        except BaseException:
            await lab.close()
            raise
        trial = Outages(lab, name, seed, folder, tally)
        trial.plan = plan(lab, count, trial.random)
        if not await hold_trial(trial, lab, tally, seed):
            break
    print(tally.table())
    print(f"outages: {tally.summary()}; seed {seed}")
    if tally.is_clean:
        shutil.rmtree(folder)
        return 0
    kept = keep_folder(folder, f"outages-{seed}-round-{tally.rounds}")
    print(f"kept in {kept}: of each setup the data of the server and of Redis, and their logs")
    return 1


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    rounds = arguments[0] if arguments else 100
    seed = arguments[1] if len(arguments) > 1 else random.randrange(1 << 32)
    sys.exit(asyncio.run(main(rounds, seed)))
