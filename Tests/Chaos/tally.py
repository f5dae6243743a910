"""What all rounds of a trial come to."""

import collections

from trial import quantile

# What must not be, each a column of the result.
COLUMNS = {
    "lost": "acknowledged moves lost", "twice": "counted twice", "seats": "seats lost or resurrected",
    "sessions": "sessions lost", "resurrected": "sessions resurrected", "refused": "refusals", "late": "late switches",
    "needless": "needless switches", "log": "errors in the log", "other": "other faults"}
# So much of one column and round is told; the rest is only counted.
MOST_TOLD = 4


class Times:
    """Of one kind of outage, in seconds."""

    def __init__(self):
        self.rounds = 0
        self.to_switch, self.to_return, self.answers = [], [], []

    def text(self, kind):
        def span(values):
            return f"{quantile(values, 0.5):.0f}/{quantile(values, 1):.0f}" if values else "-"

        return (f"{kind:<43}{self.rounds:>7}{len(self.to_switch):>10}{span(self.to_switch):>12}"
                f"{span(self.to_return):>14}{quantile(self.answers, 1):>14.0f}")


class Tally:
    def __init__(self):
        self.found = dict.fromkeys(COLUMNS, 0)
        # Of a restarted server that could not know: allowed, and tried again.
        self.unavailable_while_away = 0
        self.told = collections.Counter()
        self.rounds = self.moves = self.repeats = self.departed = 0
        self.times = collections.defaultdict(Times)

    def note(self, column, text, count=1):
        self.found[column] += count
        self.told[column, self.rounds] += 1
        if self.told[column, self.rounds] <= MOST_TOLD:
            print(f"  {COLUMNS[column]}: {text}", flush=True)

    @property
    def is_clean(self):
        return not any(self.found.values())

    def table(self):
        head = (f"{'outage':<43}{'rounds':>7}{'switches':>10}{'p50/max ms':>12}{'return p50/max':>14}"
                f"{'longest answer':>15}")
        return "\n".join([head, *(times.text(kind) for kind, times in self.times.items())])

    def summary(self):
        found = ", ".join(f"{what} {self.found[column]}" for column, what in COLUMNS.items())
        return (f"{self.rounds} rounds, {self.moves} moves acknowledged, {self.repeats} repeated on purpose, "
                f"{self.departed} departures tried, {found}; unavailable while away {self.unavailable_while_away}")
