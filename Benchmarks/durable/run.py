"""Measures durable moves: how many a second, how long each takes, and what that costs. Writes results/durable.md.

usage: run.py [runs]      three by default; the tables show medians
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / ".build/release/trial-server"
LOAD = ROOT / ".build/durable-load"
RESULT = ROOT / "Benchmarks/results/durable.md"

ROOMS = [1, 100, 1000]
# A second lets caches fill; four hold some thousand flushes of the disk.
WARM, MEASURED = 1, 4
# Few enough that no move meets another: what is left of its latency is the way through the server and to the disk.
LIGHT_ROOMS, LIGHT_RATE = 100, 200
# All players come from one address and send as fast as they can.
NO_LIMITS = ["--messages-per-second", "0", "--joins-per-minute-per-address", "0", "--max-rooms-per-address", "0",
             "--max-connections-per-address", "0"]
# Moves that were due and never let out, of all: a few are due in the last moment, more means that it fell behind.
NEVER_SENT = 0.01
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def all_cpu_seconds():
    """Of everything that runs here. Idling and waiting for the disk are no work; a guest's time is in its user's."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def measure(sync, rooms, rate, durability="everyInput"):
    """One server on an empty folder, one load: what the load says, and how many cores the server and others used."""
    with tempfile.TemporaryDirectory(dir=RESULT.parent) as folder:
        games = pathlib.Path(folder, "games.json")
        games.write_text(json.dumps({"games": [{"type": "counter", "durability": durability}]}))
        server = subprocess.Popen(
            [SERVER, "--port", "0", "--data", f"{folder}/data", "--games", games, "--sqlite-sync", sync, *NO_LIMITS],
            stdout=subprocess.PIPE, text=True)
        try:
            address = next(line for line in server.stdout if line.startswith("listening on "))
            port = address.strip().rsplit(":", 1)[1]
            load = subprocess.Popen(
                [LOAD, port, *map(str, (rooms, int(rate), WARM, MEASURED))], stdout=subprocess.PIPE, text=True)
            marks = {}
            for line in load.stdout:
                if line.startswith("{"):
                    result = json.loads(line)
                else:
                    marks[line.strip()] = (cpu_seconds(server.pid), cpu_seconds(load.pid), all_cpu_seconds())
            if load.wait() != 0:
                sys.exit(f"the load failed: {sync}, {rooms} rooms, {rate} moves a second")
            spent = [(after - before) / MEASURED for before, after in zip(marks["measuring"], marks["measured"])]
            return {**result, "cores": spent[0], "others": spent[2] - spent[1] - spent[0]}
        finally:
            server.kill()
            server.wait()


def flush_cost():
    """Milliseconds that the disk takes to make 4 KiB at a file's end safe: median and 99th percentile of 300."""
    with tempfile.TemporaryFile(dir=RESULT.parent) as file:
        times = []
        for _ in range(300):
            file.write(bytes(4096))
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return times[150], times[297]


def machine():
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    kind, device = subprocess.run(
        ["findmnt", "-no", "FSTYPE,SOURCE", "-T", RESULT.parent], capture_output=True, text=True, check=True
    ).stdout.split()
    return [f"* {os.cpu_count()} cores ({cpu}), shared by the server and the load",
            f"* Linux {platform.release()}; {kind} on {device}",
            "* `fdatasync` of 4 KiB, median / p99: " + ", ".join(
                f"{median:.2f} / {worst:.2f} ms {when}" for when, (median, worst) in FLUSH.items()),
            f"* load average before: {LOAD_AVERAGE:.1f}; {RUNS} interleaved runs of {MEASURED} s each, medians"]


def median(results, name):
    return statistics.median(result[name] for result in results)


def fell_behind(results):
    return median(results, "neverSent") > NEVER_SENT * median(results, "moves")


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def milliseconds(us):
    return f"{us / 1000:.2f}"


