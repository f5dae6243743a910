"""The mutants of a file: what is changed, where, and how the changed text is switched on."""

import re
from collections import Counter
from dataclasses import dataclass, field

from swift import Source

SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "~=")
TURNED = {"+": "-", "-": "+"}
KEYWORDS = {"let", "var", "return", "throw", "if", "guard", "for", "while", "switch", "do", "defer", "break",
            "continue", "case", "default", "func", "true", "false", "nil"}
# Where an operand ends, on either side.
ENDS = ("&&", "||", "?", "=", "+=", "-=", "->")
END_WORDS = {"return", "throw", "in", "if", "guard", "while", "where", "else", "case", "try", "await"}


@dataclass
class Mutant:
    kind: str
    file: str
    function: str
    line: int
    what: str  # in one line, for people and for the list of explained survivors
    number: int = 0


@dataclass
class Edit:
    """A place in the text with its mutants: around an expression, around a statement, or before something."""

    start: int
    end: int
    wraps: list = field(default_factory=list)  # (mutant, "flip" | "bump" | "pass" | "instead", variant)
    drops: list = field(default_factory=list)  # mutants without this statement
    befores: list = field(default_factory=list)  # (mutant, text that is only there with it)
    inserts: list = field(default_factory=list)  # (mutant, text that is there without it too)


def one_line(text):
    return re.sub(r"\s+", " ", text)


