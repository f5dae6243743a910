"""All mutants in one build: every changed place asks at run time whether its mutant is the active one."""

import filecmp
import os
import re
import shutil
import subprocess
from pathlib import Path

# Becomes one file in each mutated module, in the copy alone: the product has no such switch.
SWITCH = """\
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

@usableFromInline let activeMutant: Int = getenv("PARLOR_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0
@usableFromInline func mutantFlip(_ mutant: Int, _ value: Bool) -> Bool { value != (activeMutant == mutant) }
@usableFromInline func mutantPass(_ mutant: Int, _ value: Bool) -> Bool { value || activeMutant == mutant }
@usableFromInline func mutantBump<N: BinaryInteger>(_ mutant: Int, _ value: N) -> N {
    activeMutant == mutant ? value + 1 : value
}
"""
HELPERS = {"flip": "mutantFlip", "pass": "mutantPass", "bump": "mutantBump"}
COPIED = ("Package.swift", "Package.resolved", "Sources", "Tests")
# Each round of the compiler removes what it complained about; it stops early in a phase, so there are several.
MOST_ROUNDS = 8
ERROR = re.compile(r"^(/\S+\.swift):(\d+):(\d+): error: (.*)", re.MULTILINE)


class Text:
    """A mutated file on its way out, and which mutants each part of it is there for."""

    def __init__(self, original, edits, dropped):
        self.original, self.dropped = original, dropped
        self.parts, self.length, self.regions = [], 0, []
        self.edits = sorted(edits, key=lambda edit: (edit.start, -edit.end))
        self.render(0, len(original), 0)
        self.text = "".join(self.parts)

    def put(self, text):
        self.parts.append(text)
        self.length += len(text)

    def render(self, start, end, index):
        """Puts original[start:end] with the edits from `index` on that lie in it; returns the next edit."""
        while index < len(self.edits) and self.edits[index].start < end:
            edit = self.edits[index]
            if edit.end > end:
                raise SystemExit(f"edits overlap: {self.original[edit.start:edit.end]!r}")
            self.put(self.original[start : edit.start])
            index = self.place(edit, index + 1)
            start = edit.end
        self.put(self.original[start:end])
        return index

    def alive(self, entries):
        """Those that compile, of mutants or of tuples that begin with one."""
        mutants = [entry[0] if isinstance(entry, tuple) else entry for entry in entries]
        return [entry for entry, mutant in zip(entries, mutants) if mutant.number not in self.dropped]

    def region(self, mutants, put):
        start = self.length
        result = put()
        if mutants:
            self.regions.append((start, self.length, [mutant.number for mutant in mutants]))
        return result

    def place(self, edit, index):
        for mutant, text in self.alive(edit.befores):
            self.region([mutant], lambda: self.put(f"if activeMutant == {mutant.number} {{ {text} }}\n"))
        for mutant, text in self.alive(edit.inserts):
            self.region([mutant], lambda: self.put(text.format(mutant.number)))
        drops = self.alive(edit.drops)

        def statement():
            if drops:
                self.put("if " + " && ".join(f"activeMutant != {mutant.number}" for mutant in drops) + " { ")
            after = self.expression(edit, index)
            if drops:
                self.put(" }")
            return after

        return self.region(drops, statement)

    def expression(self, edit, index):
        wraps = self.alive(edit.wraps)
        closings = []
        begin = self.length
        for mutant, how, variant in wraps:
            if how in HELPERS:
                self.put(f"{HELPERS[how]}({mutant.number}, ")
            else:
                self.put(f"(activeMutant == {mutant.number} ? (")
                self.region([mutant], lambda: self.put(variant))
                self.put(") : ")
            closings.append(")")
        after = self.render(edit.start, edit.end, index)
        self.put("".join(closings))
        if wraps:
            self.regions.append((begin, self.length, [mutant.number for mutant, _, _ in wraps]))
        return after

    def blame(self, line, column):
        """The mutants of the smallest part around a place, else of that line, else of the nearest part before it."""
        lines = self.text.split("\n")
        start = sum(len(text) + 1 for text in lines[: line - 1])
        at = start + column - 1
        around = [region for region in self.regions if region[0] <= at < region[1]]
        if around:
            return min(around, key=lambda region: region[1] - region[0])[2]
        end = start + len(lines[line - 1])
        beside = [number for first, last, numbers in self.regions if first < end and last > start for number in numbers]
        before = [region for region in self.regions if region[1] <= at]
        return beside or (max(before, key=lambda region: region[1])[2] if before else [])


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


class Copy:
    """The scratch copy of the repository that the mutants are built in. Kept, as its first build takes minutes."""

    def __init__(self, root, folder, makers):
        self.root, self.folder, self.makers = root, folder, makers
        self.dropped = {}  # number -> what the compiler said
        self.texts = {}

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / ".build").exists() and (self.root / ".build").exists():
            subprocess.run(["cp", "-r", "--reflink=auto", self.root / ".build", self.folder], check=True)
            # It holds modules that are bound to the path they were compiled under.
            for cache in (self.folder / ".build").glob("*/*/ModuleCache"):
                shutil.rmtree(cache)
        mutated = {self.folder / maker.source.path for maker in self.makers}
        for name in COPIED:
            self.update(self.root / name, self.folder / name, mutated)
        for module in {path.relative_to(self.folder).parts[1] for path in mutated}:
            write(self.folder / "Sources" / module / "ActiveMutant.swift", SWITCH)

    def update(self, source, copy, mutated):
        """Leaves what is equal alone, so that the build stays incremental."""
        if source.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
            names = {entry.name for entry in source.iterdir()}
            for entry in copy.iterdir():
                if entry.name not in names | {"ActiveMutant.swift"}:
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            for name in names:
                self.update(source / name, copy / name, mutated)
        elif copy not in mutated and not (copy.exists() and filecmp.cmp(source, copy, shallow=False)):
            shutil.copyfile(source, copy)

    def write(self):
        for maker in self.makers:
            text = Text(maker.source.text, maker.edits.values(), self.dropped)
            path = self.folder / maker.source.path
            self.texts[str(path)] = text
            write(path, text.text)

    def build(self, targets):
        """Builds, without the mutants that do not compile."""
        for arguments in [["--target", target] for target in targets] + [["--build-tests"]]:
            for _ in range(MOST_ROUNDS):
                self.write()
                run = subprocess.run(
                    ["nice", "swift", "build", *arguments], cwd=self.folder, text=True, errors="replace",
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                if run.returncode == 0:
                    break
                before = len(self.dropped)
                for path, line, column, message in ERROR.findall(run.stdout):
                    if os.path.realpath(path) in self.texts:
                        for number in self.texts[os.path.realpath(path)].blame(int(line), int(column)):
                            self.dropped.setdefault(number, message)
                if len(self.dropped) == before:
                    raise SystemExit(run.stdout[-6000:] + "\nthis does not build, and no mutant is to blame")
                print(f"  {len(self.dropped) - before} mutants do not compile and are left out", flush=True)
            else:
                raise SystemExit(f"still not compiled after {MOST_ROUNDS} rounds")
