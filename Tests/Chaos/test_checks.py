"""The checks of the chaos tests themselves: each is shown what it must find, and what it must not."""

import asyncio
import contextlib
import io
import pathlib
import random
import tempfile
import types
import unittest
import unittest.mock

import departed
from guest import Guest, Refused
from ledger import Fault, Room
from outages import Outages
from person import Party
from redis_lab import RedisRefusal, RedisServer, ask
from tally import Tally
from victim import free_port, is_error
from watch import Outage, Switch, WatchedVictim, switch_of
from wire import JUNK, FarWire, Replies, Wire

REFUSED = {"success": False, "error": {"code": "store_unavailable"}}
GONE = {"success": False, "error": {"code": "session_not_found"}}


class WhenAServerMustSwitch(unittest.TestCase):
    # Kind, its length, what noticing takes, whether it is due, when it switched; the column.
    CASES = [
        ("kill", 1.0, 0, True, 0.01, None),
        ("kill", 1.0, 0, True, 0.61, "late"),
        ("kill", 1.0, 0, True, None, "late"),
        ("kill", 0.1, 0, True, None, None),
        ("hang", 2.0, 0.5, True, 0.59, None),
        ("hang", 2.0, 0.5, True, 0.61, "late"),
        ("hang", 0.66, 0.5, True, None, "late"),
        ("hang", 0.55, 0.5, True, None, None),
        ("hang", 0.45, 0.5, True, 0.55, None),
        ("short hang", 0.3, 0.5, True, None, None),
        ("short hang", 0.3, 0.5, True, 0.2, "needless"),
        ("cut", 0.0, 0, False, None, None),
        ("cut", 0.0, 0, False, 0.01, None),
        ("flush", 0.0, 0, False, 0.9, None),
    ]

    def test_table(self):
        for kind, length, takes, is_due, switched, column in self.CASES:
            with self.subTest(kind=kind, length=length, switched=switched):
                found = Outage(kind, 100, 100 + length, takes, 0.6, is_due).judge(switched)
                self.assertEqual(found and found[0], column)


class WhatTheLogSays(unittest.TestCase):
    def test_errors(self):
        self.assertTrue(is_error('{"time":"t","level":"error","message":"m"}'))
        self.assertTrue(is_error("Fatal error: Index out of range"))
        self.assertTrue(is_error("2025-03-01T18:02:11Z critical out of memory"))
        self.assertFalse(is_error('{"time":"t","level":"warning","message":"m","error":"gone"}'))


    def test_switches(self):
        away = "Redis is away: rooms and sessions are kept in SQLite"
        line = '{"time":"%s","level":"warning","message":"%s"}'
        for time, at in (
            ("2025-03-01T18:02:11.250Z", 1740852131.251),
            # No milliseconds, or no date: when the line came is better.
            ("2025-03-01T18:02:11Z", 7.5),
            ("18:02:11.250", 7.5),
        ):
            self.assertEqual(switch_of(line % (time, away), 7.5), Switch(at, "degraded"), time)
        self.assertIsNone(switch_of(line % ("2025-03-01T18:02:11Z", "rooms recovered"), 7.5))
        self.assertIsNone(switch_of(f"2025-03-01T18:02:11Z warning {away}", 7.5))


class WhoHasLeft(unittest.TestCase):
    def test_table(self):
        expired = {"success": False, "error": {"code": "session_expired"}}
        for answer, column in ((GONE, None), (expired, None), (REFUSED, "refused"), ({"success": True}, "resurrected")):
            with self.subTest(answer=answer):
                found = departed.judge(answer, "Ada", "naming the room")
                self.assertEqual(found and found[0], column)


