"""Somebody who plays at leisure, takes note of refusals and tries again, and comes when all are called."""

import asyncio
import time

from ledger import Fault
from person import Pace, Person

# Most people think before they move...
SLOW = Pace(window=1, repeat=0.05, reload=0.04, leave=0.008), (0.6, 2.4)
# ...and a few do not.
QUICK = Pace(window=4, repeat=0.02, reload=0.002, leave=0.0005), (0.02, 0.1)
# How long they think while all are called.
AT_A_CALL = 0.05
# How long somebody waits who was refused.
AGAIN = 0.1


class Refused(Exception):
    """It was noted; another connection is wanted."""


class Called(Exception):
    """All are called: another connection is wanted."""


class Guest(Person):
    GONE = ("session_not_found", "session_expired")

    def __init__(self, name, party, is_host, random, trial, manner=SLOW):
        super().__init__(name, party, is_host, random, trial, manner[0])
        self.pause = manner[1]
        self.next_at = 0
        self.alarm = None
        # The call after which the connection was made, and whether it names the room it comes back to.
        self.call = 0
        self.comes_alone = False

    def meet(self, party):
        super().meet(party)
        # When moves were first sent that are not answered.
        self.sent_at = {}
        # Came without naming the room, and had to name it.
        self.was_unknown = False

    # MARK: One connection

    async def visit(self):
        self.call = self.trial.call
        # Whoever is called comes from a page that knows the room, or from one that knows only who it is.
        self.comes_alone = self.trial.is_calling and not self.was_unknown and self.random.random() < 0.5
        self.rest()
        try:
            await super().visit()
        except Called:
            pass
        except Refused:
            await asyncio.sleep(AGAIN)

    def where(self):
        return {} if self.comes_alone else super().where()

    async def sit(self):
        await super().sit()
        if self.is_host:
            self.room.opened_at = time.time()
        self.is_present()

    async def next_message(self):
        self.heed()
        try:
            async with asyncio.timeout_at(self.next_at) as self.alarm:
                return await self.receive()
        except TimeoutError:
            self.rest()
            self.heed()
            return None
        finally:
            self.alarm = None

    def is_due(self, message):
        return message is None

    def rest(self):
        """Not for long while others wait for this one."""
        is_awaited = self.trial.is_calling and self not in self.trial.came
        pause = AT_A_CALL if is_awaited else self.random.uniform(*self.pause)
        self.next_at = asyncio.get_running_loop().time() + pause

    # MARK: Being called

    def ring(self):
        """Ends the pause."""
        if self.alarm is not None and not self.alarm.expired():
            self.alarm.reschedule(asyncio.get_running_loop().time())

    def heed(self):
        if self.call < self.trial.call:
            raise Called

    def is_present(self):
        """Was answered, on a connection made since the call."""
        if self.call == self.trial.call:
            self.trial.present(self)

    def text(self):
        """Where they are, for whoever wonders why they do not come."""
        if self.room is None:
            return "has no room, " + ("asked for one" if self.join_sent else "waits for the others")
        state = "has asked to leave" if self.leave_sent else "plays" if self.is_playing else "waits"
        return f"{state} in {self.room.id}, {self.account.answered} of {self.account.sent} moves answered"

    # MARK: Saying and hearing

    async def send_move(self, number):
        self.sent_at.setdefault(number, time.monotonic())
        await super().send_move(number)

    def hear_answer(self, message):
        answered = self.account.answered
        super().hear_answer(message)
        if self.account.answered > answered:
            self.trial.waited(time.monotonic() - self.sent_at.pop(answered))
            self.is_present()

    def has_left(self):
        self.trial.departed(self.client, self.room.id, self.name)
        super().has_left()
        self.is_present()

    def refused(self, what, answer):
        code = answer["error"]["code"]
        if what != "come back" or code not in self.GONE:
            self.trial.refused(self, what, code)
        elif self.comes_alone:
            self.was_unknown = True
            self.trial.forgot(self, code)
        else:
            raise Fault("sessions", f"{self.name} had seat {self.seat} of {self.room.id}, names it: {code}")
        raise Refused