class Maker:
    def __init__(self, path, text):
        self.source = Source(path, text)
        self.tokens = self.source.tokens
        self.file = path.rsplit("/", 1)[-1]
        self.mutants, self.edits, self.seen = [], {}, set()
        self.function = ""
        for block in sorted(self.source.blocks, key=lambda block: block.open):
            self.function = block.function
            if block.kind == "members":
                self.defaults(block)
            else:
                self.statements(block)
        for block in self.source.blocks:
            if block.kind == "body":
                self.function = block.function
                self.expressions(block.open + 1, self.source.partner[block.open] - 1)
        self.mutants.sort(key=lambda mutant: mutant.line)
        # An explanation is for one fault alone, so the second of the same text has another name.
        met = Counter()
        for mutant in self.mutants:
            met[mutant.function, mutant.what] += 1
            if met[mutant.function, mutant.what] > 1:
                mutant.what += f" ({met[mutant.function, mutant.what]})"

    # Places

    def edit(self, start, end):
        return self.edits.setdefault((start, end), Edit(start, end))

    def mutant(self, kind, start, what):
        mutant = Mutant(kind, self.file, self.function, self.source.line(start), one_line(what))
        self.mutants.append(mutant)
        return mutant

    def wrap(self, kind, how, first, last, what, variant=None):
        start, end = self.tokens[first].start, self.tokens[last].end
        if (start, end, how, variant) in self.seen or "try" in re.findall(r"\w+", self.source.text[start:end]):
            return
        self.seen.add((start, end, how, variant))
        self.edit(start, end).wraps.append((self.mutant(kind, start, what), how, variant))

    def flip(self, first, last):
        self.wrap("condition negated", "flip", first, last, f"not: {self.source.span(first, last)}")

    def operand(self, i, also=()):
        """The expression around token i, as far as operators go that bind as closely or closer."""
        partner, first, last = self.source.partner, i, i
        while first not in self.source.starts:
            before = self.tokens[first - 1]
            if self.is_end(before, also) or before.text in ("(", "[", "{"):
                break
            first = partner.get(first - 1, first - 1)
        if self.tokens[last].text in ("(", "[", "{"):
            last = partner[last]
        while last + 1 < len(self.tokens) and last + 1 not in self.source.starts:
            after = self.tokens[last + 1]
            if self.is_end(after, also) or after.text in (")", "]", "}"):
                break
            if after.text == "{" and self.source.opens.get(last + 1) != "closure":
                break
            last = partner.get(last + 1, last + 1)
        return first, last

    def is_end(self, token, also):
        return token.is_binary(*ENDS, *also) or token.text in (",", ":", ";") or token.text in END_WORDS

    # Statements

    def is_simple(self, statement):
        """Whether it is a call or an assignment."""
        if statement.head in KEYWORDS or self.tokens[statement.first].kind != "word":
            return False
        return self.assigned(statement) is not None or self.tokens[statement.last].text in (")", "}")

    def assigned(self, statement):
        """What an assignment assigns to."""
        for i, token in self.source.flat(statement.first, statement.last):
            if token.is_binary("=", "+=", "-="):
                return self.source.span(statement.first, i - 1)
        return None

    def statements(self, block):
        for index, statement in enumerate(block.statements):
            self.conditions(statement)
            self.exits(block, index, statement)
            last_of_value = index == len(block.statements) - 1 and block.owner == "closure"
            if block.is_value or last_of_value or not self.is_simple(statement):
                continue
            # A new value must be whole, whatever happens.
            if block.owner == "init" and (self.assigned(statement) is not None or statement.head == "self"):
                continue
            self.drop(statement, "statement dropped")
            if index + 1 < len(block.statements):
                self.swap(statement, block.statements[index + 1])

    def drop(self, statement, kind):
        start, end = self.bounds(statement)
        self.edit(start, end).drops.append(self.mutant(kind, start, f"without: {self.source.text[start:end]}"))

    def bounds(self, statement):
        return self.tokens[statement.first].start, self.tokens[statement.last].end

    def swap(self, one, two):
        """Two statements in the other order; not two assignments that have nothing to do with each other."""
        between = range(one.last + 1, two.first)
        if not self.is_simple(two) or any(self.tokens[i].text in ("case", "default") for i in between):
            return
        texts = [self.source.text[slice(*self.bounds(s))] for s in (one, two)]
        places = [self.assigned(s) for s in (one, two)]
        if all(places):
            names = [place.rsplit(".", 1)[-1] for place in places]
            values = [text[len(place):] for text, place in zip(texts, places)]
            if names[0] not in values[1] and names[1] not in values[0]:
                return
        start, end = self.bounds(one)
        mutant = self.mutant("order swapped", start, f"swapped: {texts[0]} / {texts[1]}")
        self.edit(start, end).befores.append((mutant, f"{texts[1]}\n{texts[0]}\n"))
        for statement in (one, two):
            self.edit(*self.bounds(statement)).drops.append(mutant)

    def exits(self, block, index, statement):
        """Early returns and throws: dropped, added, or without what they do on the way."""
        start, end = self.bounds(statement)
        text = self.source.text[start:end]
        if statement.head in ("throw", "return") and not block.is_value:
            if block.kind in ("if", "switch", "catch") and (statement.head == "throw" or block.kind == "if"):
                self.drop(statement, "early exit dropped")
            if statement.head == "return" and block.owner == "void" and statement.last > statement.first:
                mutant = self.mutant("statement dropped", start, f"only return: {text}")
                self.edit(start, end).befores.append((mutant, "return\n"))
        if block.kind == "body" and index > 0 and statement.head in ("if", "for", "switch", "do", "guard"):
            early = {"void": "return", "optional": "return nil"}.get(block.owner)
            if early:
                what = f"{early} before: {text.splitlines()[0]}"
                self.edit(start, end).befores.append((self.mutant("early exit added", start, what), early + "\n"))

    def conditions(self, statement):
        """The conditions of an `if`, a `guard`, a `while`, one by one."""
        if statement.head not in ("if", "guard", "while", "for"):
            return
        clauses, first, is_where = [], statement.first + 1, statement.head != "for"
        for i, token in self.source.flat(statement.first + 1, statement.last):
            if token.text == "where":
                first, is_where = i + 1, True
            if (token.text == "{" and self.source.opens.get(i) != "closure") or token.text in (",", "else"):
                if is_where:
                    clauses.append((first, i - 1))
                first = i + 1
                if token.text != ",":
                    break
        for first, last in clauses:
            if self.tokens[first].text in ("let", "var", "case"):
                if statement.head == "if":
                    start = self.tokens[first].start
                    mutant = self.mutant("condition negated", start, f"never: {self.source.span(first, last)}")
                    self.edit(start, start).inserts.append((mutant, "activeMutant != {}, "))
                continue
            self.flip(first, last)
            if statement.head == "guard":
                self.wrap("early exit dropped", "pass", first, last, f"always: {self.source.span(first, last)}")

    # Expressions

    def defaults(self, block):
        """The literals that stored properties and parameters begin with."""
        for statement in block.statements:
            if statement.head not in ("var", "let", "func", "init"):
                continue
            for i in range(statement.first, statement.last):
                if self.tokens[i].text == "{":
                    break
                if self.tokens[i].text == "=":
                    begins = i + 1
                    ends = begins
                    while ends < statement.last and self.tokens[ends + 1].text not in (",", "{"):
                        ends += 1
                    self.expressions(begins, ends, literals_only=True)

    def expressions(self, first, last, literals_only=False):
        for i in range(first, last + 1):
            token = self.tokens[i]
            text = token.text
            if text in ("true", "false"):
                self.wrap("constant changed", "flip", i, i, self.line_with(i, f"(not {text})"))
            elif token.kind == "number" and self.tokens[i - 1].text != "." and "." not in text:
                self.wrap("constant changed", "bump", i, i, self.line_with(i, f"({text} + 1)"))
            elif literals_only:
                continue
            elif text in ("min", "max") and self.tokens[i + 1].text in ("(", "{"):
                self.extremes(i)
            elif token.is_binary("&&", "||"):
                for side in (i - 1, i + 1):
                    self.flip(*self.operand(side if side > i else self.source.partner.get(side, side)))
            elif token.is_binary("?"):
                self.flip(*self.operand(self.source.partner.get(i - 1, i - 1)))
            elif token.is_binary(*COMPARISONS):
                span = self.operand(i)
                self.flip(*span)
                if text in SWAPPED:
                    self.instead("boundary moved", span, i, SWAPPED[text])
            elif token.is_binary(*TURNED):
                self.instead("sign turned", self.operand(i, (*COMPARISONS, "??", "..<", "...")), i, TURNED[text])
            elif text == "!" and token.glued and not token.spaced and token.kind == "operator":
                self.flip(i, self.operand(i, COMPARISONS)[1])

    def extremes(self, i):
        """`min` for `max` and the other way round, as a function or at the end of a chain."""
        first, last = (i, i) if self.tokens[i - 1].text != "." else (self.operand(i, COMPARISONS)[0], i)
        while self.tokens[last + 1].text == "(" or self.source.opens.get(last + 1) == "closure":
            last = self.source.partner[last + 1]
        self.instead("min and max", (first, last), i, "max" if self.tokens[i].text == "min" else "min")

    def instead(self, kind, span, i, text):
        start, token = self.tokens[span[0]].start, self.tokens[i]
        before = self.source.span(*span)
        variant = before[: token.start - start] + text + before[token.end - start :]
        self.wrap(kind, "instead", *span, f"{text} for {token.text}: {before}", variant)

    def line_with(self, i, text):
        """The line of a literal, with something else in its place."""
        token, source = self.tokens[i], self.source.text
        start, end = source.rfind("\n", 0, token.start) + 1, source.find("\n", token.end)
        return (source[start : token.start] + text + source[token.end : end]).strip()
