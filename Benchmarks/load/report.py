"""The page of a run: the machine, and three tables. Figures in, text out, but for what the machine says of itself."""

import os
import pathlib
import platform
import subprocess

from arithmetic import Spread
from tools import ROOT


def machine():
    cpu = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) // 1024
    return [f"* {os.cpu_count()} cores ({cpu}), {memory:,} MiB; Linux {platform.release()}"]


def commit():
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    name = git("rev-parse", "--short", "HEAD") or "unknown"
    return f"* commit {name}" + (", with changes" if git("status", "--porcelain", "--", "Sources") else "")


def conditions(tools, load_average):
    return [*machine(), commit(),
            f"* load average before: {load_average:.1f}; {tools.rounds} interleaved rounds of {tools.seconds} s after "
            f"{tools.warm_up} s of warming up, medians, least and most of the rounds in brackets"]


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines]


def spread(figures, form):
    """The median; and what the rounds differ by, when there was more than one."""
    median, least, most = (form.format(value) for value in (figures.median, figures.least, figures.most))
    return median if least == most else f"{median} ({least} to {most})"


def ratio_rows(measured):
    """`measured`: what was measured of each ratio, or why it was not."""
    for ratio, figures in measured:
        target = f"≤ {ratio.most}" if ratio.most else ""
        if isinstance(figures, str):
            yield [ratio.title, ratio.unit, "", "", "", target, f"not measured: {figures}"]
            continue
        yield [ratio.title, ratio.unit, spread(figures["server"], "{:.2f}"), spread(figures["floor"], "{:.2f}"),
               f"{figures['server'].over(figures['floor']):.2f}", target, ratio.verdict(figures)]


def bound_rows(measured):
    for measurement, figures in measured:
        for bound in measurement.bounds:
            if isinstance(figures, str):
                yield [bound.title, "", bound.target, f"not measured: {figures}"]
            else:
                found: Spread = figures[bound.figure]
                yield [bound.title, spread(found, bound.format), bound.target, bound.verdict(found)]


def rate_rows(measured):
    for ratio, figures in measured:
        if isinstance(figures, str):
            continue
        latency = [f"{figures[name].median / 1000:.2f}" if name in figures else "" for name in ("p50", "p99", "p999")]
        yield [ratio.title, f"{figures['sent'].median:,.0f}", f"{figures['delivered'].median:,.0f}",
               f"{figures['bytes'].median:.0f}",
               f"{figures['perRead'].median:.1f}", f"{figures['cores'].median:.3f}", *latency]


def page(conditions, ratios, bounds):
    """`conditions`: lines about the run."""
    text = ["# Speed", "", "`make bench` wrote this. [Performance](../../docs/performance.md) says what the rows mean. The",
            "server has one event loop on the first core; load and the floor's driver have the last.", "", *conditions, ""]
    if ratios:
        text += ["## Against the floor", "",
                 "The [floor](../floor/README.md) moves the same bytes through as many sockets and does nothing else.", "",
                 *table(["scenario", "per", "server µs", "floor µs", "ratio", "target", "verdict"], ratio_rows(ratios)), ""]
    if rates := list(rate_rows(ratios)):
        text += ["What was sent and delivered meanwhile, in frames of what size; how many of them a client found together;",
                 "and in how long: from the moment when a message was due until it was answered.", "",
                 *table(["scenario", "sent/s", "delivered/s", "bytes a frame", "frames a read", "server cores", "p50 ms",
                         "p99 ms", "p99.9 ms"], rates), ""]
    if bounds:
        text += ["## Against a number", "",
                 *table(["", "measured", "target", "verdict"], bound_rows(bounds)), ""]
    return "\n".join(text)
