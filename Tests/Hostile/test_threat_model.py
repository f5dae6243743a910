"""Holds docs/threat-model.md to the tests that it names.

Run by `make test`, or by hand: `python3 -B Tests/Hostile/test_threat_model.py`.
"""

import pathlib
import re
import sys

import hostile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def names():
    """Of every test and every row there is."""
    for file in ROOT.glob("Tests/**/*.swift"):
        yield from re.findall(r"func `([^`]+)`|@Test\(\s*\"([^\"]+)\"", file.read_text())
    for file in ROOT.glob("Tests/**/*.py"):
        yield from ((name,) for name in re.findall(r"def (test_\w+)", file.read_text()))
    yield from ((behaviour.name,) for behaviour in hostile.TABLE)


def main():
    known = {name for found in names() for name in found if name}
    page = (ROOT / "docs/threat-model.md").read_text()
    rows = [line.split("|")[3] for line in page.splitlines() if line.startswith("| ") and line.count("|") == 4]
    claimed = [name for row in rows for name in re.findall(r'"([^"]+)"', row)]
    missing = sorted(set(claimed) - known)
    for name in missing:
        print(f"no test is called: {name}")
    print(f"{len(claimed) - len(missing)} passed, {len(missing)} failed")
    sys.exit(1 if missing or not claimed else 0)


if __name__ == "__main__":
    main()
