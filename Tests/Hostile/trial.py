"""One behaviour at a time: what the server did, what it cost in memory, and whether anybody else noticed."""

import asyncio
import dataclasses
import time

from behaviour import Arena
from client import Ended
from pair import Missed

# So many moves of the honest pair are waited for after each behaviour, one by each of them: they play on.
MOVES = 2
# The longest one waits for a connection that is silent for half a minute, on a busy machine.
MOST = 100
# Seconds after which a server that is alone on its machine has long let go of everybody who left.
RECOVERY = 20
# The two of the honest pair.
HONEST = 2


@dataclasses.dataclass
class Row:
    behaviour: object
    did: str
    faults: list
    # Bytes more than before: at most while it went on, and afterwards.
    peak: int
    after: int
    moves: int
    # The slowest of them, in milliseconds.
    slowest: int
    seconds: float

    @property
    def is_as_must(self):
        return not self.faults


class Memory:
    """Watches how much the process has while something goes on."""

    def __init__(self, server):
        self.server = server
        self.before = self.most = server.memory

    async def watch(self):
        while True:
            self.look()
            await asyncio.sleep(0.02)

    def look(self):
        now = self.server.memory
        self.most = max(self.most, now)
        return now - self.before

    @property
    def peak(self):
        return self.most - self.before


async def attempt(behaviour, server, pair):
    arena, memory, moves, start = Arena(server), Memory(server), pair.moves, time.monotonic()
    pair.slowest_lately = 0
    faults = []
    watch = asyncio.create_task(memory.watch())
    try:
        did = await asyncio.wait_for(behaviour.act(arena), MOST)
    except Exception as error:
        did = f"{type(error).__name__}: {error}"
    finally:
        arena.leave()
        watch.cancel()
    if did not in behaviour.must.split(" or "):
        faults.append(f"must: {behaviour.must}")
    after = memory.look()
    try:
        await recovered(server)
        await pair.moved(MOVES)
        after = await settled(memory, behaviour.memory)
    except (Missed, Ended, OSError, TimeoutError, AssertionError) as error:
        faults.append(f"{type(error).__name__}: {error}")
    if after > behaviour.memory:
        faults.append(f"keeps {after >> 10} KiB, at most {behaviour.memory >> 10}")
    if memory.peak > behaviour.peak:
        faults.append(f"took {memory.peak >> 10} KiB, at most {behaviour.peak >> 10}")
    return Row(behaviour, did, faults, memory.peak, after, pair.moves - moves, pair.slowest_lately,
               time.monotonic() - start)


async def recovered(server):
    """Waits until it is healthy and nobody but the pair is connected."""
    async with asyncio.timeout(RECOVERY):
        while True:
            health = await server.health()
            if health["status"] == "healthy" and health["connections"] == HONEST:
                return
            await asyncio.sleep(0.05)


async def settled(memory, bound):
    """What is left, which is given back within a second."""
    for _ in range(20):
        if (after := memory.look()) <= bound:
            break
        await asyncio.sleep(0.05)
    return after
