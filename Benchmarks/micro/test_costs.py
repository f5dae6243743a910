"""The guard of costs itself: what it reads in a file of callgrind's, and what it makes of that."""

import unittest

from costs import Cost, cost, judge

# Two turns: of the calls, four allocate; one is of a function named before, and one leads to a fifth that is the same.
SEEN = """\
version: 1
events: Ir
fn=(1) turn
16 2
cfn=(2) malloc
calls=2 0
16 40
cfn=(3) memcpy
calls=9 0
16 30
fn=(3)
0 30
fn=(4) grow
0 1
cfn=(2)
calls=1 0
0 20
cfn=(6) posix_memalign
calls=1 0
0 9
fn=(7) _mid_memalign.constprop.0
0 1
cfn=(2)
calls=1 0
0 8
fn=(8) end
0 1
cfn=(5) malloc_usable_size
calls=7 0
0 7
totals: 130
"""


class WhatIsRead(unittest.TestCase):
    def test_the_instructions_and_the_allocations_of_one_turn(self):
        self.assertEqual(cost(SEEN.splitlines(), 2), Cost(65, 2.0))


class WhatIsTooMuch(unittest.TestCase):
    # Instructions and allocations, of which 1,000 and 20 are allowed; the finding.
    CASES = [
        (1000, 20.0, None),
        (1050, 20.0, None),
        (1051, 20.0, "too much"),
        (1000, 20.2, None),
        (1000, 20.3, "too much"),
        (1000, 21.0, "too much"),
        (900, 21.0, "too much"),
        (1051, 19.0, "too much"),
        (950, 20.0, None),
        (949, 20.0, "less"),
        (1000, 19.8, None),
        (1000, 19.0, "less"),
    ]

    def test_more_instructions_than_the_order_of_code_makes_and_every_further_allocation(self):
        for instructions, allocations, finding in self.CASES:
            with self.subTest(instructions=instructions, allocations=allocations):
                self.assertEqual(judge(Cost(instructions, allocations), Cost(1000, 20.0))[1], finding)

    def test_a_workload_without_a_threshold(self):
        self.assertEqual(judge(Cost(1, 0), None)[1], "too much")

    def test_one_more_allocation_a_turn_is_seen_where_there_are_a_hundred_already(self):
        self.assertEqual(judge(Cost(1000, 101), Cost(1000, 100))[1], "too much")


if __name__ == "__main__":
    unittest.main()
