"""What becomes of the figures of single runs: the floor's flags, costs, ratios, spreads and verdicts. Pure."""

import dataclasses
import statistics

# What a scenario promises to deliver and does not, beyond this share, was not the same work as the floor's.
MOST_LOST = 0.05
# So much of what was sent may have gone out late: beyond it the generator, and not the server, was measured.
MOST_LATE = 0.05


@dataclasses.dataclass(frozen=True)
class Shape:
    """How a scenario's messages and deliveries hang together, which the floor has to repeat.

    `group`: connections that get each state. `answers`: frames for a message that its sender alone gets. `least`:
    deliveries that a message must come to; not all that is sent need be of the kind that counts. `is_timed`: states come
    with time and not with messages.
    """

    connections: int
    group: int = 1
    answers: int = 0
    least: float = 1
    burst: int = 1
    is_timed: bool = False

    def plan(self, result):
        """The floor's flags: as many bytes, in as many messages and deliveries, as the bench has measured."""
        sent, received = result["sent"], result["received"]
        plan = {"connections": self.connections, "group": self.group, "burst": self.burst}
        frame = received["bytes"] / received["messages"]
        answer = frame * self.answers
        plan["rate"] = round(sent["messages"] / result["seconds"], 3)
        plan["in"] = round(sent["bytes"] / sent["messages"])
        plan["answer"] = round(answer)
        if self.is_timed:
            plan["hz"] = round(result["deliveries"] / result["seconds"] / self.connections, 3)
            plan["state"] = round((received["bytes"] - answer * sent["messages"]) / result["deliveries"])
        else:
            plan["state"] = max(round((received["bytes"] / sent["messages"] - answer) / self.group), 0)
        return plan

    def objection(self, result):
        """Why a run is no measurement of this shape, or None."""
        sent, deliveries = result["sent"]["messages"], result["deliveries"]
        if not deliveries:
            return "nothing was delivered"
        promised = 0 if self.is_timed else sent * self.least
        if deliveries < (1 - MOST_LOST) * promised:
            return f"{deliveries} deliveries of {promised:.0f}"
        return None


def lateness(late, sent):
    """Why a run says more of who sends than of who is sent to, or None."""
    return f"{late} of {sent} messages went out late" if late > MOST_LATE * sent else None


def server_micros(result):
    """CPU of the server for a delivery."""
    return result["server"]["cpuSeconds"] / result["deliveries"] * 1e6


def costs(result, floor, shape):
    """CPU of both for a delivery, as the scenario counts them: the floor's for all the messages that one comes from."""
    if shape.is_timed:
        floor_micros = floor["cpuSeconds"] / floor["states"] * 1e6
    else:
        floor_micros = floor["cpuSeconds"] / floor["messages"] * result["sent"]["messages"] / result["deliveries"] * 1e6
    return {"server": server_micros(result), "floor": floor_micros}


@dataclasses.dataclass(frozen=True)
class Spread:
    """Of the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values))

    def over(self, other):
        """The ratio of the medians."""
        return self.median / other.median


def verdict(value, most=None, least=None):
    """Compared as measured, not as rounded for the table."""
    if most is None and least is None:
        return ""
    is_met = (most is None or value <= most) and (least is None or value >= least)
    return "met" if is_met else "**missed**"
