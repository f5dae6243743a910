"""Behaves to a server in every hostile way in the table while two honest people play on it.

usage: hostile.py [--write] [WORD...]      only behaviours whose name or group has one of the words

`--write` puts the table into Benchmarks/results/hostile.md when it is whole. Exit code 1 when the server did anything
else than it must, became unhealthy, kept or took more memory than it may, or when the honest pair missed a move.
"""

import asyncio
import pathlib
import sys
import tempfile
import time

import flood
import flow
import framing
import handshake
import impostors
import json_text
import protocol
import tokens
from behaviour import GROUPS, MIB, TABLE
from pair import Missed, Pair
from server import BINARY, ROOT, Server
from trial import MOVES, attempt

RESULT = ROOT / "Benchmarks/results/hostile.md"
# Servers of their own that run at a time beside the common one: they mostly wait.
BESIDE = 12
# What the common server may have more after all of it, when each behaviour alone leaves nothing.
KEPT = 48 * MIB


class Run:
    def __init__(self, folder, table):
        self.folder = folder
        self.shared = [behaviour for behaviour in table if behaviour.flags is None]
        self.alone = list(self.groups(behaviour for behaviour in table if behaviour.flags is not None))
        self.rows, self.faults = [], []
        self.moves = self.slowest = self.kept = 0

    async def go(self):
        beside = asyncio.Semaphore(BESIDE)
        async with asyncio.TaskGroup() as group:
            for number, behaviours in enumerate(self.alone):
                group.create_task(self.alone_with(behaviours, self.folder / f"alone-{number}", beside))
            group.create_task(self.one_after_another())

    @staticmethod
    def groups(table):
        """Those that want the same flags share a server; those that want it to themselves want none."""
        by_flags = {}
        for behaviour in table:
            if behaviour.flags:
                by_flags.setdefault(behaviour.flags, []).append(behaviour)
            else:
                yield [behaviour]
        yield from by_flags.values()

    async def alone_with(self, behaviours, folder, beside):
        async with beside:
            await self.serve(behaviours, folder, *behaviours[0].flags)

    async def one_after_another(self):
        self.kept = await self.serve(self.shared, self.folder / "shared")
        if self.kept > KEPT:
            self.faults.append(f"after all of it the server keeps {self.kept >> 10} KiB, at most {KEPT >> 10}")

    async def serve(self, table, folder, *flags):
        """Returns how much more memory the server has in the end."""
        server = await Server(folder, *flags).start()
        pair = await Pair(server.port).start()
        try:
            await pair.moved(MOVES)
            before = server.memory
            for behaviour in table:
                self.tell(await attempt(behaviour, server, pair))
                if pair.missed:
                    # What these two have missed is no fault of what comes next.
                    await self.part(pair)
                    pair = await Pair(server.port).start()
            return server.memory - before
        except Missed as fault:
            self.faults.append(f"before anything: {fault}")
            return 0
        finally:
            await self.part(pair)
            if (code := await server.stop()) != 0:
                self.faults.append(f"the server ended with {code}:\n{server.log[-2000:]}")

    async def part(self, pair):
        await pair.stop()
        self.moves += pair.moves
        self.slowest = max(self.slowest, pair.slowest)

    def tell(self, row):
        self.rows.append(row)
        mark = "ok  " if row.is_as_must else "FAIL"
        memory = f"{row.peak >> 10:>6} {row.after >> 10:>6}"
        print(f"{mark} {row.behaviour.group:<9} {row.behaviour.name:<66.66} {row.did:<24.60} {memory} {row.moves:>5}",
              f"{row.slowest:>5} {row.seconds:>4.1f}", "; ".join(row.faults), flush=True)


def ordered(rows):
    places = {behaviour: place for place, behaviour in enumerate(TABLE)}
    return sorted(rows, key=lambda row: (GROUPS.index(row.behaviour.group), places[row.behaviour]))


def markdown(run):
    rows = [
        f"| {row.behaviour.group} | {row.behaviour.name} | {row.did if row.is_as_must else '**' + row.did + '**'} "
        f"| {row.peak / MIB:.1f} | {row.after / MIB:.1f} | {row.moves} | {row.slowest} |" for row in ordered(run.rows)]
    failed = sum(not row.is_as_must for row in run.rows)
    return "\n".join([
        "# Hostile behaviours", "",
        "`make hostile` wrote this, against the debug build. Memory is what the process had resident more than before:",
        "at most while it went on, and afterwards. Moves are those that two honest players made meanwhile: all of",
        f"them were answered, the slowest after {run.slowest} ms. {len(run.rows)} rows, {run.moves:,} moves; rows not",
        f"as they must be: {failed}. After all rows of the common server it kept {run.kept / MIB:.1f} MiB.", "",
        "| group | behaviour | the server | peak MiB | after MiB | moves | slowest ms |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
        *rows, ""])


def main():
    words = [word for word in sys.argv[1:] if word != "--write"]
    table = [behaviour for behaviour in TABLE
             if not words or any(word in f"{behaviour.group} {behaviour.name}" for word in words)]
    start = time.monotonic()
    print(f"     {'group':<9} {'behaviour':<66} {'the server':<24}   peak  after moves    ms    s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(pathlib.Path(folder), table)
        asyncio.run(run.go())
    for fault in run.faults:
        print("FAIL", fault)
    failed = sum(not row.is_as_must for row in run.rows)
    print(f"{len(run.rows) - failed} of {len(table)} behaviours as they must be, in {time.monotonic() - start:.0f} s; "
          f"{run.moves} honest moves, the slowest answered after {run.slowest} ms")
    if "--write" in sys.argv and not words:
        RESULT.write_text(markdown(run))
    sys.exit(1 if failed or run.faults or len(run.rows) < len(table) else 0)


if __name__ == "__main__":
    main()