def main():
    subprocess.run(
        ["clang", "-O2", "-Wall", "-Wextra", "-std=gnu17", "-o", LOAD, ROOT / "Benchmarks/durable/load.c"], check=True)
    configurations = [(sync, rooms) for rooms in ROOMS for sync in ("full", "normal")]
    most = {configuration: [] for configuration in configurations}
    half = {configuration: [] for configuration in configurations}
    light = {name: [] for name in ("full", "normal", "none")}
    FLUSH["before"] = flush_cost()
    for run in range(RUNS):
        for sync, rooms in configurations:
            most[sync, rooms].append(measure(sync, rooms, 0))
            # Of the first run's maximum in every run, so that the runs are of one load.
            rate = most[sync, rooms][0]["perSecond"] / 2
            half[sync, rooms].append({**measure(sync, rooms, rate), "rate": rate})
            top, calm = most[sync, rooms][-1], half[sync, rooms][-1]
            print(f"run {run + 1}: {sync}, {rooms} rooms: {top['perSecond']:.0f} moves/s, at {rate:.0f} "
                  f"p50 {calm['p50']} us, p99 {calm['p99']} us", flush=True)
        light["full"].append(measure("full", LIGHT_ROOMS, LIGHT_RATE))
        light["normal"].append(measure("normal", LIGHT_ROOMS, LIGHT_RATE))
        light["none"].append(measure("full", LIGHT_ROOMS, LIGHT_RATE, "none"))
    FLUSH["after"] = flush_cost()

    rows = []
    for sync, rooms in configurations:
        top, calm = most[sync, rooms], half[sync, rooms]
        rows.append([
            f"{rooms:,} room{'s' * (rooms > 1)}, `{sync}`", f"{median(top, 'perSecond'):,.0f}",
            f"{min(result['perSecond'] for result in top):,.0f} to {max(result['perSecond'] for result in top):,.0f}",
            f"{median(top, 'cores'):.2f}", f"{median(top, 'cores') / median(top, 'perSecond') * 1e6:.0f}",
            f"{median(calm, 'rate'):,.0f}" + (" (fell behind)" if fell_behind(calm) else ""),
            milliseconds(median(calm, "p50")), milliseconds(median(calm, "p99")),
            f"{median(calm, 'cores'):.2f}", f"{median(top + calm, 'others'):.2f}"])
    light_rows = [
        [name, milliseconds(median(results, "p50")), milliseconds(median(results, "p99")),
         milliseconds(median(results, "p50") - median(light["none"], "p50"))]
        for name, results in (("`everyInput`, `full`", light["full"]), ("`everyInput`, `normal`", light["normal"]),
                              ("`none`", light["none"]))]
    text = [
        "# Durable moves", "",
        "`make bench-durable` wrote this. The game is `counter` of the release build of `trial-server`, one player to",
        "a room, each with up to 16 moves unanswered. A move counts once it is answered, which is after it is stored;",
        "every answer was checked. Latency counts from when a move was due.", "",
        *machine(), "",
        "## Most moves a second, and latency at half of that", "",
        *table(["", "moves/s", "least to most", "server cores", "CPU us/move", "at moves/s", "p50 ms", "p99 ms",
                "server cores", "others' cores"], rows), "",
        "Others are whatever else the machine did meanwhile: where that is more than next to none, the server had less",
        "than two cores to itself, and the figures are lower bounds of it.", "",
        f"## What waiting for the store adds: {LIGHT_RATE} moves/s in {LIGHT_ROOMS} rooms", "",
        *table(["durability", "p50 ms", "p99 ms", "p50 more than `none`"], light_rows), ""]
    RESULT.write_text("\n".join(text))
    print("\n".join(text))


RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
FLUSH = {}
LOAD_AVERAGE = os.getloadavg()[0]

if __name__ == "__main__":
    RESULT.parent.mkdir(exist_ok=True)
    main()
