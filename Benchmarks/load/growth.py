"""Measures how cost and memory grow with connections and with rooms. Writes results/growth.md, and plots into docs/.

usage: growth.py [--rounds 3] [--seconds 3] [--warm-up 2] [WORD...]

Words choose `connections` or `rooms`. What is sent a second stays the same: only how many share it grows. Exit code 1
when something could not be measured.
"""

import os
import sys

from arithmetic import Shape, server_micros
from bounds import KIB, PATIENT, grown
from plot import Panel, Series, svg
from ratios import MOVES_OF_MESSAGES, beside_floor
from report import conditions, table
from tools import ROOT, NotMeasured, begin, say

RESULT = ROOT / "Benchmarks/results/growth.md"
DOCS = ROOT / "docs"
CONNECTIONS = [100, 300, 1000, 3000, 10_000]
# With two players each, 9,000 are what 20,000 files leave of both sides; those that are only open need no connections.
PLAYED = [10, 30, 100, 300, 1000, 3000, 9000]
OPEN = [10, 30, 100, 300, 1000, 3000, 10_000]
PAGE = 4096
PINGS, MOVES = 10_000, 1000


def taken(result, count):
    """Memory, of all and of each, with what the first few take for all; at least a page, which a logarithm is taken of."""
    each = max(grown(result, count), PAGE / count)
    return {"MiB": each * count / KIB**2, "bytes": each}


def connections(tools, count):
    shape = Shape(count, answers=1)
    _, figures = beside_floor(tools, shape, "echo", "--connections", count, "--rate", PINGS)
    with tools.server() as server:
        return figures | taken(tools.load(server, "idle", "--connections", count), count)


def played_rooms(tools, count):
    shape = Shape(2 * count, group=2, answers=1, least=MOVES_OF_MESSAGES)
    result, figures = beside_floor(tools, shape, "moves", "--rooms", count, "--rate", MOVES, **PATIENT)
    return figures | taken(result, count)


def open_rooms(tools, count):
    with tools.server(**PATIENT) as server:
        result = tools.load(server, "joins", "--connections", 100, "--open-rooms", count)
    return {"server": server_micros(result), "joins": result["perSecond"]} | taken(result, count)


def series(name, measure, counts, tools):
    """Of each count, the spread of each figure."""
    return {count: tools.spreads(f"{count:,} {name}", lambda: measure(tools, count), lambda run: ", ".join(
        f"{key} {value:,.2f}" for key, value in run.items())) for count in counts}


def line(name, found, key):
    return Series(name, {count: figures[key] for count, figures in found.items()})


def memory(title, x_axis, found):
    return Panel(title, "MiB resident more than before", x_axis, (line("server", found, "MiB"),), is_proportional=True)


def rows(found, count_name, titles):
    """A table; for what costs µs also how many a whole core would do in a second."""
    head = [count_name, *titles.values(), *(["a second and core"] if "server" in titles else [])]
    body = []
    for count, figures in found.items():
        cells = [f"{figures[key].median:,.2f}" if key in ("server", "floor") else f"{figures[key].median:,.0f}"
                 for key in titles]
        rate = [f"{1e6 / figures['server'].median:,.0f}"] if "server" in titles else []
        body.append([f"{count:,}", *cells, *rate])
    return table(head, body)


def of_connections(tools):
    found = series("connections", connections, CONNECTIONS, tools)
    plot = svg([
        Panel(f"CPU for a ping, {PINGS:,} a second in all", "µs of a core", "connections",
              (line("server", found, "server"), line("floor", found, "floor"))),
        memory("Memory of idle connections", "connections", found)])
    return plot, ["## Connections", "", *rows(found, "connections", {
        "server": "server µs a ping", "floor": "floor µs", "bytes": "idle, bytes each"}), ""]


def of_rooms(tools):
    played = series("rooms played in", played_rooms, PLAYED, tools)
    opened = series("open rooms", open_rooms, OPEN, tools)
    plot = svg([
        Panel(f"CPU for a move, {MOVES:,} a second in all", "µs of a core", "rooms",
              (line("server", played, "server"), line("floor", played, "floor"))),
        memory("Memory of rooms with two connections each", "rooms", played),
        Panel("CPU for a quick join and the leaving", "µs of a core", "open rooms", (line("server", opened, "server"),)),
        memory("Memory of open rooms", "open rooms", opened)])
    tables = [
        rows(played, "rooms", {
            "server": "server µs a move", "floor": "floor µs", "bytes": "with two connections, bytes each"}),
        rows(opened, "open rooms", {
            "server": "server µs a join and leaving", "joins": "done a second", "bytes": "bytes each"})]
    return plot, ["## Rooms", "", *tables[0], "", *tables[1], ""]


PARTS = {"connections": of_connections, "rooms": of_rooms}


def main():
    load_average = os.getloadavg()[0]
    tools, words = begin(__doc__, list(PARTS), seconds=3)
    text = ["# Growth", "", "`make bench-growth` wrote this, and the plots in docs/.",
            "Server and floor are run as for [latest.md](latest.md).", "", *conditions(tools, load_average), ""]
    try:
        for word, part in PARTS.items():
            if words and word not in words:
                continue
            plot, lines = part(tools)
            (DOCS / f"growth-{word}.svg").write_text(plot)
            text += lines
    except NotMeasured as why:
        sys.exit(f"{word}: not measured: {why}")
    if not words:
        RESULT.write_text("\n".join(text))
    print("\n".join(text))


if __name__ == "__main__":
    main()
