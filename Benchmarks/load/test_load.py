"""What the benchmarks calculate, and the floor itself: each is shown what it must find, and what it must not.

Run by `make test`, or by hand: `python3 -B Benchmarks/load/test_load.py`.
"""

import subprocess
import unittest
import xml.dom.minidom

import report
from arithmetic import Shape, Spread, costs, lateness, verdict
from bounds import Bound, Measurement, grown
from plot import Panel, Series, decades, steps, svg
from ratios import RATIOS
from tools import FLOOR, NotMeasured, build_floor, last_line


def result(sent=1000, sent_bytes=60, received=1000, received_bytes=100, deliveries=1000, cpu=0.01):
    """What a bench says of two seconds; bytes are of one message."""
    return {"seconds": 2, "sent": {"messages": sent, "bytes": sent * sent_bytes}, "deliveries": deliveries,
            "received": {"messages": received, "bytes": received * received_bytes}, "server": {"cpuSeconds": cpu}}


ECHO = Shape(100, answers=1)
MOVES = Shape(100, group=2, answers=1, least=7 / 9)
FANOUT = Shape(500, group=500, least=500)
PONG = Shape(200, group=2, is_timed=True)


class WhatTheFloorIsAskedFor(unittest.TestCase):
    def expect(self, shape, measured, **plan):
        self.assertEqual({name: shape.plan(measured).get(name) for name in plan}, plan)

    def test_an_answer_to_the_sender_alone(self):
        self.expect(ECHO, result(), connections=100, group=1, rate=500, answer=100, state=0, burst=1, hz=None, **{"in": 60})

    def test_an_answer_and_a_state_for_each_of_the_room(self):
        measured = result(received=3000)
        self.expect(MOVES, measured, group=2, answer=100, state=100)
        self.assertEqual(measured["received"]["bytes"], 1000 * (100 + 2 * 100))

    def test_states_alone(self):
        self.expect(FANOUT, result(sent=40, received=20_000, received_bytes=120), rate=20, answer=0, state=120)

    def test_a_burst_has_the_rate_of_its_messages(self):
        self.expect(Shape(500, group=500, burst=8), result(sent=320, received=160_000), rate=160, burst=8)

    def test_states_that_come_with_time(self):
        self.expect(PONG, result(sent=1600, received=8000, deliveries=8000, received_bytes=150), rate=800, hz=20, state=150)

    def test_states_that_come_with_time_beside_answers(self):
        shape = Shape(200, group=2, answers=1, is_timed=True)
        self.expect(shape, result(sent=1600, received=9600, deliveries=8000), rate=800, hz=20, answer=100, state=100)


class WhatIsNoMeasurement(unittest.TestCase):
    # A shape, what was measured, a word of the objection; None: there is none.
    CASES = [
        (ECHO, {}, None),
        (ECHO, {"deliveries": 951}, None),
        (ECHO, {"deliveries": 949}, "949"),
        (ECHO, {"deliveries": 0}, "nothing"),
        (MOVES, {"deliveries": 778}, None),
        (MOVES, {"deliveries": 730}, "730"),
        (FANOUT, {"sent": 40, "deliveries": 20_000}, None),
        (FANOUT, {"sent": 40, "deliveries": 18_000}, "18000"),
        (PONG, {"deliveries": 7000}, None),
        (PONG, {"sent": 0, "deliveries": 8000}, None),
        (PONG, {"deliveries": 0}, "nothing"),
    ]

    def test_table(self):
        for shape, measured, word in self.CASES:
            with self.subTest(shape=shape, measured=measured):
                objection = shape.objection(result(**measured))
                self.assertEqual(objection is None, word is None)
                self.assertIn(word or "", objection or "")

    def test_a_generator_that_is_late(self):
        self.assertIsNone(lateness(50, 1000))
        self.assertIn("51 of 1000", lateness(51, 1000))
        self.assertIsNone(lateness(0, 0))

    def test_what_a_program_says(self):
        cases = [
            ("echo table; echo '{\"a\": 1}'", None), ("echo '{\"faults\": {\"lost\": 2}}'; exit 1", "lost"),
            ("echo no figures >&2; exit 2", "exit code 2: no figures"),
            ("echo 'Error: too many\nSee --help' >&2; exit 64", "too many"), ("true", "nothing"), ("sleep 5", "within 1 s"),
        ]
        for script, why in cases:
            with self.subTest(script=script):
                if why is None:
                    self.assertEqual(last_line(["sh", "-c", script], 20), {"a": 1})
                else:
                    with self.assertRaisesRegex(NotMeasured, why):
                        last_line(["sh", "-c", script], 1 if "sleep" in script else 20)


