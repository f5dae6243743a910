"""Counts what a turn of each workload costs, in instructions and in allocations: figures that repeat where times do not.

usage: costs.py check|show|update [WORKLOAD...]

`check` fails when a workload costs more than thresholds.json allows, `show` only prints, `update` writes them anew. What
callgrind has seen of each stays in .build-micro/callgrind, for callgrind_annotate. scripts/guard-costs builds first.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNTED = ROOT / ".build-micro/instruction-count"
SEEN = ROOT / ".build-micro/callgrind"
THRESHOLDS = pathlib.Path(__file__).with_name("thresholds.json")

# How much more a workload may cost, in percent of its instructions: what another order of the same code makes of it.
MORE = 5
# From here on it is worth writing the thresholds anew, so that what was won is kept.
LESS = 5
# What is allocated now and then differs from run to run, as a table that grows: so much, and so many percent. One more in
# each turn is seen in all but the largest.
SOMETIMES = 0.1
SOMETIMES_PERCENT = 0.5

# Seconds for one workload under callgrind, the longest of which take some twenty.
PATIENCE = 300

ALLOCATORS = {"malloc", "calloc", "realloc", "reallocarray", "memalign", "posix_memalign", "aligned_alloc"}
# In libc, some of them lead to others: one allocation all the same.
WITHIN = ALLOCATORS | {"_mid_memalign", "_mid_memalign.constprop.0"}
ENVIRONMENT = os.environ | {
    # Under callgrind, Swift's backtracer would wait for ever for what it is to look at.
    "SWIFT_BACKTRACE": "enable=no",
    # Hash tables in the same order in every run.
    "SWIFT_DETERMINISTIC_HASHING": "1",
    # The same memcpy on every processor.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX_Fast_Unaligned_Load,-SSSE3,-ERMS",
}


class Cost(typing.NamedTuple):
    """Of one turn."""

    instructions: int
    allocations: float


def workloads():
    """The turns and the meaning of each, by name."""
    lines = subprocess.run([COUNTED], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: (int(turns), what) for name, turns, what in (line.split("\t") for line in lines)}


def count_all(names):
    """The costs of some workloads by name, or of all when none is named."""
    known = workloads()
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such workload: {', '.join(sorted(unknown))}")
    chosen = names or list(known)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(chosen, pool.map(lambda name: count(name, known[name][0]), chosen)))


def count(name, turns):
    SEEN.mkdir(exist_ok=True)
    seen = SEEN / f"{name}.out"
    run = subprocess.run(
        # Fair to threads, so that they take turns in the same way in every run.
        ["valgrind", "--tool=callgrind", "--fair-sched=try", "--instr-atstart=no", f"--callgrind-out-file={seen}",
         COUNTED, name],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE)
    if run.returncode:
        raise SystemExit(f"{name}: {run.stdout}{run.stderr}")
    with seen.open() as lines:
        return cost(lines, turns)


def cost(lines, turns):
    """The cost of one turn, from a file of callgrind's about so many."""
    names, caller, callee, instructions, allocations = {}, None, None, 0, 0
    for line in lines:
        # A function is named where it is first met, and after that goes by its number.
        if function := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
            is_called, number, name = function.groups()
            name = names.setdefault(number, name)
            caller, callee = (caller, name) if is_called else (name, None)
        elif line.startswith("calls=") and callee in ALLOCATORS and caller not in WITHIN:
            allocations += int(line[len("calls="):].split()[0])
        elif line.startswith("totals:"):
            instructions = int(line.split()[1])
    return Cost(round(instructions / turns), round(allocations / turns, 2))


def judge(now, allowed):
    """What is to be said about a cost, and whether that is that it is "too much" or "less" than before."""
    if allowed is None:
        return "has no threshold", "too much"
    more = 100 * (now.instructions - allowed.instructions) / allowed.instructions
    sometimes = SOMETIMES + allowed.allocations * SOMETIMES_PERCENT / 100
    words = f"{more:+.1f} %"
    if abs(now.allocations - allowed.allocations) > sometimes:
        words += f", allocations {now.allocations - allowed.allocations:+.2f}"
    if more > MORE or now.allocations > allowed.allocations + sometimes:
        return f"TOO MUCH: {words}", "too much"
    if more < -LESS or now.allocations < allowed.allocations - sometimes:
        return f"less: {words}", "less"
    return words, None


def read_thresholds():
    entries = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    return {name: Cost(**entry) for name, entry in entries.items()}


def write_thresholds(thresholds):
    lines = (f'  "{name}": {json.dumps(thresholds[name]._asdict())}' for name in sorted(thresholds))
    THRESHOLDS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main(verb, *names):
    thresholds = read_thresholds()
    found = {"too much": [], "less": [], None: []}
    costs = count_all(names)
    print(f"{'workload':20}{'instructions':>14}{'allocations':>13}")
    for name, now in costs.items():
        words, finding = judge(now, thresholds.get(name))
        found[finding].append(name)
        print(f"{name:20}{now.instructions:>14,}{now.allocations:>13,g}   {words}")
    if verb == "update":
        return write_thresholds((thresholds if names else {}) | costs)
    if found["less"]:
        print(f"less than before: {', '.join(found['less'])}. So that it stays: scripts/guard-costs --update")
    gone = [] if names else sorted(set(thresholds) - set(costs))
    if gone:
        print(f"not measured any more: {', '.join(gone)}")
    if verb == "check" and (found["too much"] or gone):
        raise SystemExit(f"costs: too much, or not known: {', '.join(found['too much'] + gone)}")
    if verb == "check":
        print(f"costs: none of {len(costs)} is too much")


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("check", "show", "update"):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