class WhoIsRefused(unittest.TestCase):
    """Redis went away at 100. Who is excused was asked at 120."""

    def setUp(self):
        self.victim = WatchedVictim(pathlib.Path())
        self.trial = types.SimpleNamespace(
            is_away=False, born=None, struck=100.0, round=1, kind="hang", tally=Tally(), is_calling=False, call=0,
            victim=self.victim)
        self.trial.could_not_know = lambda *who: Outages.could_not_know(self.trial, *who)
        self.trial.forgot = lambda *who: Outages.forgot(self.trial, *who)
        self.trial.refused = lambda *what: Outages.refused(self.trial, *what)
        self.guest = Guest("Ada", Party(2), False, random.Random(1), self.trial)
        self.log((100.6, "degraded"))

    def log(self, *switches):
        self.victim.switches += [Switch(at, to) for at, to in switches]

    def begins_while_redis_is_away(self):
        self.trial.is_away, self.trial.born = True, 101.0

    def begins_when_redis_is_back(self):
        self.log((110, "healthy"))
        self.trial.born = 110.0

    def refuse(self, what, answer=REFUSED):
        with (contextlib.redirect_stdout(io.StringIO()), self.assertRaises(Refused),
              unittest.mock.patch("watch.time.time", return_value=120)):
            self.guest.refused(what, answer)
        return self.trial.tally.found["refused"], self.trial.tally.unavailable_while_away

    def sit(self, opened_at):
        self.guest.room, self.guest.seat = Room("k7m2q9xw", 1), 0
        self.guest.room.opened_at = opened_at

    def test_a_server_that_was_there_all_the_time_must_know(self):
        self.sit(50)
        for what in ("come back", "join", "leave", "play move 3", "go on"):
            self.trial.tally = Tally()
            self.assertEqual(self.refuse(what), (1, 0), what)

    def test_a_new_one_cannot_know_an_old_room(self):
        self.begins_while_redis_is_away()
        self.sit(50)
        self.assertEqual(self.refuse("come back"), (0, 1))

    def test_a_new_one_knows_a_room_that_was_opened_since_the_switch(self):
        self.begins_while_redis_is_away()
        self.sit(101)
        self.assertEqual(self.refuse("come back"), (1, 0))

    def test_a_new_one_cannot_know_whoever_was_not_told_of_their_seat(self):
        self.begins_while_redis_is_away()
        self.guest.party.open(Room("k7m2q9xw", 1))
        self.guest.party.room.opened_at = 101
        self.assertEqual(self.refuse("come back"), (0, 1))
        self.assertEqual(self.refuse("join"), (1, 1))

    def test_a_new_one_opens_rooms(self):
        self.begins_while_redis_is_away()
        self.assertEqual(self.refuse("join"), (1, 0))

    def test_a_new_one_knows_whoever_is_back(self):
        self.begins_while_redis_is_away()
        self.sit(50)
        self.assertEqual(self.refuse("play move 3"), (1, 0))

    def test_no_other_refusal_is_excused(self):
        self.begins_while_redis_is_away()
        self.sit(50)
        self.assertEqual(self.refuse("come back", {"error": {"code": "room_full"}}), (1, 0))

    def test_a_new_one_that_has_redis_must_know(self):
        self.begins_when_redis_is_back()
        self.sit(50)
        self.assertEqual(self.refuse("come back"), (1, 0))

    def test_a_new_one_whose_machine_is_too_busy_for_redis_cannot_know(self):
        for switches, excused in (
            ([(112, "degraded")], True),
            # What was asked before may be answered a little later.
            ([(112, "degraded"), (119.5, "healthy")], True),
            ([(112, "degraded"), (118, "healthy")], False),
        ):
            with self.subTest(switches=switches):
                self.setUp()
                self.begins_when_redis_is_back()
                self.log(*switches)
                self.sit(50)
                self.assertEqual(self.refuse("come back"), (0, 1) if excused else (1, 0))
                # It has seen this one itself.
                self.sit(111)
                self.assertEqual(self.refuse("come back")[0], 1 if excused else 2)

    def test_who_is_unknown_is_a_session_lost_and_names_the_room_then(self):
        self.sit(50)
        self.guest.comes_alone = True
        self.refuse("come back", GONE)
        self.assertEqual(self.trial.tally.found["sessions"], 1)
        self.assertTrue(self.guest.was_unknown)

    def test_a_seat_that_is_gone_is_a_session_lost(self):
        self.sit(50)
        with self.assertRaises(Fault) as raised:
            self.guest.refused("come back", GONE)
        self.assertEqual(raised.exception.kind, "sessions")


