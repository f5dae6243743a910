"""What is held against a number: memory, cores, joins, starts, crowds, durable moves."""

import contextlib
import dataclasses
import statistics
import subprocess
import tempfile

from arithmetic import server_micros, verdict
from tools import BUILD, NotMeasured

KIB = 1024
CONNECTIONS = 5000
ROOMS = CONNECTIONS // 2
# A whole heartbeat's time, so that each connection is pinged once, whenever it was opened.
HEARTBEAT_SECONDS = 15
# Longer than any room is idle here, whose turn would end else.
PATIENT = {"turnSeconds": 3600}
# Less than this between two servers of so many connections is a difference of their heartbeats.
NO_CORES = 0.002
# A join costs the same with 20,000 open rooms as with 100, but for what two runs differ by.
FLAT = 1.1
# Enough that the server works and does not wait for its disk: each join is stored before it is answered.
JOINERS = 300
OPEN_ROOMS = [100, 1000, 20_000]
HANDLESS = 1000
CROWD = 10_000
PERCENTILES = ("p50", "p90", "p99")
# Fifty moves a second: enough of them for a hundredth to be fifteen.
CROWD_SECONDS = 30
STARTS = 10
DURABLE_RATE = 5000
# One after the other.
DURABLE_RATES = range(7500, 30_001, 2500)
KEEPING_UP = 0.98


@dataclasses.dataclass(frozen=True)
class Bound:
    """A row of the table: a figure of a measurement, as text, and what it has to keep to."""

    figure: str
    title: str
    format: str
    most: float = None
    least: float = None

    @property
    def target(self):
        if self.most is not None:
            return f"≤ {self.format.format(self.most)}"
        return f"≥ {self.format.format(self.least)}" if self.least is not None else ""

    def verdict(self, spread):
        return verdict(spread.median, self.most, self.least)


@dataclasses.dataclass(frozen=True)
class Measurement:
    word: str
    run: object             # what gives the figures of one round, from the tools
    bounds: tuple

    def measure(self, tools):
        return tools.spreads(self.word, lambda: self.run(tools), lambda run: ", ".join(
            f"{bound.title}: {bound.format.format(run[bound.figure])}" for bound in self.bounds))


@contextlib.contextmanager
def certificate():
    """Of the server itself, for an hour of measuring."""
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        files = {"PARLOR_TLS_CERT": f"{folder}/certificate.pem", "PARLOR_TLS_KEY": f"{folder}/key.pem"}
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-out", files["PARLOR_TLS_CERT"], "-keyout", files["PARLOR_TLS_KEY"]], check=True, capture_output=True)
        yield files


def grown(result, count, kind="resident"):
    """Bytes of the server for each; `private` are those without the pages of files, which the system can take back."""
    return (result["server"][f"{kind}After"] - result["server"][f"{kind}Before"]) / count


def handless(tools):
    """Beside the floor: what it takes to write as many frames of that size is no part of what a server could save."""
    with tools.server() as server:
        result = tools.load(server, "pong", "--rooms", HANDLESS, "--idle-handed")
    cores, received, connections = result["server"]["cores"], result["received"], 2 * HANDLESS
    floor = tools.floor({
        "connections": connections, "group": 2, "rate": 1, "in": 50, "answer": 0,
        "hz": round(result["perSecond"] / connections, 3), "state": round(received["bytes"] / received["messages"])})
    kernel = floor["cpuSeconds"] / floor["seconds"]
    return {"cores": cores, "floor": kernel, "ours": cores - kernel, "delivered": result["perSecond"]}


def idle(tools):
    with tools.server() as server:
        plain = tools.load(server, "idle", "--connections", CONNECTIONS)
    with certificate() as files, tools.server(environment=files) as server:
        secure = tools.load(server, "idle", "--connections", CONNECTIONS)
    resident = grown(plain, CONNECTIONS)
    return {"resident": resident, "private": grown(plain, CONNECTIONS, "private"),
            "tls": grown(secure, CONNECTIONS) - resident}


def seated(tools):
    """With rooms and without: what both have are the connections."""
    results = {}
    for name, options in {"without": [], "with": ["--seated"]}.items():
        with tools.server(**PATIENT) as server:
            results[name] = tools.load(
                server, "idle", "--connections", CONNECTIONS, *options, seconds=max(tools.seconds, HEARTBEAT_SECONDS))
    room = {kind: grown(results["with"], ROOMS, kind) - grown(results["without"], ROOMS, kind)
            for kind in ("resident", "private")}
    cores = {name: result["server"]["cores"] for name, result in results.items()}
    return room | cores | {"cores": cores["with"] - cores["without"]}


def tls_echo(tools):
    with certificate() as files, tools.server(environment=files) as server:
        return {"micros": server_micros(tools.load(server, "echo", "--connections", 100, "--rate", 10_000))}


