"""What a room has told anybody, and whether what it tells next agrees with that."""

import bisect
import itertools
import json


class Fault(Exception):
    """A promise that did not hold. `kind` is a column of the result: lost, twice, seats, other or a trial's own."""

    def __init__(self, kind, text, count=1):
        super().__init__(text)
        self.kind = kind
        self.count = count


class Account:
    """The moves of one seat. A seat's moves are applied and answered in the order they were sent, whatever happens."""

    def __init__(self):
        # What the first n moves add up to. Each adds another number, at random, so that a sum tells which are in it.
        self.sums = [0]
        # The versions of the answered moves, which come first.
        self.versions = []

    @property
    def sent(self):
        return len(self.sums) - 1

    @property
    def answered(self):
        return len(self.versions)

    def send(self, add):
        """Returns the number of the new move."""
        self.sums.append(self.sums[-1] + add)
        return self.sent - 1

    def add(self, number):
        return self.sums[number + 1] - self.sums[number]

    def refuse_from(self, number):
        """The game was over before this move: it and those behind it were not played."""
        del self.sums[number + 1:]

    def check(self, moves, total, version, seat):
        """Against what a state of `version` shows of the seat."""
        due = bisect.bisect_right(self.versions, version)
        if moves < due:
            raise Fault("lost", f"seat {seat}: {due} moves answered, {moves} shown", due - moves)
        most = due if due < self.answered else self.sent
        if moves > most:
            raise Fault("twice", f"seat {seat}: {most} moves sent, {moves} shown", moves - most)
        if total == self.sums[moves]:
            return
        again = [n for n in range(moves - 1) if self.sums[moves - 1] + self.add(n) == total]
        if again:
            raise Fault("twice", f"seat {seat}: move {again[0]} was counted again in place of {moves - 1}")
        raise Fault("lost", f"seat {seat}: {moves} moves add up to {total} and not to {self.sums[moves]}")


class Room:
    def __init__(self, room_id, epoch):
        self.id = room_id
        self.epoch = epoch
        self.accounts = {}
        # The highest version anybody was told.
        self.told = 0
        self.answers = {}
        self.events = {}
        self.is_over = False
        # The seats of those who were told that they have left.
        self.left = set()

    def seat(self, seat, name):
        if seat in self.accounts:
            raise Fault("seats", f"{name} was given seat {seat} of room {self.id}, which is another's")
        self.accounts[seat] = Account()

    def check_epoch(self, message):
        if message["epoch"] != self.epoch:
            raise Fault("other", f"room {self.id}: the epoch became {message['epoch']}, was {self.epoch}")

    def check_state(self, message, floor):
        """`floor`: what had been told when the connection was made; nothing older may be shown on it."""
        self.check_epoch(message)
        version, view = message["version"], message["data"].get("view")
        if version < floor:
            lost = sum(max(0, account.answered - moves)
                       for account, moves in zip(self._in_order(), view["moves"] if view else itertools.repeat(0)))
            raise Fault("lost" if lost else "other",
                        f"room {self.id}: version {floor} was told, then {version}", max(1, lost))
        self.told = max(self.told, version)
        if view is None:
            return
        for seat, account in self.accounts.items():
            account.check(view["moves"][seat], view["sums"][seat], version, f"{self.id}/{seat}")

    def check_event(self, message):
        """An event keeps its number, whoever is told of it and however often."""
        self.check_epoch(message)
        content = json.dumps([message["type"], message["data"]], sort_keys=True)
        if self.events.setdefault(message["seq"], content) != content:
            raise Fault("other", f"room {self.id}: event {message['seq']} was {self.events[message['seq']]}, "
                        f"then {content}")

    def answered(self, seat, number, version, repeated, may_be_repeated):
        account, where = self.accounts[seat], f"room {self.id}, seat {seat}, move {number}"
        if number < account.answered:
            if not repeated:
                raise Fault("twice", f"{where}: was answered before, and the second answer is no repetition")
            if version != account.versions[number]:
                raise Fault("other", f"{where}: version {account.versions[number]}, repeated as {version}")
            return
        if number != account.answered:
            raise Fault("other", f"{where}: answered before move {account.answered}")
        if repeated and not may_be_repeated:
            raise Fault("other", f"{where}: called a repetition, but sent only once")
        if account.versions and version <= account.versions[-1]:
            raise Fault("lost", f"{where}: version {version} after {account.versions[-1]}")
        # Two moves cannot both have made one version: the first of them was forgotten.
        if version in self.answers:
            raise Fault("lost", f"{where}: version {version} was {self.answers[version]}")
        self.answers[version] = where
        account.versions.append(version)
        self.told = max(self.told, version)

    def check_end(self, view):
        """Everything sent was answered, and exactly that is shown."""
        for seat, account in self.accounts.items():
            account.check(view["moves"][seat], view["sums"][seat], self.told, f"{self.id}/{seat}")

    def _in_order(self):
        return [self.accounts.get(seat, Account()) for seat in range(max(self.accounts, default=-1) + 1)]