class WhatARoomHasTold(unittest.TestCase):
    """Two moves of 5 and 7 were sent by seat 0, and the first was answered as version 10."""

    def setUp(self):
        self.room = Room("k7m2q9xw", 1)
        self.room.seat(0, "Ada")
        for add in (5, 7):
            self.room.accounts[0].send(add)
        self.room.answered(0, 0, 10, repeated=False, may_be_repeated=False)

    def show(self, version, moves, total, epoch=1):
        view = {"moves": [moves], "sums": [total]}
        self.room.check_state({"epoch": epoch, "version": version, "data": {"view": view}}, floor=10)

    def fault(self, action):
        with self.assertRaises(Fault) as raised:
            action()
        return raised.exception.kind

    def test_what_is_right(self):
        self.show(10, 1, 5)
        self.show(11, 2, 12)

    def test_table(self):
        for name, action, kind in (
            ("an answered move is missing", lambda: self.show(11, 0, 0), "lost"),
            ("an old state", lambda: self.show(9, 0, 0), "lost"),
            ("a move too many", lambda: self.show(12, 3, 17), "twice"),
            ("the first in place of the second", lambda: self.show(11, 2, 10), "twice"),
            ("another sum", lambda: self.show(11, 2, 13), "lost"),
            ("another epoch", lambda: self.show(11, 2, 12, epoch=2), "other"),
            ("the seat again", lambda: self.room.seat(0, "Bob"), "seats"),
            ("answered anew", lambda: self.room.answered(0, 0, 11, False, True), "twice"),
            ("a version of two moves", lambda: self.room.answered(0, 1, 10, False, True), "lost"),
        ):
            with self.subTest(name):
                self.assertEqual(self.fault(action), kind)


class WhereRepliesEnd(unittest.TestCase):
    STREAM = b"+OK\r\n:1\r\n$5\r\na\r\nbc\r\n$-1\r\n*2\r\n*1\r\n$0\r\n\r\n:2\r\n*0\r\n-ERR no\r\n*-1\r\n"
    ENDS = [5, 9, 20, 25, 43, 47, 56, 61]

    def test_in_pieces_of_any_size(self):
        for size in range(1, len(self.STREAM) + 1):
            replies, found = Replies(), []
            for start in range(0, len(self.STREAM), size):
                found += [start + end for end in replies.ends(self.STREAM[start:start + size])]
            self.assertEqual(found, self.ENDS, size)
            self.assertTrue(replies.is_between)


