"""What is held against the floor: a scenario of `parlor bench`, and the same work with nothing but the kernel's part."""

import dataclasses

from arithmetic import Shape, costs, verdict
from tools import NotMeasured


@dataclasses.dataclass(frozen=True)
class Ratio:
    word: str               # what ONLY chooses it by
    title: str
    unit: str               # what the cost is of
    bench: tuple            # the scenario and its options
    shape: Shape
    most: float = None      # times the floor; None: no target

    def measure(self, tools):
        """The server and the floor in turn."""
        return tools.spreads(self.word, lambda: self.run(tools), lambda run: (
            f"server {run['server']:.2f} us, floor {run['floor']:.2f} us a {self.unit}"))

    def run(self, tools):
        result, figures = beside_floor(tools, self.shape, *self.bench)
        received = result["received"]
        return figures | {
            "sent": result["sent"]["messages"] / result["seconds"], "delivered": result["perSecond"],
            "cores": result["server"]["cores"], "perRead": received["messages"] / received["reads"],
            "bytes": received["bytes"] / received["messages"],
            **{name: result["latency"][name] for name in ("p50", "p99", "p999") if "latency" in result}}

    def verdict(self, figures):
        return verdict(figures["server"].over(figures["floor"]), most=self.most)


def beside_floor(tools, shape, *bench, **rules):
    """One run of the server, and one of the floor with what was measured there: what the bench says, and both costs."""
    with tools.server(**rules) as server:
        result = tools.load(server, *bench)
    if objection := shape.objection(result):
        raise NotMeasured(objection)
    floor = tools.floor(shape.plan(result))
    if not floor["deliveries"]:
        raise NotMeasured("the floor delivered nothing")
    return result, costs(result, floor, shape)


# A game of seven moves is followed by two votes for another one; no game here is shorter.
MOVES_OF_MESSAGES = 7 / 9

RATIOS = [
    Ratio("echo", "Protocol `ping`, 100 connections, 10,000/s", "ping",
          ("echo", "--connections", 100, "--rate", 10_000), Shape(100, answers=1)),
    Ratio("moves", "Echo of a move, durability `none`, 50 rooms, 5,000/s", "move",
          ("moves", "--rooms", 50, "--rate", 5_000), Shape(100, group=2, answers=1, least=MOVES_OF_MESSAGES), most=3),
    Ratio("fanout", "Fan-out to 500, 120 B, 20/s", "delivery",
          ("fanout", "--members", 500, "--rate", 20, "--bytes", 120), Shape(500, group=500, least=500), most=1.5),
    Ratio("burst", "The same, but 8 messages at one moment, 20 times a second", "delivery",
          ("fanout", "--members", 500, "--rate", 160, "--bytes", 120, "--burst", 8),
          Shape(500, group=500, least=500, burst=8), most=1.5),
    Ratio("rooms", "100 rooms of 5, 10 Hz each player", "frame",
          ("rooms", "--rooms", 100, "--players", 5, "--rate-per-player", 10),
          Shape(500, group=5, answers=1, least=5 * MOVES_OF_MESSAGES), most=2.2),
    Ratio("pong", "100 rooms of Pong, 20 states/s, physics included", "state",
          ("pong", "--rooms", 100), Shape(200, group=2, answers=1, is_timed=True), most=2.5),
]
