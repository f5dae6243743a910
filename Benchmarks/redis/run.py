"""Measures what a command costs the Redis client, beside hiredis's own loop in C. Writes results/redis.md.

usage: run.py [rounds]      three by default; the tables show medians
"""

import json
import os
import pathlib
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / ".build/release/redis-bench"
LOOP = ROOT / ".build/redis-loop"
RESULT = ROOT / "Benchmarks/results/redis.md"

# How many commands go out at once, and how many are measured.
DEPTHS = {1: 50_000, 16: 400_000, 256: 1_000_000, 1000: 1_000_000}
WORKLOADS = ["set", "get"]
# Commands made beforehand with a completion each, the same as one batch, and commands that are made for each sending.
WAYS = ["each", "batch", "made"]
# Of pipelined commands, in CPU time of the loop in C, which has its arguments beforehand.
MOST = 2.0
HUNG = 200
# Sessions saved, and then loaded, each at its time.
RATE = 5000


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_redis(folder):
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        if "Ready to accept connections" in line:
            return server, port
    raise SystemExit("redis-server did not start")


def run(command):
    """On the last core, away from the server on the first, where there is more than one."""
    cores = os.cpu_count() or 1
    pinned = ["taskset", "-c", str(cores - 1), *map(str, command)]
    result = json.loads(subprocess.run(pinned, check=True, capture_output=True, text=True).stdout)
    return result["cpu"] / result["commands"] * 1e6


def measure(port, rounds):
    """Microseconds of CPU by (workload, depth, who), one figure a round; who follows whom in each round."""
    figures = {}
    for number in range(rounds):
        for workload in WORKLOADS:
            for depth, commands in DEPTHS.items():
                clients = {way: [BENCH, port, workload, depth, commands, way] for way in WAYS}
                clients["C"] = [LOOP, port, workload, depth, commands]
                names = list(clients) if number % 2 else list(clients)[::-1]
                for name in names:
                    figures.setdefault((workload, depth, name), []).append(run(clients[name]))
    return figures


def hang(server, port):
    """What commands that wait for a server which hangs cost, in bytes of the heap and of the process."""
    client = subprocess.Popen(
        [BENCH, str(port), "hung", str(HUNG)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert client.stdout.readline().strip() == "ready"
    server.send_signal(signal.SIGSTOP)
    try:
        client.stdin.write("\n")
        client.stdin.flush()
        return json.loads(client.stdout.readline())
    finally:
        server.send_signal(signal.SIGCONT)
        client.communicate("\n")


def sessions(port):
    """Each a row: what was done at what rate, and how long it took."""
    rows = ["| sessions | a second | p50 ms | p99 ms | longest ms | CPU of the server's side, us |",
            "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for what in ["save", "load"]:
        command = [str(BENCH), str(port), what, str(RATE), "10"]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if result["failures"]:
            raise SystemExit(f"{result['failures']} sessions failed")
        rows.append(f"| {what} | {RATE:,} | {result['p50']:.2f} | {result['p99']:.2f} | {result['max']:.1f} | "
                    f"{result['micros']:.0f} |")
    return rows


def table(figures):
    rows = ["| command | at once | loop in C | one by one | times C | as a batch | times C | made, one by one | times C |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    worst = 0.0
    for workload in WORKLOADS:
        for depth in DEPTHS:
            loop = statistics.median(figures[workload, depth, "C"])
            cells = []
            for way in WAYS:
                mine = statistics.median(figures[workload, depth, way])
                cells += [f"{mine:.2f}", f"{mine / loop:.2f}"]
                if depth > 1:
                    worst = max(worst, mine / loop)
            rows.append(f"| {workload.upper()} | {depth:,} | {loop:.2f} | {' | '.join(cells)} |")
    return rows, worst


def main():
    # Stopped from outside, it still stops its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    subprocess.run(["cc", "-O2", "-o", LOOP, pathlib.Path(__file__).with_name("loop.c"), "-lhiredis"], check=True)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        server, port = start_redis(folder)
        try:
            if os.cpu_count() > 1:
                os.sched_setaffinity(server.pid, set(range(os.cpu_count() - 1)))
            figures = measure(port, rounds)
            kept = sessions(port)
            hung = hang(server, port)
        finally:
            server.kill()
            server.wait()
    rows, worst = table(figures)
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    text = f"""# The Redis client

`make bench-redis` wrote this. Microseconds of CPU of the client alone (`getrusage`, user and
system) for a command: SET of 100 bytes and GET of them, over 1,000 keys, so many sent at once and then as many replies
awaited. The loop in C is hiredis as it comes: `redisAppendCommandArgv`, `redisGetReply`, `freeReplyObject`. It has its
arguments beforehand, and so have the first two ways of ours: a completion for each, and one for all. The third makes
each `RedisCommand` too.

* {os.cpu_count()} cores ({cpu}), the client pinned to one of them; Linux {platform.release()}
* load average before: {load:.1f}; {rounds} interleaved rounds, medians

{chr(10).join(rows)}

Pipelined (16 at once and more), the worst of all is {worst:.2f} times the loop in C; at most {MOST:.1f} is
wanted. One at a time is a round trip each, and there the event loop's own system calls count.

## Sessions

Through `RedisSessionStore`, a script for each save, a GET for each load; from the moment each was due until it was done.
Ten seconds each, no pinning, the Redis server on the same machine.

{chr(10).join(kept)}

## A server that hangs

{HUNG} commands (SET of 100 bytes) that wait for a stopped server hold {hung["heap"] / 1024:.0f} KB of the heap,
{hung["heap"] / HUNG:,.0f} bytes each, in a process that grew by {hung["resident"] / 1024:.0f} KB.
"""
    RESULT.write_text(text)
    print(text)
    if worst > MOST:
        raise SystemExit(f"more than {MOST} times the loop in C")


if __name__ == "__main__":
    main()