class Figures(unittest.TestCase):
    def test_both_costs_are_of_one_delivery(self):
        floor = {"cpuSeconds": 0.02, "messages": 500, "states": 1000}
        for shape, measured, server, expected in [
            (ECHO, result(cpu=0.03), 30, 40),
            # Each move needs more than one message.
            (MOVES, result(cpu=0.03, deliveries=800), 37.5, 50),
            (FANOUT, result(cpu=0.03, deliveries=500_000), 0.06, 0.08),
            (PONG, result(cpu=0.03, deliveries=4000), 7.5, 20),
        ]:
            with self.subTest(shape=shape):
                found = costs(measured, floor, shape)
                self.assertAlmostEqual(found["server"], server)
                self.assertAlmostEqual(found["floor"], expected)

    def test_a_ratio_is_that_of_the_medians(self):
        self.assertEqual(Spread.of([3, 1, 2]), Spread(2, 1, 3))
        self.assertEqual(Spread.of([30, 10, 20]).over(Spread.of([5, 10, 20])), 2)

    def test_verdicts(self):
        for value, bounds, expected in [
            (1.5, {"most": 1.5}, "met"), (1.504, {"most": 1.5}, "**missed**"), (5000, {"least": 5000}, "met"),
            (4999.9, {"least": 5000}, "**missed**"), (7, {}, ""),
        ]:
            with self.subTest(value=value, **bounds):
                self.assertEqual(verdict(value, **bounds), expected)

    def test_growth_is_of_each(self):
        memory = {"residentBefore": 1000, "residentAfter": 51_000, "privateBefore": 500, "privateAfter": 20_500}
        self.assertEqual(grown({"server": memory}, 10), 5000)
        self.assertEqual(grown({"server": memory}, 10, "private"), 2000)


class ThePage(unittest.TestCase):
    def test_what_was_measured_missed_and_not_measured(self):
        [fanout] = [ratio for ratio in RATIOS if ratio.word == "fanout"]
        bound = Measurement("idle", None, (Bound("bytes", "Idle", "{:,.0f} B", most=7168),))
        spread = Spread(9, 8, 10)
        figures = {"server": spread, "floor": Spread(5, 5, 5), "sent": spread, "delivered": spread, "cores": spread,
                   "perRead": spread, "bytes": spread, "p50": Spread(1500, 1, 2)}
        text = report.page(["* here"], [(fanout, figures), (fanout, "no core")], [
            (bound, {"bytes": Spread(5000, 5000, 5000)}), (bound, {"bytes": Spread(8000, 7000, 9000)}), (bound, "no memory")])
        for line in ["| delivery | 9.00 (8.00 to 10.00) | 5.00 | 1.80 | ≤ 1.5 | **missed** |", "not measured: no core",
                     "| Idle | 5,000 B | ≤ 7,168 B | met |", "| 8,000 B (7,000 B to 9,000 B) | ≤ 7,168 B | **missed** |",
                     "not measured: no memory", "| 9 | 9 | 9 | 9.0 | 9.000 | 1.50 |  |  |", "* here"]:
            self.assertIn(line, text)

    def test_words_are_of_one_row_each(self):
        words = [ratio.word for ratio in RATIOS]
        self.assertEqual(len(words), len(set(words)))