class TheWire(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.redis = RedisServer(pathlib.Path(self.folder.name), "redis")
        self.wire = Wire(free_port(), self.redis.port, random.Random(7))
        await self.redis.start()
        await self.redis.wait_until_up()
        await self.wire.accept()

    async def asyncTearDown(self):
        self.wire.close()
        self.redis.kill()
        await self.redis.bury()
        self.folder.cleanup()

    def through(self, *words):
        return ask(self.wire.port, *words)

    def directly(self, *words):
        return ask(self.redis.port, *words)

    async def connected(self):
        return await asyncio.open_connection("127.0.0.1", self.wire.port)

    async def test_passes(self):
        self.assertEqual(await self.through("SET", "a", "b\r\nc"), "OK")
        self.assertEqual(await self.directly("GET", "a"), "b\r\nc")

    async def test_holds_requests_and_passes_them_late(self):
        self.wire.hold(requests=True)
        task = asyncio.create_task(self.through("SET", "a", "1"))
        self.assertEqual(await self.wait_until_held(), 1)
        self.assertIsNone(await self.directly("GET", "a"))
        self.wire.release(is_late=False)
        self.assertEqual(await task, "OK")

    async def test_what_was_held_of_somebody_who_gave_up_comes_late_or_never(self):
        for is_late, value in ((False, None), (True, "1")):
            self.wire.hold(requests=True)
            _, writer = await self.connected()
            writer.write(b"SET a 1\r\n")
            await self.wait_until_held()
            writer.transport.abort()
            while not any(end.has_ended for end in self.wire.ends):
                await asyncio.sleep(0)
            self.wire.release(is_late)
            while self.wire.ends:
                await asyncio.sleep(0)
            self.assertEqual(await self.directly("GET", "a"), value)

    async def test_holds_replies_of_what_is_done(self):
        self.wire.hold(replies=True)
        task = asyncio.create_task(self.through("INCR", "a"))
        await self.wait_until_held()
        self.assertEqual(await self.directly("GET", "a"), "1")
        self.wire.release(is_late=True)
        self.assertEqual(await task, 1)

    async def test_cuts(self):
        reader, writer = await self.connected()
        writer.write(b"PING\r\n")
        self.assertEqual(await reader.readline(), b"+PONG\r\n")
        self.wire.cut()
        with self.assertRaises(ConnectionResetError):
            await reader.read(1)
        self.assertEqual(await self.through("PING"), "PONG")

    async def test_refuses(self):
        self.wire.refuse()
        with self.assertRaises(ConnectionRefusedError):
            await self.through("PING")
        await self.wire.accept()
        self.assertEqual(await self.through("PING"), "PONG")

    async def test_ends_with_redis(self):
        reader, _ = await self.connected()
        await self.through("PING")
        self.redis.kill()
        self.assertEqual(await reader.read(1), b"")
        await self.redis.bury()
        with self.assertRaises((ConnectionResetError, EOFError)):
            await self.through("PING")

    async def test_garbles_each_connection_once_and_between_replies(self):
        whole = b"$4\r\nabcd\r\n+PONG\r\n"
        await self.directly("SET", "a", "abcd")
        self.wire.garble()
        for _ in range(50):
            reader, writer = await self.connected()
            writer.write(b"GET a\r\nPING\r\n")
            got = await reader.read(1 << 16)
            writer.close()
            spoilt = [whole[:at] + junk + whole[at:] for junk in JUNK for at in (0, 10, 17)]
            # The rest may come later.
            self.assertTrue(any(text.startswith(got) for text in spoilt) and not whole.startswith(got), got)
        self.assertIsNotNone(self.wire.garbled_at)
        self.wire.clear()
        self.assertEqual(await self.through("GET", "a"), "abcd")

    async def test_obeys_from_afar(self):
        far = FarWire(free_port(), self.redis.port, 7)
        await far.start()
        try:
            self.assertEqual(await ask(far.port, "PING"), "PONG")
            self.assertIsNone(await far.order("garble"))
            with contextlib.suppress(ValueError, IndexError, RedisRefusal, asyncio.TimeoutError):
                async with asyncio.timeout(1):
                    self.assertNotEqual(await ask(far.port, "PING"), "PONG")
            self.assertIsNotNone(await far.order("tell"))
        finally:
            await far.close()
        self.assertEqual(far.process.returncode, 0)

    async def test_a_redis_without_its_data_has_none(self):
        await self.through("SET", "a", "1")
        self.redis.kill()
        await self.redis.bury()
        await self.redis.start()
        await self.redis.wait_until_up()
        self.assertEqual(await self.through("GET", "a"), "1")
        self.redis.kill()
        await self.redis.bury()
        self.redis.wipe()
        await self.redis.start()
        await self.redis.wait_until_up()
        self.assertIsNone(await self.through("GET", "a"))
        with self.assertRaises(RedisRefusal):
            await self.through("NONSENSE")

    async def wait_until_held(self):
        while not (held := sum(bool(end.held) for end in self.wire.ends)):
            await asyncio.sleep(0)
        return held


if __name__ == "__main__":
    unittest.main()
