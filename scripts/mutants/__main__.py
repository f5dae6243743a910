"""Plants faults in the room engine and in the output gate, one at a time, and counts how many the tests catch.

    python3 -B scripts/mutants              all of them
    python3 -B scripts/mutants 17 204       these alone, by the numbers of the last run

All faults are compiled into one build of a copy of the repository, in a temporary folder; an environment variable
switches one on. Ends with 1 when fewer are caught than must be, or when an explanation in mutants.survivors is stale.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from kinds import Maker
from schemata import Copy

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(tempfile.gettempdir()).resolve() / "parlor-mutants"
EXPLAINED = ROOT / "scripts" / "mutants.survivors"
MUTATED = ["Sources/RoomEngine/*.swift", "Sources/Server/Rooms/OutputGate.swift"]
TARGETS = ["RoomEngine", "ParlorServer"]

MUST_BE_KILLED = 0.9
FEWEST_MUTANTS = 100  # fewer, and it is the tokenizer that has gone blind
AT_ONCE = 2
SLOWER_AT_MOST = 10  # a run that takes this many times what it takes without a fault hangs
SHORTEST_TIMEOUT_SECONDS = 20
MOST_MEMORY_BYTES = 16 << 30  # of addresses, for a fault that allocates for ever


@dataclass
class Tests:
    """One command, tried on every mutant that those before it have not killed."""

    name: str
    folder: str  # where its tests are; without it the command is left out
    arguments: list
    environment: dict


# Whole playouts of games, for seconds: they let pass whatever the rest lets pass.
SLOW = r"RoomEngineTests\.(LawsTests|SecretLawTests|TestRoomTests)/"

TESTS = [
    Tests("engine and gate", "Tests/RoomEngineTests",
          ["--filter", r"RoomEngineTests\.|ServerTests\.OutputGateTests", "--skip", SLOW], {}),
    Tests("simulation", "Tests/SimulationTests", ["--filter", "SimulationTests"],
          {"SWIFT_DETERMINISTIC_HASHING": "1", "PARLOR_SIMULATION_SEEDS": "1...6"}),
]


def run(tests, mutant, timeout):
    """How a run of tests with a mutant ends: "passed", "failed", "crashed" or "hung". And what it said."""
    # Called directly, because `swift test` locks the package and allows one run at a time.
    binary = next((FOLDER / ".build" / "debug").glob("*PackageTests.xctest"))
    environment = os.environ | tests.environment | {"PARLOR_MUTANT": str(mutant), "SWIFT_BACKTRACE": "enable=no"}
    process = subprocess.Popen(
        ["nice", binary, "--testing-library", "swift-testing", *tests.arguments], cwd=FOLDER, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "hung", ""
    if process.returncode == 0:
        return "passed", output
    return "crashed" if process.returncode < 0 else "failed", output


def baseline(commands):
    """Every command must pass without a fault; gives each its timeout."""
    timeouts = {}
    for tests in commands:
        start = time.monotonic()
        end, output = run(tests, 0, None)
        seconds = time.monotonic() - start
        if end != "passed" or " 0 tests" in output.splitlines()[-1]:
            raise SystemExit(f"{output[-4000:]}\n{tests.name}: {end} without any fault")
        timeouts[tests.name] = max(SHORTEST_TIMEOUT_SECONDS, seconds * SLOWER_AT_MOST)
        print(f"  {tests.name}: {output.splitlines()[-1].strip()}", flush=True)
    return timeouts


def explanations():
    """Survivors that are known to change nothing: lines of `file | function | fault | reason`."""
    known = {}
    for line in EXPLAINED.read_text().splitlines() if EXPLAINED.exists() else []:
        if line and not line.startswith("#"):
            file, function, what, reason = line.split(" | ", 3)
            known[(file, function, what)] = reason
    return known


def table(title, mutants, killed, key):
    print(f"\n{title:<28}{'made':>6}{'killed':>8}{'survived':>10}")
    counts, dead = Counter(key(m) for m in mutants), Counter(key(m) for m in mutants if m.number in killed)
    for name, count in sorted(counts.items()):
        print(f"{name:<28}{count:>6}{dead[name]:>8}{count - dead[name]:>10}")


def main():
    started = time.monotonic()
    paths = sorted({p.relative_to(ROOT) for pattern in MUTATED for p in ROOT.glob(pattern)})
    makers = [Maker(str(path), (ROOT / path).read_text()) for path in paths]
    mutants = [mutant for maker in makers for mutant in maker.mutants]
    for number, mutant in enumerate(mutants, start=1):
        mutant.number = number
    print(f"{len(mutants)} mutants of {len(paths)} files; building them in {FOLDER}", flush=True)

    copy = Copy(ROOT, FOLDER, makers)
    copy.prepare()
    copy.build(TARGETS)
    built = time.monotonic()
    compiled = [mutant for mutant in mutants if mutant.number not in copy.dropped]
    print(f"{len(compiled)} compile; built in {built - started:.0f} s", flush=True)

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    commands = [tests for tests in TESTS if (ROOT / tests.folder).is_dir()]
    timeouts = baseline(commands)
    wanted = {int(number) for number in sys.argv[1:]}
    chosen = [mutant for mutant in compiled if not wanted or mutant.number in wanted]
    killed, ends = {}, Counter()
    for tests in commands:
        alive = [mutant for mutant in chosen if mutant.number not in killed]
        start = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = pool.map(lambda m: run(tests, m.number, timeouts[tests.name])[0], alive)
            for done, (mutant, end) in enumerate(zip(alive, results), start=1):
                if end != "passed":
                    killed[mutant.number] = tests.name
                    ends[end] += 1
                if done % 50 == 0 or done == len(alive):
                    print(f"  {tests.name}: {done} of {len(alive)}, {len(killed)} killed so far", flush=True)
        count = sum(name == tests.name for name in killed.values())
        print(f"{tests.name}: killed {count} of {len(alive)} in {time.monotonic() - start:.0f} s", flush=True)
    report(chosen, killed, ends, copy.dropped)
    print(f"seconds: {built - started:.0f} to build, {time.monotonic() - built:.0f} to run")
    return 0 if wanted else verdict(chosen, killed)


def report(mutants, killed, ends, dropped):
    table("file", mutants, killed, lambda mutant: mutant.file)
    table("kind", mutants, killed, lambda mutant: mutant.kind)
    known = explanations()
    survivors = [mutant for mutant in mutants if mutant.number not in killed]
    explained = [m for m in survivors if (m.file, m.function, m.what) in known]
    for title, listed in (("explained", explained), ("UNEXPLAINED", [m for m in survivors if m not in explained])):
        print(f"\nsurvivors, {title}: {len(listed)}")
        for m in listed:
            print(f"  {m.number:>4} {m.file}:{m.line} {m.kind} | {m.function} | {m.what}")
    print(f"\nkilled by a failed test {ends['failed']}, by a crash {ends['crashed']}, by the timeout {ends['hung']}")
    print(f"not compiled: {len(dropped)}")


def verdict(mutants, killed):
    survived = {(m.file, m.function, m.what) for m in mutants if m.number not in killed}
    stale = [fault for fault in explanations() if fault not in survived]
    for fault in stale:
        print(f"stale explanation, nothing like it survives: {' | '.join(fault)}")
    rate = len(killed) / max(1, len(mutants))
    passed = rate >= MUST_BE_KILLED and len(mutants) >= FEWEST_MUTANTS and not stale
    print(f"mutants: {len(killed)} of {len(mutants)} killed, {rate:.1%}: {'passed' if passed else 'FAILED'}")
    return 0 if passed else 1


sys.exit(main())
