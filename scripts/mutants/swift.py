"""As much of Swift's grammar as the mutated files need: tokens, brackets, statements and what a brace begins.

It relies on what `swift format` sees to: spaces on both sides of a binary operator, one statement per line.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
      |(?P<string>\#+".*?"\#+|\"\"\".*?\"\"\"|"(?:\\.|[^"\\])*")
      |(?P<number>0x[0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?)
      |(?P<word>[@\#]?[A-Za-z_]\w*|\$\d+|`[^`]+`)
      |(?P<operator>[-+*/=<>!&|?~^%.\\]+)
      |(?P<mark>[()\[\]{},;:])""",
    re.VERBOSE | re.DOTALL,
)
PAIRS = {")": "(", "]": "[", "}": "{"}
TYPES = {"struct", "enum", "extension", "protocol", "class", "actor"}
CONTROL = {"if", "guard", "for", "while", "switch", "do", "catch", "defer", "else"}
MODIFIERS = {"public", "private", "internal", "package", "fileprivate", "mutating", "static", "final"}
# A line that begins with one of these goes on with the statement before it.
CONTINUES = {"else", "catch", "where", "{"}


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int
    starts_line: bool
    spaced: bool  # white space on both sides
    glued: bool  # none after it

    def is_binary(self, *texts):
        return self.kind in ("operator", "mark") and self.spaced and self.text in texts


@dataclass
class Statement:
    first: int  # indices of tokens, both inclusive
    last: int
    head: str  # its first word, modifiers left out


@dataclass
class Block:
    """What is between two braces."""

    kind: str  # "members", "body" of a function, a closure, or the control word it belongs to
    owner: str  # what the function around it returns: "void", "optional", "value", "init", "closure"
    function: str  # its name
    is_value: bool  # whether its one statement is its value
    open: int
    statements: list


class Source:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.tokens = self.scan()
        self.partner = self.match()
        self.blocks = []
        self.starts = set()  # tokens that begin a statement
        self.opens = {}  # brace -> kind of its block
        self.members(-1, len(self.tokens))

    def scan(self):
        tokens, at = [], 0
        while at < len(self.text):
            found = TOKEN.match(self.text, at)
            if not found:
                raise SystemExit(f"{self.path}: cannot read {self.text[at:at + 20]!r}")
            at, kind = found.end(), found.lastgroup
            if kind == "skip":
                continue
            before, after = self.text[found.start() - 1 : found.start()], self.text[at : at + 1]
            line = self.text[self.text.rfind("\n", 0, found.start()) + 1 : found.start()]
            tokens.append(
                Token(kind, found[0], found.start(), at, not line.strip(),
                      before.isspace() and after.isspace(), not after.isspace()))
        return tokens

    def match(self):
        partner, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.text in ("(", "[", "{"):
                stack.append(i)
            elif token.text in PAIRS:
                opened = stack.pop()
                partner[opened], partner[i] = i, opened
        return partner

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def span(self, first, last):
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def flat(self, first, last):
        """The tokens from first to last, without what is in brackets: (index, token), brackets as their opening."""
        i = first
        while i <= last:
            yield i, self.tokens[i]
            i = self.partner[i] + 1 if self.tokens[i].text in ("(", "[", "{") else i + 1

    # Statements

    def split(self, opened, closed, is_switch=False):
        """The statements between two brackets. In a switch, a label ends where its case begins."""
        first, statements, previous, in_label = None, [], None, False
        for i, token in self.flat(opened + 1, closed - 1):
            begins = first is None or (
                token.starts_line
                and token.text not in CONTINUES
                and not (token.kind == "operator" and not (token.glued and token.text in ("!", "-")))
                and not (token.text == ":" and token.spaced)
                and not (previous.kind == "operator" and previous.spaced)
                and not previous.text == ",")
            if begins:
                if first is not None and not in_label:
                    statements.append(self.statement(first, end))
                first, in_label = i, is_switch and token.text in ("case", "default")
            if in_label and token.text == ":" and not token.spaced:
                first, in_label = None, False
                previous, end = token, i
                continue
            end = self.partner[i] if i in self.partner else i
            previous = self.tokens[end]
        if first is not None and not in_label:
            statements.append(self.statement(first, end))
        return statements

    def statement(self, first, last):
        i = first
        while self.tokens[i].text in MODIFIERS or self.tokens[i].text[0] == "@" or self.tokens[i].text == "(":
            if self.tokens[i].text == "(" and i == first:
                break
            i = self.partner[i] + 1 if self.tokens[i].text == "(" else i + 1
        self.starts.add(first)
        return Statement(first, last, self.tokens[i].text)

    # Blocks

    def members(self, opened, closed):
        statements = self.split(opened, closed)
        self.blocks.append(Block("members", "", "", False, opened, statements))
        for statement in statements:
            self.member(statement)

    def member(self, statement):
        words = list(self.flat(statement.first, statement.last))
        brace = next((i for i, t in words if t.text == "{"), None)
        if statement.head in TYPES and brace is not None:
            return self.members(brace, self.partner[brace])
        if statement.head in ("func", "init", "subscript"):
            if brace is not None:
                self.body(brace, self.owner(statement, brace), self.name(statement))
        elif statement.head in ("var", "let"):
            equals = any(t.text == "=" for i, t in words if brace is None or i < brace)
            if brace is not None and not equals:
                self.body(brace, "value", self.name(statement))

    def name(self, statement):
        texts = [t.text for _, t in self.flat(statement.first, statement.last)]
        at = texts.index(statement.head)
        return statement.head if statement.head in ("init", "subscript") else texts[at + 1]

    def owner(self, statement, brace):
        if statement.head == "init":
            return "init"
        header = [t.text for _, t in self.flat(statement.first, brace - 1)]
        if "->" not in header:
            return "void"
        return "optional" if header[-1].endswith("?") else "value"

    def body(self, opened, owner, function, kind="body", in_value=True):
        """A block of code, and all blocks in it."""
        first = opened
        if kind == "closure":
            for i, token in self.flat(opened + 1, self.partner[opened] - 1):
                if token.text in ("for", "if", "guard", "let", "switch"):
                    break
                if token.text == "in":
                    first = i
                    break
        statements = self.split(first, self.partner[opened], kind == "switch")
        if kind == "body":
            in_value = owner in ("value", "optional")
        is_value = in_value and (len(statements) == 1 or kind == "switch")
        self.opens[opened] = kind
        self.blocks.append(Block(kind, owner, function, is_value, opened, statements))
        for statement in statements:
            self.inside(statement, owner, function, is_value)

    def inside(self, statement, owner, function, is_value):
        if statement.head == "func":
            brace = next(i for i, t in self.flat(statement.first, statement.last) if t.text == "{")
            return self.body(brace, self.owner(statement, brace), self.name(statement))
        control, i = None, statement.first
        while i <= statement.last:
            token = self.tokens[i]
            if token.text in CONTROL and self.is_outside(statement.first, i):
                control = token.text
                is_value = is_value or statement.head in ("let", "var", "return")
            if token.text == "{":
                if control and self.is_outside(statement.first, i):
                    kind, control = control, None
                    self.body(i, owner, function, kind, is_value)
                else:
                    self.body(i, "closure", function, "closure")
                i = self.partner[i]
            i += 1

    def is_outside(self, first, i):
        """Whether token i is in no bracket that opens after the first one."""
        return any(j == i for j, _ in self.flat(first, i))
