"""What happens to Redis: each trouble begins, lasts, and is over."""

import asyncio
import time

from redis_lab import INTERVAL, RedisServer, SentinelLab, ask
from victim import free_port
from wire import FarWire


class Trouble:
    name = ""
    # The shortest and the longest, in seconds.
    lasts = (0.2, 2)
    # Whether a server has to switch, once it has had the time to notice...
    is_due = True
    # ...which is nothing where connections end, and its deadline where nobody answers.
    is_silent = False
    # Redis comes back without what it had.
    loses_data = False
    may_kill_server = True

    def __init__(self, lab, random):
        self.lab, self.random = lab, random
        self.seconds = random.uniform(*self.lasts)

    async def begin(self):
        """Returns when it began."""
        raise NotImplementedError

    async def end(self):
        """Returns when Redis answers again."""
        raise NotImplementedError

    async def tidy(self):
        """What remains to be done when the server is well again."""


class Death(Trouble):
    """`kill -9`; nobody listens, or something in between still does and hangs up."""

    name = "kill"
    lasts = (0, 2)

    async def begin(self):
        refuses = self.random.random() < 0.7
        began = time.time()
        self.go()
        if refuses:
            await self.lab.wire.order("refuse")
        return began

    def go(self):
        self.lab.redis.kill()

    async def end(self):
        redis = self.lab.redis
        await redis.bury()
        if self.loses_data:
            redis.wipe()
        await redis.start()
        await redis.wait_until_up()
        await self.lab.wire.order("accept")
        return time.time()


class Restart(Death):
    """By its operator, in good order."""

    name = "restart"
    lasts = (0, 1)

    def go(self):
        self.lab.redis.shut_down()


class DataLoss(Death):
    name = "restart without data"
    loses_data = True
    may_kill_server = False


class Hang(Trouble):
    name = "hang"
    is_silent = True

    async def begin(self):
        began = time.time()
        self.lab.redis.pause()
        return began

    async def end(self):
        self.lab.redis.resume()
        await self.lab.redis.wait_until_up()
        return time.time()


class ShortHang(Hang):
    """Shorter than the deadline."""

    name = "short hang"
    lasts = (0.05, 0.3)
    may_kill_server = False


class HeldRequests(Trouble):
    """A wire that passes nothing to Redis. What was on it comes late, or never."""

    name = "requests held"
    is_silent = True
    held = {"requests": True}

    async def begin(self):
        began = time.time()
        await self.lab.wire.order("hold", **self.held)
        return began

    async def end(self):
        await self.lab.wire.order("release", is_late=self.random.random() < 0.5)
        return time.time()


class HeldReplies(HeldRequests):
    """Redis does all that it is told, and nobody hears that it did."""

    name = "replies held"
    held = {"replies": True}


class Garbage(Trouble):
    """Every connection gets a reply that is none."""

    name = "garbage"
    async def begin(self):
        began = time.time()
        await self.lab.wire.order("garble")
        # It begins with the first of them; there is one as soon as anybody plays.
        while (garbled := await self.lab.wire.order("tell")) is None and time.time() < began + 1:
            await asyncio.sleep(INTERVAL)
        return garbled or began

    async def end(self):
        await self.lab.wire.order("clear")
        return time.time()


class Cut(Trouble):
    """Connections end, and new ones can be made at once."""

    name = "cut"
    lasts = (0, 0)
    is_due = may_kill_server = False

    async def begin(self):
        began = time.time()
        await self.lab.wire.order("cut")
        return began

    async def end(self):
        return time.time()


class Flush(Trouble):
    """Everything is gone while all is well."""

    name = "flush"
    lasts = (0, 0)
    is_due = may_kill_server = False
    loses_data = True

    async def begin(self):
        began = time.time()
        await ask(self.lab.redis.port, "FLUSHALL")
        return began

    async def end(self):
        return time.time()


class Failover(Trouble):
    """The master dies, and its replica takes its place."""

    name = "failover"
    lasts = (0, 0)
    may_kill_server = False

    async def begin(self):
        began = time.time()
        self.lab.master.kill()
        return began

    async def end(self):
        await self.lab.wait_until_replaced()
        return time.time()

    async def tidy(self):
        await self.lab.revive()
        await self.lab.wait_until_whole()


class Handover(Failover):
    """The same by order, with nobody dead. It may be over before anything fails."""

    name = "handover"
    is_due = False

    async def begin(self):
        began = time.time()
        await self.lab.hand_over()
        return began

    async def end(self):
        await self.lab.wait_until_replaced()
        # What the old master is told until it follows the new one is lost; whoever knows it writes it again.
        await self.lab.wait_until_left()
        return time.time()

    async def tidy(self):
        await self.lab.wait_until_whole()


class OneRedis:
    """Redis, and a wire to it."""

    def __init__(self, folder, seed, sync):
        self.redis = RedisServer(folder, "redis", sync)
        self.wire = FarWire(free_port(), self.redis.port, seed)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.wire.port}"

    async def start(self):
        await self.redis.start()
        await self.redis.wait_until_up()
        await self.wire.start()

    async def close(self):
        await self.wire.close()
        self.redis.kill()
        await self.redis.bury()

    # One of each, in this order, is what every run begins with; the server dies in some.
    FIRST = [
        (Death, None), (Hang, "away"), (ShortHang, None), (HeldRequests, None), (HeldReplies, "back"), (Garbage, None),
        (Cut, None), (Restart, None), (DataLoss, None), (Flush, None)]
    # What is drawn then, and how often.
    DRAWN = {
        Death: 4, Hang: 3, ShortHang: 2, HeldRequests: 2, HeldReplies: 2, Garbage: 2, Cut: 2, Restart: 2, DataLoss: 2,
        Flush: 1}


class Sentinels(SentinelLab):
    FIRST = [(Failover, None), (Handover, None)]
    DRAWN = {Failover: 2, Handover: 1}


# In how many of the troubles that allow it the server is killed too.
SERVER_DIES = 0.3


def plan(lab, rounds, random):
    """Returns so many troubles, each with when the server is started again that is killed meanwhile: while Redis is
    away, when it is back, or None: it is not killed."""
    planned = list(lab.FIRST[:rounds])
    while len(planned) < rounds:
        kind = random.choices(list(lab.DRAWN), lab.DRAWN.values())[0]
        dies = kind.may_kill_server and random.random() < SERVER_DIES
        planned.append((kind, random.choice(["away", "back"]) if dies else None))
    return planned
