"""Times every workload and counts what it costs. Writes results/micro.md.

usage: run.py      builds what it needs; two minutes after that
"""

import json
import os
import platform
import statistics
import subprocess

import costs

RESULT = costs.ROOT / "Benchmarks/results/micro.md"
PACKAGE = ["swift", "package", "--scratch-path", ".build-micro"]

HEAD = """# Pieces of the server's work

`make bench-micro` wrote this. All is of one turn. Nanoseconds are the median of what
[ordo-one/benchmark](https://github.com/ordo-one/benchmark) sampled, and worth nothing where the machine had other work;
instructions and allocations were counted by callgrind, and repeat. They are what `scripts/guard-costs` holds. `whole-` is
all that is between the bytes of a client and those that everybody gets, on one loop, without sockets.

* {cores} cores ({processor}); Linux {release}; load average before: {load:.1f}

| workload | one turn | ns | instructions | allocations |
| --- | --- | ---: | ---: | ---: |
"""


def time_all(turns):
    """The median of one turn of each workload, in nanoseconds."""
    run = subprocess.run(
        [*PACKAGE, "benchmark", "--target", "micro-benchmarks", "--format", "jmh", "--path", "stdout", "--quiet",
         "--no-progress"],
        cwd=costs.ROOT, env=os.environ | {"PARLOR_BENCHMARKING": "1"}, check=True, stdout=subprocess.PIPE, text=True)
    report = next(line for line in run.stdout.splitlines() if line.startswith("[{"))
    times = {}
    for benchmark in json.loads(report):
        name = benchmark["benchmark"].rsplit(".", 1)[1]
        samples = benchmark["secondaryMetrics"]["Time (wall clock)"]["rawData"][0]
        times[name] = statistics.median(samples) * 1000 / turns[name]
    return times


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def main():
    load = os.getloadavg()[0]
    known = costs.workloads()
    times = time_all({name: turns for name, (turns, _) in known.items()})
    counts = costs.count_all([])
    text = HEAD.format(cores=os.cpu_count(), processor=processor(), release=platform.release(), load=load)
    for name, (_, what) in known.items():
        instructions, allocations = counts[name]
        text += f"| {name} | {what} | {times[name]:,.0f} | {instructions:,} | {allocations:,g} |\n"
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