class Plots(unittest.TestCase):
    def test_axes_begin_at_nothing_and_hold_all(self):
        for most in [0.07, 1, 7.3, 10, 49, 5431, 20_000]:
            ticks = steps(most)
            self.assertEqual(ticks[0], 0)
            self.assertGreaterEqual(ticks[-1], most)
            self.assertTrue(3 <= len(ticks) <= 7, ticks)

    def test_powers_of_ten_hold_all(self):
        for least, most, expected in [(2, 30, [1, 10, 100]), (10, 100, [10, 100]), (1, 1, [1, 10]), (0.2, 9, [0.1, 1, 10])]:
            self.assertEqual(decades(least, most), expected)

    def test_a_plot_is_xml_with_a_dot_for_each_point(self):
        points = {100: Spread(5, 4, 6), 1000: Spread(6, 6, 6)}
        panel = Panel("a < b", "µs", "rooms", (Series("server", points), Series("floor", points)))
        other = Panel("both", "MiB", "rooms", (Series("server", points),), is_proportional=True)
        document = xml.dom.minidom.parseString(svg([panel, other, panel]))
        self.assertEqual(len(document.getElementsByTagName("circle")), 10)


class TheFloor(unittest.TestCase):
    """It checks its bytes itself, and fails when one is missing: here it is asked for each kind of work.

    The measured second may begin and end in the middle of a pass, and a busy machine may hold the server up.
    """

    @classmethod
    def setUpClass(cls):
        build_floor()

    def run_floor(self, **plan):
        flags = [text for name, value in plan.items() for text in (f"--{name.replace('_', '-')}", value)]
        return last_line([FLOOR, *flags, "--seconds", 1, "--warm-up", 0], 30)

    def test_answers_and_states(self):
        found = self.run_floor(connections=20, group=4, rate=200, answer=70, state=90, **{"in": 50})
        self.assertAlmostEqual(found["answers"], found["messages"], delta=2)
        self.assertAlmostEqual(found["states"], 4 * found["messages"], delta=8)
        self.assertAlmostEqual(found["bytes"], 70 * found["answers"] + 90 * found["states"], delta=2 * (70 + 4 * 90))
        self.assertGreater(found["messages"], 150)

    def test_a_burst_is_one_write_for_each_connection(self):
        found = self.run_floor(connections=40, group=40, rate=80, burst=8, state=120)
        self.assertAlmostEqual(found["deliveries"], 40 * found["messages"], delta=40 * 8)
        self.assertGreater(found["deliveries"], 2000)
        self.assertLessEqual(found["writes"], found["deliveries"] / 8 + 40)

    def test_states_that_come_with_time(self):
        found = self.run_floor(connections=40, group=2, rate=80, hz=20, state=150)
        self.assertEqual(found["answers"], 0)
        self.assertAlmostEqual(found["bytes"], 150 * found["states"], delta=150 * 40)
        self.assertTrue(700 <= found["states"] <= 860, found["states"])

    def test_a_reader_that_is_behind_gets_every_byte(self):
        found = self.run_floor(connections=20, group=20, rate=1000, state=60_000)
        self.assertGreater(found["bytes"], 100e6)

    def test_sockets_that_do_nothing(self):
        found = self.run_floor(connections=500)
        self.assertEqual((found["connections"], found["deliveries"], found["wakeups"]), (500, 0, 0))
        self.assertGreater(found["resident"], 0)

    def test_nonsense_is_refused(self):
        for flags in [
            "--rate x", "--rate -1 --answer 1", "--rate nan --answer 1", "--rate 1e9 --answer 1", "--rate 5", "--rate",
            "--connections 0", "--connections 20001", "--connections 3 --group 2",
            "--in 200 --burst 100 --rate 9 --answer 1",
            "--burst 2 --connections 2", "--hz 20", "--hz 1001 --state 9", "--hz x --state 9",
            "--hz 20 --state 9 --burst 2 --connections 2", "--state 9", "--answer 9",
            "--in 0", "--in 16385", "--answer 65537 --rate 1", "--state 8193 --burst 8 --rate 8", "--seconds 0",
            "--seconds 5x", "--bogus 1", "nonsense",
        ]:
            with self.subTest(flags=flags):
                done = subprocess.run([FLOOR, *flags.split()], capture_output=True, text=True, timeout=10)
                self.assertEqual(done.returncode, 64)
                self.assertIn("usage: floor", done.stderr)


if __name__ == "__main__":
    unittest.main()
