"""Games that end the process they run in: real processes, real signals, real sockets.

Run by `make test`, or by hand: `.venv/bin/python Tests/Traps/test_traps.py`, after `swift build --product trial-server`.
"""

import json
import os
import pathlib
import signal
import stat
import sys
import tempfile
import time
import unittest

from trial_server import Player, Server, free_port

CRASHED = "server ended, starting it again"


class TrapTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"

    def serve(self, *flags, **more):
        server = Server(str(self.data), *flags, **more)
        self.addCleanup(server.kill)
        self.addCleanup(lambda: self.doCleanupLog(server))
        return server

    def doCleanupLog(self, server):
        if os.environ.get("TRAPS_LOG"):
            print(self.id(), "".join(server.log), file=sys.stderr)

    async def supervised(self, *flags, **more):
        server = self.serve("--supervise", *flags, **more)
        await server.listens()
        return server

    def ledger(self):
        """The traps that were recorded; none when nobody was ever accused."""
        file = self.data / "traps.json"
        return json.loads(file.read_text()) if file.exists() else {"traps": [], "rooms": [], "games": {}}

    def faults(self):
        return [trap["fault"] for trap in self.ledger()["traps"]]

    async def bystander(self, server, sum, **more):
        """Somebody with a seat and a count of their own."""
        player = await Player(server, **more).connect()
        self.assertTrue((await player.join("counter"))["success"])
        await player.moved(add=sum)
        return player

    async def expect_seat(self, player, sum):
        answer = await player.come_back()
        self.assertTrue(answer["success"], answer)
        self.assertEqual((await player.state())["view"]["sums"], [sum])

    async def bomber(self, server, **more):
        player = await Player(server, **more).connect()
        self.assertTrue((await player.join("bomb"))["success"])
        return player

    # The whole way of one room

    async def test_the_second_trap_of_one_move_closes_its_room_and_no_other(self):
        server = await self.supervised()
        ann = await self.bystander(server, 5)
        bob = await self.bomber(server)
        await bob.move(id="boom", fault="index")
        await server.listens(2)
        self.assertIsNone(await ann.is_cut_off(), "a crash says no goodbye")
        await self.expect_seat(ann, 5)
        await ann.moved(add=2)
        self.assertTrue((await bob.come_back())["success"], "once is bad luck")
        self.assertEqual(self.faults(), ["illegalInstruction"])
        self.assertEqual(self.ledger()["rooms"], [])

        await bob.move(id="boom", fault="index")
        await server.listens(3)
        await self.expect_seat(ann, 7)
        answer = await bob.come_back()
        self.assertEqual(answer["error"]["code"], "room_closed")
        await bob.send("reconnect", room=bob.room, data={"clientId": bob.client})
        self.assertEqual((await bob.receive("room_closed"))["data"]["reason"], "quarantined")
        await self.bomber(server)  # The game itself is offered still.
        await ann.moved(add=1)
        self.assertEqual(server.count(CRASHED), 2)

        report = self.data / "reports" / f"{bob.room}.json"
        for file in (report, self.data / "blackbox", self.data / "traps.json"):
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)
        text = report.read_text()
        facts = json.loads(text)
        self.assertEqual((facts["room"], facts["game"]), (bob.room, "bomb"))
        self.assertEqual([json.loads(trap["input"]) for trap in facts["traps"]], [{"fault": "index"}] * 2)
        self.assertIn("room", facts["snapshot"])
        self.assertTrue(any("seated" in entry["input"] for entry in facts["log"]), facts["log"])
        for file in self.data.rglob("*"):
            if file.is_file():
                self.assertNotIn(bob.client.encode(), file.read_bytes(), f"a secret in {file.name}")
        self.assertNotIn("127.0.0.1", text)
        self.assertNotIn(bob.client, "".join(server.log))

        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(await server.ends(), 0)

    async def test_a_room_of_periodic_snapshots_is_closed_too(self):
        (self.folder / "games.json").write_text(
            '{"games":[{"type":"counter"},{"type":"bomb","durability":"periodic:100ms"}]}')
        server = await self.supervised()
        ann, bob = await self.bystander(server, 1), await self.bomber(server)
        for crash in (1, 2):
            await bob.move(fault="overflow")
            await server.listens(crash + 1)
            answer = await bob.come_back()
            self.assertEqual(answer["success"], crash == 1, answer)
        self.assertIn("snapshot", json.loads((self.data / "reports" / f"{bob.room}.json").read_text()))
        await self.expect_seat(ann, 1)

    async def test_a_room_that_cannot_be_replayed_is_closed_and_the_server_comes_up(self):
        server = self.serve()
        await server.listens()
        ann, bob = await self.bystander(server, 4), await self.bomber(server)
        await bob.moved(fault="upgrade")
        # A clean stop would leave nothing to be replayed.
        server.process.send_signal(signal.SIGKILL)
        await server.ends()

        server = self.serve("--supervise", environment={"TRIAL_UPGRADED": "1"}, port=server.port)
        ann.server = bob.server = server
        await server.says("room quarantined")
        self.assertEqual(server.count(CRASHED), 2)
        self.assertEqual([trap["call"] for trap in self.ledger()["traps"]], ["replay", "replay"])
        await self.expect_seat(ann, 4)
        self.assertEqual((await bob.come_back())["error"]["code"], "room_closed")

    # The whole way of one game

    async def test_the_third_room_switches_off_the_game_and_bars_who_did_it(self):
        server = await self.supervised()
        ann = await self.bystander(server, 3, address="127.0.0.2")
        for crash, fault in enumerate(("index", "overflow", "recursion"), start=1):
            bob = await self.bomber(server)
            await bob.move(fault=fault)
            await server.listens(crash + 1)
        self.assertEqual(self.faults(), ["illegalInstruction", "illegalInstruction", "segmentationFault"])
        self.assertEqual(self.ledger()["games"], {"bomb": 1})

        self.assertEqual(await bob.is_refused(), 4006)
        await self.expect_seat(ann, 3)
        self.assertEqual([game["gameType"] for game in ann.welcome["data"]["games"]], ["counter"])
        carol = await Player(server, address="127.0.0.2").connect()
        self.assertEqual((await carol.join("bomb"))["error"]["code"], "unknown_game")
        carol.client, carol.room = bob.client, bob.room
        self.assertEqual((await carol.come_back())["error"]["code"], "unknown_game")
        self.assertEqual(server.count(CRASHED), 3)

        # An operator who has repaired the game says so by removing the ledger.
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(await server.ends(), 0)
        (self.data / "traps.json").unlink()
        server = await self.supervised(port=server.port)
        bob.server = server
        self.assertTrue((await bob.come_back())["success"], "its rooms were kept")

    async def test_options_that_trap_count_as_rooms(self):
        server = await self.supervised()
        ann = await self.bystander(server, 2, address="127.0.0.2")
        for crash in (1, 2, 3):
            bob = await Player(server).connect()
            await bob.send("join_room", game="bomb", data={"create": True, "options": {"seats": 2, "trap": True}})
            await server.listens(crash + 1)
        self.assertEqual([trap["call"] for trap in self.ledger()["traps"]], ["options"] * 3)
        self.assertEqual(self.ledger()["games"], {"bomb": 1})
        self.assertEqual(await bob.is_refused(), 4006)
        await self.expect_seat(ann, 2)

    # What is not a trap

    async def test_a_kill_accuses_nobody(self):
        server = await self.supervised()
        ann, bob = await self.bystander(server, 9), await self.bomber(server)
        for crash, sent in enumerate((signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV), start=1):
            # In the middle of a game that is at work, which the watchdog has just noticed.
            await bob.move(fault="endless", nonce=crash)
            await server.says("holds up its event loop", crash)
            [pid] = server.servers()
            os.kill(pid, sent)
            await server.listens(crash + 1)
            self.assertTrue((await bob.come_back())["success"])
        self.assertEqual(self.faults(), [])
        await self.expect_seat(ann, 9)

    async def test_a_room_at_work_is_not_accused_of_what_another_one_did(self):
        server = await self.supervised("--threads", "8")
        ann = await self.bomber(server)
        # With eight loops some of them are on another one than hers.
        others = [await self.bomber(server) for _ in range(8)]
        await ann.move(fault="endless")
        await server.says("holds up its event loop")
        for other in others:
            await other.move(fault="index")
        await server.listens(2)
        accused = {trap["room"] for trap in self.ledger()["traps"]}
        self.assertTrue(accused and accused <= {other.room for other in others}, accused)

    # Games that do not return

    async def test_a_game_that_does_not_return_is_ended(self):
        server = await self.supervised()
        ann, bob = await self.bystander(server, 6), await self.bomber(server)
        start = time.monotonic()
        await bob.move(fault="endless")
        await server.says(CRASHED)
        took = time.monotonic() - start
        print(f"ended after {took:.1f} s", file=sys.stderr)
        self.assertTrue(4.5 < took < 8, took)
        await server.listens(2)
        self.assertEqual(self.faults(), ["endless"])
        self.assertEqual(server.count("holds up its event loop"), 1)
        await self.expect_seat(ann, 6)
        self.assertTrue((await bob.come_back())["success"])

    # Supervision

    async def test_without_a_supervisor_the_next_process_learns_of_it(self):
        server = self.serve()
        await server.listens()
        bob = await self.bomber(server)
        await bob.move(fault="recursion")
        self.assertEqual(await server.ends(), -signal.SIGSEGV)
        server = self.serve(port=server.port)
        await server.listens()
        self.assertEqual(self.faults(), ["segmentationFault"])

    async def test_the_runtime_still_tells_its_own_story_of_a_crash(self):
        server = await self.supervised(environment={"SWIFT_BACKTRACE": "enable=yes,color=no,symbolicate=off"})
        bob = await self.bomber(server)
        await bob.move(fault="overflow")
        await server.says("Program crashed")
        await server.listens(2)
        self.assertEqual(self.faults(), ["illegalInstruction"])

    async def test_a_server_ends_with_its_supervisor(self):
        server = await self.supervised()
        ann = await self.bystander(server, 1)
        server.kill()
        self.assertIn(await ann.is_cut_off(), (1001, None))
        server = self.serve(port=server.port)
        await server.listens()  # The folder and the port are free again.

    async def test_a_server_that_means_to_end_is_not_started_again(self):
        for flags, code in (("--threads", "none"), 78), (("--never-heard-of",), 64):
            self.assertEqual(await self.serve("--supervise", *flags).ends(), code)
        port = free_port()
        first = self.serve(port=port)
        await first.listens()
        self.data = self.folder / "other"
        second = self.serve("--supervise", port=port)
        self.assertEqual(await second.ends(), 1)
        self.assertEqual(second.count(CRASHED), 0)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    bad = len(result.failures) + len(result.errors)
    failed = min(bad, result.testsRun) or (0 if result.testsRun else 1)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)
