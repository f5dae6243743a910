"""The three programs of a measurement: the server on the first core, `parlor bench` and the floor's driver on the last."""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

from arithmetic import Spread, lateness

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARLOR = pathlib.Path(os.environ.get("PARLOR", ROOT / ".build/release/parlor")).resolve()
BUILD = ROOT / ".build/bench"
FLOOR = BUILD / "floor"
GAMES = ["pong", "tictactoe", "dice", "owedrahn"]
MOST_SPECTATORS = 10_000
LAST_CORE = (os.cpu_count() or 1) - 1
# Everybody comes from one machine, and says what an overload would be. What is left are the limits that cannot be set.
NO_LIMITS = {f"PARLOR_{name}": "0" for name in [
    "MAX_CONNECTIONS", "MAX_CONNECTIONS_PER_ADDRESS", "MAX_ROOMS", "MAX_ROOMS_PER_ADDRESS", "MAX_ROOMS_PER_CLIENT",
    "MESSAGES_PER_SECOND", "JOINS_PER_MINUTE_PER_ADDRESS"]}
# For opening 10,000 connections at a thousand a second, making 20,000 rooms, and coming to an end.
PATIENCE = 180


class NotMeasured(Exception):
    """Why a figure could not be had."""


def allow_files():
    """Of each process: as many as the system lets it have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def build_floor():
    BUILD.mkdir(parents=True, exist_ok=True)
    sources = sorted((ROOT / "Benchmarks/floor").glob("*.c"))
    subprocess.run(["clang", "-std=c17", "-O2", "-Wall", "-Wextra", "-o", FLOOR, *sources], check=True)


def last_line(command, seconds):
    """The object that a program prints last, which it has so many seconds for. All are kept, for a closer look."""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"{pathlib.Path(command[0]).name} did not end within {seconds} s") from None
    lines = done.stdout.splitlines()
    if not lines or not lines[-1].startswith("{"):
        told = done.stderr.splitlines() or ["it said nothing"]
        why = next((line for line in told if line.startswith("Error")), told[-1])
        raise NotMeasured(f"exit code {done.returncode}: {why}"[:300])
    with open(BUILD / "raw.jsonl", "a") as file:
        file.write(lines[-1] + "\n")
    result = json.loads(lines[-1])
    if done.returncode != 0:
        why = "; ".join(map(str, result.get("faults") or result.get("refusals", {}).items()))
        raise NotMeasured(f"exit code {done.returncode}: {why}"[:300])
    return result


class Server:
    """`parlor serve` as an operator starts it, on an empty folder, but with one event loop on the first core."""

    def __init__(self, folder, rules, environment):
        file = folder / "games.json"
        file.write_text(json.dumps({"games": [{"type": name, **rules} for name in GAMES]}))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PARLOR")}
        self.is_secure = "PARLOR_TLS_CERT" in environment
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", PARLOR, "serve", "--port", "0", "--data", folder / "data", "--games", file,
             "--threads", "1", "--drain-seconds", "0", "--log-level", "warning"],
            cwd=folder, stdout=subprocess.PIPE, stderr=open(folder / "log", "w"), text=True,
            env=inherited | NO_LIMITS | environment)
        address = next((line for line in self.process.stdout if line.startswith("listening on ")), None)
        if address is None:
            raise NotMeasured(f"the server did not start: {(folder / 'log').read_text()[-300:]}")
        self.port = int(address.rsplit(":", 1)[1])

    @property
    def url(self):
        return f"{'wss' if self.is_secure else 'ws'}://127.0.0.1:{self.port}"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Tools:
    """What every measurement needs: how often and how long, and the programs."""

    def __init__(self, rounds, seconds, warm_up):
        self.rounds = rounds
        self.seconds = seconds
        self.warm_up = warm_up

    def spreads(self, name, run, describe):
        """The spread of each figure over the rounds; `run` gives the figures of one."""
        runs = []
        for number in range(self.rounds):
            runs.append(run())
            say(f"{name}, round {number + 1} of {self.rounds}: {describe(runs[-1])}")
        return {key: Spread.of([figures[key] for figures in runs]) for key in runs[0]}

    @contextlib.contextmanager
    def server(self, durability="none", environment=None, **rules):
        """On a real disk: a folder in memory would make what is stored free. `rules`: more of `games.json`, for all games."""
        BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            rules = {"durability": durability, "spectators": MOST_SPECTATORS} | rules
            server = Server(pathlib.Path(folder), rules, environment or {})
            try:
                yield server
            finally:
                server.stop()

    def load(self, server, scenario, *options, seconds=None, is_in_turn=False):
        """What `parlor bench` says of this scenario. `is_in_turn`: what goes out late has waited for the server's answer to
        what came before it, and is part of what is measured."""
        seconds = seconds or self.seconds
        insecure = ["--insecure"] if server.is_secure else []
        result = last_line(
            ["taskset", "-c", LAST_CORE, PARLOR, "bench", scenario, *options, "--url", server.url, *insecure,
             "--server-pid", server.process.pid, "--seconds", seconds, "--warm-up", self.warm_up, "--json"],
            self.warm_up + seconds + PATIENCE)
        objection = lateness(result["late"], result["sent"]["messages"])
        if objection and not is_in_turn:
            raise NotMeasured(objection)
        return result

    def floor(self, plan):
        """What the floor says of this plan: its flags without dashes."""
        flags = [text for name, value in plan.items() for text in (f"--{name}", value)]
        result = last_line(
            [FLOOR, *flags, "--seconds", self.seconds, "--warm-up", self.warm_up], self.warm_up + self.seconds + PATIENCE)
        if objection := lateness(result["late"], result["sent"]):
            raise NotMeasured(f"the floor's driver: {objection}")
        return result

    @staticmethod
    def start():
        """Milliseconds from the start of the process until it listens, on a folder in memory."""
        begin = time.perf_counter()
        process = subprocess.Popen(
            [PARLOR, "--port", "0", "--data", ":memory:"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            if not process.stdout.readline():
                raise NotMeasured("the server did not start")
            return 1000 * (time.perf_counter() - begin)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def begin(description, known, seconds=5):
    """Reads the command line: how often, how long, and some of the known words, or none for all. Builds the floor."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    for flag, default in {"--rounds": 3, "--seconds": seconds, "--warm-up": 2}.items():
        parser.add_argument(flag, type=int, default=default)
    parser.add_argument("words", nargs="*", metavar="WORD", help=", ".join(known))
    given = parser.parse_args()
    if unknown := set(given.words) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    if given.rounds < 1 or given.seconds < 1:
        parser.error("one round of a second is the least")
    if not os.access(PARLOR, os.X_OK):
        parser.error(f"there is no {PARLOR}: make release")
    # Stopped from outside, it still stops its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    allow_files()
    build_floor()
    return Tools(given.rounds, given.seconds, given.warm_up), given.words


def say(text):
    """Progress, beside the tables."""
    print(text, file=sys.stderr, flush=True)
