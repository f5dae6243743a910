"""Holds `parlor echo` against the Autobahn suite's cases and prints a table: autobahn.py WSTEST PARLOR [--fast].

Without --fast all but compression (sections 12 and 13), which is not offered: docs/decisions/0011. Ends with 1 if a
case failed, or passed without being strict, for text is to be refused at the byte that shows it is none. The suite's own
report is left in output/autobahn.
"""
import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys

SECTIONS = {
    "1": "framing", "2": "pings", "3": "reserved bits", "4": "opcodes", "5": "fragments", "6": "UTF-8",
    "7": "closing", "9": "large and many", "10": "a large message in pieces",
}
# What the suite calls each outcome, in the order of the table's columns.
PASSED, NON_STRICT, INFORMATIONAL, FAILED = "passed", "non-strict", "informational", "failed"
OUTCOMES = {"OK": PASSED, "NON-STRICT": NON_STRICT, "INFORMATIONAL": INFORMATIONAL}
COLUMNS = [PASSED, NON_STRICT, INFORMATIONAL, FAILED]
# How long the whole suite may take; a case that hangs has time-outs of its own.
PATIENCE = 1500


def outcome(case):
    """The worse one of what a case says of its messages and of its end. An end is informational where anything goes."""
    behavior = OUTCOMES.get(case["behavior"], FAILED)
    end = OUTCOMES.get(case["behaviorClose"], FAILED)
    return behavior if end == INFORMATIONAL else max(behavior, end, key=COLUMNS.index)


def run_suite(wstest, url, skipped, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec = folder / "spec.json"
    spec.write_text(json.dumps({
        "outdir": str(folder), "servers": [{"agent": "parlor", "url": url}], "cases": ["*"], "exclude-cases": skipped,
        "exclude-agent-cases": {},
    }))
    with open(folder / "wstest.log", "w") as log:
        subprocess.run(
            [pathlib.Path(wstest).absolute(), "--mode", "fuzzingclient", "--spec", str(spec)], cwd=folder, stdout=log, stderr=log,
            timeout=PATIENCE, check=True)
    return json.loads((folder / "index.json").read_text())["parlor"]


def number(name):
    return [int(part) for part in name.split(".")]


def print_table(cases):
    rows = collections.defaultdict(collections.Counter)
    for name, case in cases.items():
        rows[name.split(".")[0]][outcome(case)] += 1
    print(f"{'section':<30}" + "".join(f"{column:>15}" for column in COLUMNS))
    for section in sorted(rows, key=int):
        title = f"{section} {SECTIONS.get(section, '')}"
        print(f"{title:<30}" + "".join(f"{rows[section][column]:>15}" for column in COLUMNS))
    print(f"{'all':<30}" + "".join(f"{sum(row[column] for row in rows.values()):>15}" for column in COLUMNS))
    for name in sorted(cases, key=number):
        if outcome(cases[name]) != PASSED:
            case = cases[name]
            print(f"{outcome(case)}: {name}: {case['behavior']}, end {case['behaviorClose']}, "
                  f"close code {case['remoteCloseCode']}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("wstest")
    arguments.add_argument("parlor")
    arguments.add_argument("--fast", action="store_true", help="without section 9, which takes minutes")
    said = arguments.parse_args()

    skipped = ["12.*", "13.*"] + (["9.*"] if said.fast else [])
    folder = pathlib.Path("output/autobahn").resolve()
    server = subprocess.Popen([said.parlor, "echo"], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().removeprefix("listening on ").strip()
        cases = run_suite(said.wstest, url, skipped, folder)
    finally:
        server.terminate()
        ended = server.wait(timeout=10)
    print_table(cases)
    bad = [name for name, case in cases.items() if outcome(case) in (FAILED, NON_STRICT)]
    print(f"autobahn: {len(cases)} cases, {len(bad)} not passed; the suite's report is {folder}/index.html")
    if ended != 0:
        print(f"the server ended with {ended}")
    return 0 if cases and not bad and ended == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
