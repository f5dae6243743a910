"""What a server logs about its stores, and whether it switched between them when it should have."""

import dataclasses
import datetime
import json
import os
import threading
import time

from victim import Victim

# What the log says, and where a server switches by it.
MESSAGES = {
    "Redis is away: rooms and sessions are kept in SQLite": "degraded",
    "Redis serves: rooms and sessions are kept there": "healthy",
    "Redis has lost its data: what this server knows is written again": "lost"}
# How much later than its deadline a server may notice, in seconds.
SLACK = 0.1
# An answer from before a switch may come this long after it was logged.
LATE = 1
# An outage that is about as long as the deadline may be noticed or not; one this much longer must be.
MARGIN = 0.15


@dataclasses.dataclass(frozen=True)
class Switch:
    """`to`: healthy, degraded, or lost: Redis was found to have lost its data. Times are seconds since 1970."""

    at: float
    to: str


def switch_of(line, arrived):
    """The switch that a line of the log tells of, if it does."""
    try:
        facts = json.loads(line)
        return Switch(time_of(facts["time"]) or arrived, MESSAGES[facts["message"]])
    except (ValueError, TypeError, KeyError):
        return None


def time_of(text):
    """None where that is no help, as a time in whole seconds is none."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    # What is below the millisecond was cut off: it was not earlier than that.
    return at.timestamp() + 0.001 if at.microsecond and at.tzinfo else None


class WatchedVictim(Victim):
    """Its log is read as it is written."""

    def __init__(self, folder, *arguments):
        super().__init__(folder, "--log-format", "json", *arguments)
        self.switches = []
        self.reader = None

    def open_log(self):
        end, start = os.pipe()
        # In a thread, because an event loop with many people on it comes late.
        self.reader = threading.Thread(target=self.read_log, args=(end,), daemon=True)
        self.reader.start()
        return os.fdopen(start, "wb")

    def read_log(self, end):
        with os.fdopen(end, "rb") as lines, open(self.log, "ab") as log:
            for line in lines:
                if switch := switch_of(line, time.time()):
                    self.switches.append(switch)
                log.write(line)
                log.flush()

    async def bury(self):
        await super().bury()
        self.reader.join()

    def first(self, to, since):
        """When it first switched there since then; None: not yet."""
        return next((switch.at for switch in self.switches if switch.to == to and switch.at >= since), None)

    def lacks_redis(self, since):
        """Whether the server that began then says so, or did until just now."""
        mine = [switch for switch in self.switches if switch.at >= since]
        if not mine or mine[-1].to == "degraded":
            return bool(mine)
        return mine[-1].at > time.time() - LATE and any(switch.to == "degraded" for switch in mine)


@dataclasses.dataclass
class Outage:
    """One outage as it was. Times are seconds since 1970."""

    kind: str
    # When it began for those who ask Redis, and when Redis answered again.
    struck: float
    back: float
    # How long it takes a server to notice: nothing where connections end, its deadline where nobody answers.
    takes: float
    # How late it may notice, whatever the kind.
    limit: float
    # Some are over in no time: noticing them is allowed and not due.
    is_due: bool = True

    def judge(self, switched):
        """`switched`: how long after it began the server switched, if it did.

        Returns the column of what is wrong with that, and why.
        """
        length = self.back - self.struck
        if switched is None:
            if self.is_due and length >= self.takes + MARGIN:
                return "late", f"{self.kind} of {length * 1000:.0f} ms: no switch"
        elif length <= self.takes - MARGIN:
            return "needless", f"{self.kind} of {length * 1000:.0f} ms: switched after {switched * 1000:.0f} ms"
        elif self.is_due and switched > self.limit:
            return "late", f"{self.kind}: switched after {switched * 1000:.0f} ms, limit {self.limit * 1000:.0f} ms"
        return None
