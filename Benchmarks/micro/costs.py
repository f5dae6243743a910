"""Counts what a turn of each workload costs, in instructions and in allocations: figures that repeat where times do not.

usage: costs.py check|show|update [WORKLOAD...]

`check` fails when a workload costs more than thresholds.json allows, `show` only prints, `update` writes them anew. What
callgrind has seen of each workload stays in .build-micro/callgrind, for callgrind_annotate. Build first: scripts/guard-costs
does both.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

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

ALLOCATORS = {"malloc", "calloc", "realloc", "reallocarray", "memalign", "posix_memalign", "aligned_alloc"}
ENVIRONMENT = os.environ | {
    # Hash tables in the same order in every run.
    "SWIFT_DETERMINISTIC_HASHING": "1",
    # The same memcpy on every processor.
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX_Fast_Unaligned_Load,-SSSE3,-ERMS",
}


def workloads():
    """The turns and the meaning of each, by name."""
    lines = subprocess.run([COUNTED], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: (int(turns), what) for name, turns, what in (line.split("\t") for line in lines)}


def count(name, turns):
    """(instructions, allocations) of one turn."""
    SEEN.mkdir(exist_ok=True)
    seen = SEEN / f"{name}.out"
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={seen}", COUNTED, name],
        env=ENVIRONMENT, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{name}: {run.stdout}{run.stderr}")
    instructions, calls = read(seen)
    allocations = sum(calls.get(allocator, 0) for allocator in ALLOCATORS)
    return round(instructions / turns), round(allocations / turns, 2)


def read(seen):
    """The instructions in a file of callgrind's, and how often each function was called."""
    names, calls, callee, instructions = {}, {}, None, 0
    for line in seen.open():
        if function := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
            number, name = function.groups()
            if name:
                names[number] = name
            callee = names[number]
        elif line.startswith("calls="):
            calls[callee] = calls.get(callee, 0) + int(line[6:].split()[0])
        elif line.startswith("totals:"):
            instructions = int(line.split()[1])
    return instructions, calls


def count_all(names):
    known = workloads()
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such workload: {', '.join(sorted(unknown))}")
    chosen = names or list(known)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(chosen, pool.map(lambda name: count(name, known[name][0]), chosen)))


def judge(cost, threshold):
    """What is to be said about a cost, and whether it is too much."""
    if threshold is None:
        return "no threshold yet", True
    more = 100 * (cost[0] / threshold[0] - 1)
    sometimes = SOMETIMES + threshold[1] * SOMETIMES_PERCENT / 100
    if cost[1] > threshold[1] + sometimes:
        return f"MORE: {threshold[1]} allocations are allowed", True
    if more > MORE:
        return f"MORE: {more:+.1f} % of {threshold[0]} instructions", True
    if more < -LESS or cost[1] < threshold[1] - sometimes:
        return f"less: {more:+.1f} %, and {threshold[1]} allocations before", False
    return f"{more:+.1f} %", False


def main(verb, *names):
    thresholds = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    costs = count_all(names)
    failed, won = [], []
    print(f"{'workload':18}{'instructions':>14}{'allocations':>13}")
    for name, cost in costs.items():
        verdict, is_too_much = judge(cost, thresholds.get(name))
        if is_too_much:
            failed.append(name)
        elif verdict.startswith("less"):
            won.append(name)
        print(f"{name:18}{cost[0]:>14,}{cost[1]:>13}   {verdict}")
    if verb == "update":
        thresholds = (thresholds if names else {}) | costs
        entries = (f'  "{name}": {json.dumps(list(thresholds[name]))}' for name in sorted(thresholds))
        THRESHOLDS.write_text("{\n" + ",\n".join(entries) + "\n}\n")
        return
    if won:
        print(f"costs less than before: {', '.join(won)}. Keep it: scripts/guard-costs --update")
    if not names and (gone := set(thresholds) - set(costs)):
        failed += gone
        print(f"not measured any more: {', '.join(sorted(gone))}")
    if failed and verb == "check":
        raise SystemExit(f"costs: {len(failed)} of {len(costs)} too high: {', '.join(failed)}")


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("check", "show", "update"):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