def joins(tools):
    rates, micros = {}, {}
    for rooms in OPEN_ROOMS:
        with tools.server() as server:
            result = tools.load(server, "joins", "--connections", JOINERS, "--open-rooms", rooms)
        rates[f"at {rooms}"] = result["perSecond"]
        micros[rooms] = server_micros(result)
    first, *_, last = micros.values()
    return rates | {"micros": first, "flat": last / first}


def start(tools):
    starts = sorted(tools.start() for _ in range(STARTS))
    return {"ms": statistics.median(starts), "slowest": starts[-1]}


def players_wait(tools, spectators):
    """By percentile, in milliseconds."""
    with tools.server() as server:
        result = tools.load(
            server, "crowd", "--spectators", spectators, seconds=max(tools.seconds, CROWD_SECONDS), is_in_turn=True)
    return {percentile: result["latency"][percentile] / 1000 for percentile in PERCENTILES}


def crowd(tools):
    alone, crowded = players_wait(tools, 0), players_wait(tools, CROWD)
    return {"times": crowded["p99"] / alone["p99"],
            **{f"{percentile} alone": wait for percentile, wait in alone.items()},
            **{f"{percentile} crowded": wait for percentile, wait in crowded.items()}}


def durable(tools):
    with tools.server(durability="everyInput") as server:
        steady = tools.load(server, "moves", "--rooms", 100, "--rate", DURABLE_RATE, "--check-durable", is_in_turn=True)
    return {"p50": steady["latency"]["p50"] / 1000, "p99": steady["latency"]["p99"] / 1000,
            "micros": server_micros(steady), "most": most_durable(tools)}


def most_durable(tools):
    """The most that were answered in a second, at rates that rise until the server does not keep up."""
    most = 0
    for rate in DURABLE_RATES:
        try:
            with tools.server(durability="everyInput") as server:
                answered = tools.load(server, "moves", "--rooms", 500, "--rate", rate, is_in_turn=True)["perSecond"]
        except NotMeasured:
            break
        most = max(most, answered)
        if answered < KEEPING_UP * rate:
            break
    return most


MEASUREMENTS = [
    Measurement("handless", handless, (
        Bound("cores", f"{HANDLESS:,} rooms of Pong in which nobody plays: cores", "{:.3f}", most=0.15),
        Bound("floor", "the floor's, which writes as much and does nothing else", "{:.3f}"),
        Bound("ours", "what is left: the games, and our part of writing", "{:.3f}"),
        Bound("delivered", "states a second that they are sent", "{:,.0f}"))),
    Measurement("idle", idle, (
        Bound("resident", f"Idle connection, resident, of {CONNECTIONS:,}", "{:,.0f} B", most=7 * KIB),
        Bound("private", "of it private, without the pages of files", "{:,.0f} B"),
        Bound("tls", "what TLS adds to it", "{:,.0f} B"))),
    Measurement("tls", tls_echo, (Bound("micros", "Protocol `ping` through TLS: CPU of the server", "{:.2f} µs"),)),
    Measurement("seated", seated, (
        Bound("resident", f"Idle room, resident, of {ROOMS:,}: two sit and nobody moves", "{:,.0f} B", most=5 * KIB),
        Bound("private", "of it private, without the pages of files", "{:,.0f} B"),
        Bound("cores", "cores that they take", "{:.4f}", most=NO_CORES),
        Bound("without", f"cores that their {CONNECTIONS:,} connections take without them", "{:.4f}"))),
    Measurement("joins", joins, (
        *(Bound(f"at {rooms}", f"Quick joins a second with {rooms:,} open rooms", "{:,.0f}", least=5000)
          for rooms in OPEN_ROOMS),
        Bound("micros", f"CPU of a join and the leaving, with {OPEN_ROOMS[0]} open rooms", "{:.1f} µs"),
        Bound("flat", f"times as much with {OPEN_ROOMS[-1]:,}", "{:.2f}", most=FLAT))),
    Measurement("start", start, (
        Bound("ms", f"Start to listening, of {STARTS} starts", "{:.0f} ms", most=150),
        Bound("slowest", "the slowest of them", "{:.0f} ms"))),
    Measurement("crowd", crowd, (
        *(Bound(f"{percentile} {name}", f"{percentile} of a move of two players whom {who}", "{:.2f} ms")
          for name, who in (("alone", "nobody watches"), ("crowded", f"{CROWD:,} watch"))
          for percentile in PERCENTILES),
        Bound("times", "p99 times as long", "{:.2f}", most=1.5))),
    Measurement("durable", durable, (
        Bound("p50", f"Durable moves, {DURABLE_RATE:,}/s in 100 rooms: p50", "{:.2f} ms"),
        Bound("p99", "p99", "{:.2f} ms"),
        Bound("micros", "CPU of the server for one", "{:.1f} µs"),
        Bound("most", "most durable moves a second in 500 rooms", "{:,.0f}"))),
]
