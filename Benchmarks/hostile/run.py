"""Measures what floods cost the server, and what honest players notice of them. Writes results/bench-hostile.md.

usage: run.py [rounds]      three by default; the tables show medians

The server has one core to itself and the generator the other. Exit code 1 when a flood delays honest players too much.
"""

import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = pathlib.Path(os.environ.get("PARLOR", ROOT / ".build/release/parlor"))
FLOOD = ROOT / ".build/flood"
RESULT = ROOT / "Benchmarks/results/bench-hostile.md"

WARM, MEASURED = 2, 5
# A p99 is told by the slowest hundredth: 15 s of 500 moves a second make 75 of them.
DELAY_MEASURED = 15
HONEST = "honest:500:500"
# What a hostile connection does, from how many connections, and how often in a second: below what one core can do.
FLOODS = {
    "bad-json": ("text that is no JSON", 100, 5000), "unknown-type": ("messages of no type there is", 100, 5000),
    "ping": ("pings of the protocol", 100, 5000), "ping-frame": ("pings of WebSocket", 100, 5000),
    "refused-move": ("moves that are refused", 100, 5000), "resync": ("resync", 100, 2000), "chat": ("chat", 100, 2000),
    "room-list": ("room lists", 100, 1000), "guess": ("guesses of clients", 100, 1000),
    "join-leave": ("joins and leaves, in turn", 100, 400), "get-rooms": ("room lists by HTTP", 50, 1000),
    "garbage": ("1 KiB of garbage, with the connection it ends", 200, 500),
    "oversize": ("16 MiB announced, with the connection it ends", 200, 500),
    "half-handshake": ("half a request, and silence", 1500, 100),
    "connect-close": ("connections without a word", 200, 500), "open-close": ("sockets opened and closed", 200, 500),
}
# All of it at once: 2,000 connections, and what they do in a second.
MIX = {
    "bad-json": (300, 600), "unknown-type": (300, 600), "ping": (200, 600), "ping-frame": (200, 600),
    "refused-move": (200, 400), "resync": (100, 200), "chat": (100, 100), "room-list": (100, 100), "guess": (150, 150),
    "join-leave": (50, 50), "get-rooms": (50, 100), "garbage": (50, 50), "oversize": (50, 50),
    "half-handshake": (100, 10), "open-close": (50, 50),
}
# So many times later than without them an honest player's move may be answered.
MOST = 2.0


def cpu_seconds(pid):
    """Of all threads of a process, in nanoseconds' steps, which its own stat has not."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def measure(*loads, seconds=MEASURED):
    """One server on an empty folder, these loads: what the generator says, and the cores that the server used."""
    with tempfile.TemporaryDirectory(dir=RESULT.parent) as folder:
        server = subprocess.Popen(
            ["taskset", "-c", "0", SERVER, "--port", "0", "--data", f"{folder}/data", "--drain-seconds", "0"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = next(line for line in server.stdout if line.startswith("listening on "))
            flood = subprocess.Popen(
                ["taskset", "-c", str((os.cpu_count() or 1) - 1), FLOOD, address.strip().rsplit(":", 1)[1], str(WARM),
                 str(seconds), *loads], stdout=subprocess.PIPE, text=True)
            marks = {}
            for line in flood.stdout:
                if line.startswith("{"):
                    result = json.loads(line)
                else:
                    marks[line.strip()] = cpu_seconds(server.pid)
            if flood.wait() != 0:
                sys.exit(f"the honest players were refused: {loads}")
            return {**result, "cores": (marks["measured"] - marks["measuring"]) / seconds}
        finally:
            server.kill()
            server.wait()


def median(results, name):
    return statistics.median(result[name] for result in results)


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def costs():
    """CPU microseconds of an honest player's message, and of each hostile act."""
    idle = measure()["cores"]
    honest = measure(HONEST)
    base = (honest["cores"] - idle) * MEASURED / honest["loads"][0]["messages"] * 1e6
    rows = [["an honest player's message", f"{honest['loads'][0]['messages'] / MEASURED:,.0f}", f"{base:.1f}", "1.0", ""]]
    for kind, (name, connections, rate) in FLOODS.items():
        result = measure(f"{kind}:{connections}:{rate}")
        [load] = result["loads"]
        cost = (result["cores"] - idle) * MEASURED / max(load["sent"], 1) * 1e6
        rows.append([name, f"{load['sent'] / MEASURED:,.0f}", f"{cost:.1f}", f"{cost / base:.1f}", f"{load['opened']:,}"])
        print(f"{name}: {cost:.1f} us, {load['sent']} sent, {load['starved']} not, {load['opened']} opened", flush=True)
    return rows


def delays(rounds):
    """Honest players without and with everybody else, in turn."""
    without, beside = [], []
    mix = [f"{kind}:{count}:{rate}" for kind, (count, rate) in MIX.items()]
    for number in range(rounds):
        without.append(measure(HONEST, seconds=DELAY_MEASURED))
        beside.append(measure(HONEST, *mix, seconds=DELAY_MEASURED))
        print(f"round {number + 1}: p99 {without[-1]['p99']} us alone, {beside[-1]['p99']} us beside the hostile", flush=True)
    return without, beside


def machine(load_average, rounds):
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    return [f"* {os.cpu_count()} cores ({cpu}): the server on the first, the generator on the last",
            f"* Linux {platform.release()}; load average before: {load_average:.1f}",
            f"* default limits; {MEASURED} s a flood, {DELAY_MEASURED} s a delay; {rounds} interleaved rounds, medians"]


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    load_average = os.getloadavg()[0]
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    RESULT.parent.mkdir(exist_ok=True)
    sources = sorted((ROOT / "Benchmarks/hostile").glob("*.c"))
    subprocess.run(["clang", "-O2", "-Wall", "-Wextra", "-std=gnu17", "-o", FLOOD, *sources], check=True)
    cost_rows = costs()
    without, beside = delays(rounds)
    ratio = median(beside, "p99") / median(without, "p99")
    connections, rate = (sum(one[place] for one in MIX.values()) for place in (0, 1))
    delay_rows = [
        [name, f"{median(results, 'moves'):,.0f}", *[f"{median(results, key) / 1000:.2f}" for key in ("p50", "p99", "max")],
         f"{median(results, 'cores'):.2f}"]
        for name, results in ((f"500 honest players, {HONEST.rsplit(':')[-1]} moves/s", without),
                              (f"beside {connections:,} hostile connections, {rate:,} acts/s", beside))]
    text = [
        "# Floods", "", "`make bench-hostile` wrote this. An act is one message, or one connection with what is said on it.",
        "A connection that the server ends is made again, which is part of its cost. Latency counts from when a move was due.", "",
        *machine(load_average, rounds), "", "## What the server spends on an act", "",
        *table(["", "acts/s", "CPU us/act", "against honest", "connections made"], cost_rows), "",
        "## What honest players notice", "",
        *table(["", "moves", "p50 ms", "p99 ms", "latest ms", "server cores"], delay_rows), "",
        f"p99 is {ratio:.2f} times as long; at most {MOST:.0f} times is allowed. The hostile: "
        + ", ".join(f"{count} {FLOODS[kind][0]} ({rate}/s)" for kind, (count, rate) in MIX.items()) + ".", ""]
    RESULT.write_text("\n".join(text))
    print("\n".join(text))
    sys.exit(0 if ratio <= MOST else 1)


if __name__ == "__main__":
    main()
