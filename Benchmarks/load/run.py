"""Measures the server beside the floor, and what else has a target. Writes results/latest.md.

usage: run.py [--rounds 3] [--seconds 5] [--warm-up 2] [WORD...]

Words choose scenarios; then nothing is written, only printed. Exit code 1 when something could not be measured: a missed
target is said in the table. PARLOR names another executable than the release build.
"""

import os
import sys

from bounds import MEASUREMENTS
from ratios import RATIOS
from report import conditions, page
from tools import BUILD, ROOT, NotMeasured, begin, say

RESULT = ROOT / "Benchmarks/results/latest.md"


def measure(rows, words, tools):
    """Each chosen row with what was measured, or with why it was not."""
    measured = []
    for row in rows:
        if words and row.word not in words:
            continue
        try:
            measured.append((row, row.measure(tools)))
        except NotMeasured as why:
            say(f"{row.word}: not measured: {why}")
            measured.append((row, str(why)))
    return measured


def main():
    load_average = os.getloadavg()[0]
    tools, words = begin(__doc__, [row.word for row in [*RATIOS, *MEASUREMENTS]])
    (BUILD / "raw.jsonl").unlink(missing_ok=True)
    ratios = measure(RATIOS, words, tools)
    bounds = measure(MEASUREMENTS, words, tools)
    text = page(conditions(tools, load_average), ratios, bounds)
    if not words:
        RESULT.write_text(text)
    print(text)
    sys.exit(1 if any(isinstance(figures, str) for _, figures in ratios + bounds) else 0)


if __name__ == "__main__":
    main()
