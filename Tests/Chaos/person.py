"""Somebody at a table: joins, moves without pause, reloads, leaves, and after every crash comes back for the seat."""

import asyncio
import dataclasses
import json

import websockets

from ledger import Fault, Room

# The protocol's: so many moves may be unanswered, and so many applied ones are remembered.
WINDOW = 16
# A move adds at most as much as the game takes.
MOST = 1_000_000


@dataclasses.dataclass(frozen=True)
class Pace:
    """How many moves somebody leaves unanswered, and how often they do something else than a new move."""
    window: int = WINDOW
    repeat: float = 0.02
    reload: float = 0.002
    leave: float = 0.0004


class Party:
    """The people of one room. When one of them leaves all do, and meet again in the next."""

    def __init__(self, size):
        self.size = size
        self.room = None
        self.gone = 0
        self.may_open = asyncio.Event()
        self.opened = asyncio.Event()
        self.next = None

    def open(self, room):
        self.room = room
        self.next = Party(self.size)
        self.opened.set()

    def leave(self):
        self.gone += 1
        if self.gone == self.size:
            self.next.may_open.set()
        return self.next


class Person:
    # What somebody is told who has no seat.
    GONE = ("session_not_found",)

    def __init__(self, name, party, is_host, random, trial, pace=Pace()):
        self.name, self.is_host, self.random, self.trial = name, is_host, random, trial
        self.pace = pace
        # Reads what the pages before this one still get.
        self.readers = set()
        self.meet(party)

    def meet(self, party):
        """Begins anew, as somebody who knows no room."""
        self.party = party
        self.client = self.seat = self.player = self.room = None
        self.join_sent = self.leave_sent = self.is_playing = False
        self.seq = 0

    @property
    def is_settled(self):
        is_in_play = self.is_playing and not self.room.is_over and not self.leave_sent
        return is_in_play and self.account.answered == self.account.sent

    @property
    def account(self):
        return self.room.accounts[self.seat]

    async def live(self):
        while True:
            await self.trial.victim.listening.wait()
            try:
                # Everything is read as it comes: a page that lags behind would only be told less.
                self.socket = await websockets.connect(
                    f"ws://127.0.0.1:{self.trial.victim.port}/ws", compression=None, max_queue=None, proxy=None,
                    ping_interval=None)
                await self.visit()
                await self.part()
            except (OSError, websockets.InvalidHandshake, EOFError):
                # Killed in the middle of the handshake.
                continue
            except websockets.ConnectionClosed as closed:
                if closed.rcvd is not None:
                    raise Fault("other", f"{self.name} was closed: {closed.rcvd}") from None

    async def part(self):
        """A page that is reloaded breaks off, or is still there when the same person comes from another."""
        if self.random.random() < 0.5:
            return self.socket.transport.abort()
        reader = asyncio.create_task(self.ignore(self.socket))
        self.readers.add(reader)
        reader.add_done_callback(self.readers.discard)

    @staticmethod
    async def ignore(socket):
        try:
            async for _ in socket:
                pass
        except websockets.ConnectionClosed:
            pass

    # MARK: One connection

    async def visit(self):
        """Returns when another connection is wanted."""
        # What has been told to anybody by now must be in whatever this connection is shown.
        self.floor = self.room.told if self.room else 0
        self.empty_seats = set(self.room.left) if self.room else set()
        self.repeats = 0
        self.is_playing = False
        welcome = await self.receive()
        is_known = self.join_sent and await self.come_back()
        self.trial.arrived(self)
        if self.leave_sent and not is_known:
            return self.has_left()
        if not is_known:
            self.client = welcome["data"]["clientId"]
        if self.seat is None:
            await self.sit()
        await self.play()

    async def come_back(self):
        """Returns whether the server knows this client. It must, but for one whose join or leave was not answered."""
        if self.seat is None:
            where, last = {}, {}
        else:
            where, last = self.where(), {"lastSeq": self.seq, "lastEpoch": self.room.epoch}
        answer = await self.ask("reconnect", **where, data={"clientId": self.client, **last})
        if not answer["success"]:
            if (self.seat is None or self.leave_sent) and answer["error"]["code"] in self.GONE:
                return False
            self.refused("come back", answer)
        self.trial.recovered()
        self.check_seat(answer)
        self.floor = max(self.floor, answer["version"])
        if self.seat is None:
            # Joined, and the answer lost: it is asked for again.
            return True
        if answer["seq"] < self.seq:
            raise Fault("other", f"{self.name} has seen event {self.seq}, and the newest is {answer['seq']}")
        if not answer["data"]["recovered"]:
            # There were more than are kept, or else the server would not know how many.
            if answer["data"]["missed"] is None:
                raise Fault("other", f"{self.name}: nobody knows what was missed: {answer}")
            self.seq = answer["seq"]
        return True

    def where(self):
        return {"roomId": self.room.id}

    async def sit(self):
        """Takes a seat. If that was done before a crash, the same request gets the same answer again."""
        await self.wait_for(self.party.may_open if self.is_host else self.party.opened)
        self.join_sent = True
        if self.is_host:
            answer = await self.ask_to_join(
                gameType="counter", data={"name": self.name, "create": True, "options": {"seats": self.party.size}})
        else:
            answer = await self.ask_to_join(roomId=self.party.room.id, data={"name": self.name})
        if not answer["success"]:
            self.refused("join", answer)
        self.check_seat(answer)
        if self.is_host:
            self.party.open(Room(answer["roomId"], answer["epoch"]))
        self.room, self.seat, self.seq = self.party.room, answer["data"]["seat"], answer["seq"]
        self.room.seat(self.seat, self.name)

    async def ask_to_join(self, **message):
        """A server that has too much to do, as on a busy machine, lets in nobody new for a while."""
        while (answer := await self.ask("join_room", **message)).get("error", {}).get("code") == "server_busy":
            await asyncio.sleep(answer["error"]["retryAfterMs"] / 1000)
        return answer

    def check_seat(self, answer):
        """Whoever was in a room is so in the same seat, and under the same name."""
        data = answer["data"]
        place = (answer["roomId"], data["seat"], data["playerId"])
        if self.player is not None and self.player != place:
            raise Fault("seats", f"{self.name} was {self.player}, and is {place}")
        self.player = place
        if self.room:
            self.room.check_epoch(answer)
            if back := self.empty_seats & {seat["seat"] for seat in data["seats"]}:
                raise Fault("other", f"room {self.room.id}: seats {back} were left and are taken again")

    async def play(self):
        """Until the seat is given up, or another connection is wanted."""
        self.sent_before = self.account.sent
        for number in range(self.account.answered, self.account.sent):
            await self.send_move(number)
        if self.leave_sent:
            await self.leave()
        while True:
            message = await self.next_message()
            if message is not None:
                if message["type"] == "leave_room_result":
                    if not message["success"]:
                        self.refused("leave", message)
                    return self.has_left()
                self.hear(message)
            if self.leave_sent or not self.is_playing:
                continue
            if self.room.is_over:
                if self.account.answered == self.account.sent:
                    await self.leave()
            elif self.trial.is_settling:
                self.trial.has_settled()
            elif not self.is_due(message):
                continue
            elif (chance := self.random.random()) < self.pace.reload:
                return
            elif chance < self.pace.reload + self.pace.leave:
                await self.leave()
            else:
                await self.move()

    # MARK: Saying

    async def move(self):
        """New moves, as many as may be unanswered; now and then an answered one again, while it is remembered."""
        account = self.account
        while account.sent - account.answered + self.repeats < self.pace.window:
            oldest = max(0, account.sent - WINDOW)
            if oldest < account.answered and self.random.random() < self.pace.repeat:
                self.repeats += 1
                await self.send_move(self.random.randrange(oldest, account.answered))
            else:
                await self.send_move(account.send(self.random.randint(1, MOST)))

    async def send_move(self, number):
        await self.send("make_move", id=number, data={"add": self.account.add(number)})

    async def leave(self):
        self.leave_sent = True
        await self.send("leave_room", id="leave")

    def has_left(self):
        self.room.left.add(self.seat)
        self.room.is_over = True
        self.meet(self.party.leave())

    async def send(self, kind, **message):
        await self.socket.send(json.dumps({"type": kind, **message}))

    async def ask(self, kind, **message):
        """Returns the answer. What comes before it is of a state that will be told again."""
        await self.send(kind, id=kind, **message)
        while (answer := await self.receive())["type"] != kind + "_result":
            pass
        return answer

    async def wait_for(self, event):
        """Until the event, or the end of the connection."""
        waits = {asyncio.create_task(event.wait()), asyncio.create_task(self.socket.wait_closed())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not event.is_set():
            await self.socket.ping()

    # MARK: Hearing

    async def receive(self):
        return json.loads(await self.socket.recv())

    async def next_message(self):
        """None: nothing was said, but it is time to do something."""
        return await self.receive()

    def is_due(self, message):
        """Whether it is time to do something, after this message."""
        return True

    def refused(self, what, answer):
        """Always raises."""
        raise Fault("seats" if what in ("come back", "join") else "other", f"{self.name} cannot {what}: {answer}")

    def hear(self, message):
        kind = message["type"]
        if kind == "make_move_result":
            self.hear_answer(message)
        elif kind == "game_state":
            if message["seq"] != self.seq:
                raise Fault("other", f"{self.name} has seen event {self.seq}, and the state's last is {message['seq']}")
            self.room.check_state(message, self.floor)
            self.floor = message["version"]
            self.is_playing = message["data"]["phase"] in ("playing", "finished")
        elif kind == "error":
            self.refused("go on", message)
        elif "seq" not in message:
            raise Fault("other", f"{self.name} did not expect {message}")
        else:
            self.hear_event(message)

    def hear_event(self, message):
        if message["seq"] != self.seq + 1:
            raise Fault("other", f"{self.name}: event {message['seq']} after {self.seq}")
        self.seq = message["seq"]
        self.room.check_event(message)
        if message["type"] in ("player_left", "game_ended"):
            self.room.is_over = True

    def hear_answer(self, message):
        number, account = message["id"], self.account
        if not message["success"]:
            account.refuse_from(number)
            # A game that somebody left may be over.
            if message["error"]["code"] != "game_over":
                self.refused(f"play move {number}", message)
            return
        is_new = number >= account.answered
        self.room.answered(
            self.seat, number, message["data"]["version"], message["data"].get("repeated", False),
            may_be_repeated=number < self.sent_before)
        if is_new:
            self.trial.answered()
        else:
            self.repeats -= 1
            self.trial.repeats += 1
