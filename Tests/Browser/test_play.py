"""People at real windows: two browsers play on a real server, one leaves and comes back, the server restarts.

Run by `make test`, or by hand: `.venv/bin/python Tests/Browser/test_play.py`. Pictures of every page stay in output/.
"""

import re
import sys
import tempfile
import time
import unittest

from playwright.sync_api import expect, sync_playwright

from parlor_server import ROOT, Server

CHROMIUM = "/usr/bin/chromium"
OUTPUT = ROOT / "output"
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}

expect.set_options(timeout=10_000)


class Window:
    """One person's browser with storage of its own, and the faults that its page reported."""

    def __init__(self, browser, address):
        self.context = browser.new_context(viewport=SIZES["desktop"])
        self.page = self.context.new_page()
        self.address = address
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message):
        """A page that its own policy stops from something says so in its console, and nowhere else."""
        if "Policy" in message.text or "policy" in message.text:
            self.faults.append(message.text)

    def open(self, path):
        self.page.goto(self.address + path)

    def seat(self):
        """Where this window sits, once the page says so."""
        own = self.page.locator("#seats li").filter(has=self.page.get_by_text("you", exact=True))
        expect(own).to_have_count(1)
        return int(own.get_attribute("data-seat"))

    def square(self, row, column, content="empty"):
        return self.page.get_by_role("button", name=re.compile(f"^row {row}, column {column}, {content}"))

    def expect_status(self, text):
        expect(self.page.locator("#status")).to_have_text(re.compile(text))

    def photograph(self, name):
        OUTPUT.mkdir(exist_ok=True)
        for size, viewport in SIZES.items():
            self.page.set_viewport_size(viewport)
            self.page.screenshot(path=OUTPUT / f"{name}-{size}.png", full_page=True)
        self.page.set_viewport_size(SIZES["desktop"])


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = folder.name
        self.server = self.start()

    def start(self, port=0):
        server = Server(self.data, port)
        self.addCleanup(server.kill)
        return server

    def window(self):
        window = Window(self.browser, self.server.address)
        self.addCleanup(window.context.close)
        self.addCleanup(lambda: self.assertEqual(window.faults, [], "faults on the page"))
        return window

    def two_at_a_table(self, path):
        ann, bob = self.window(), self.window()
        ann.open(path)
        self.assertEqual(ann.seat(), 0)
        bob.open(path)
        self.assertEqual(bob.seat(), 1)
        return ann, bob

    def take(self, window, other, row, column, mark):
        """Clicks a square, and waits until both windows show the mark."""
        window.expect_status("^Your turn")
        window.square(row, column).click()
        for each in (window, other):
            expect(each.square(row, column, mark)).to_have_count(1)

    def test_a_whole_game_with_a_reload_and_a_restart(self):
        ann, bob = self.two_at_a_table("/play/tictactoe")
        self.take(ann, bob, 1, 1, "X")
        self.take(bob, ann, 2, 1, "O")
        self.take(ann, bob, 1, 2, "X")

        bob.page.reload()
        self.assertEqual(bob.seat(), 1)
        expect(bob.square(1, 2, "X")).to_have_count(1)

        self.take(bob, ann, 2, 2, "O")
        self.take(ann, bob, 1, 3, "X")
        ann.expect_status("^You won!")
        bob.expect_status(" won!$")
        expect(ann.square(1, 1, "X, winning line")).to_have_count(1)
        ann.photograph("tictactoe")

        # A second round is under way when the server goes down; who lost begins it.
        for window in (ann, bob):
            window.page.get_by_role("button", name=re.compile("^Rematch")).click()
        self.take(bob, ann, 3, 3, "X")

        self.assertEqual(self.server.stop(), 0, "".join(self.server.log))
        expect(ann.page.locator("#connection")).to_be_visible()
        self.start(self.server.port)
        for window in (ann, bob):
            expect(window.page.locator("#connection")).to_be_hidden(timeout=20_000)
        # What an open page shows could be what it remembers; a move, and a page loaded anew, know better.
        self.take(ann, bob, 1, 1, "O")
        self.take(bob, ann, 3, 2, "X")
        for seat, window in enumerate((ann, bob)):
            window.page.reload()
            self.assertEqual(window.seat(), seat)
            for row, column, mark in ((3, 3, "X"), (1, 1, "O"), (3, 2, "X")):
                expect(window.square(row, column, mark)).to_have_count(1)

    def test_pong_against_a_bot_moves(self):
        ann = self.window()
        ann.open("/play/pong")
        ann.page.get_by_role("button", name="Add a bot").click()
        expect(ann.page.locator("#status.phase-playing")).to_be_visible()
        court = ann.page.locator("canvas")
        # More pictures than a court has that is drawn once: the ball flies, a second after the start.
        pictures, deadline = set(), time.monotonic() + 8
        while len(pictures) < 6 and time.monotonic() < deadline:
            pictures.add(court.screenshot())
            ann.page.wait_for_timeout(100)
        self.assertEqual(len(pictures), 6, "the court stands still")
        ann.photograph("pong")

    def test_a_page_does_nothing_but_what_its_policy_allows(self):
        """And the ears that all other tests rely on are not deaf."""
        ann = self.window()
        ann.open("/")
        for trespass in (
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.x = 1'}))",
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://evil.example/x.png'}))",
            "document.body.setAttribute('style', 'color: red')",
            "try { new WebSocket('wss://evil.example/') } catch {}",
            "void fetch('https://evil.example/').catch(() => 0)",
        ):
            heard = len(ann.faults)
            ann.page.evaluate(trespass)
            deadline = time.monotonic() + 5
            while len(ann.faults) == heard and time.monotonic() < deadline:
                ann.page.wait_for_timeout(20)
            self.assertGreater(len(ann.faults), heard, trespass)
        self.assertIsNone(ann.page.evaluate("window.x ?? null"))
        ann.faults.clear()

    def test_every_other_page_shows_itself(self):
        ann = self.window()
        ann.open("/")
        for game in ("Pong", "Tic-tac-toe", "Dice", "Owe Drahn"):
            expect(ann.page.get_by_text(re.compile(game)).first).to_be_visible()
        ann.photograph("lobby")
        for game in ("dice", "owedrahn"):
            one, other = self.two_at_a_table(f"/play/{game}")
            if game == "owedrahn":
                for window in (one, other):
                    window.page.get_by_role("button", name="I am ready").click()
            for window in (one, other):
                window.expect_status("Your turn|to play")
            one.photograph(game)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    bad = len(result.failures) + len(result.errors)
    # A test that fails and whose cleanup fails too is counted twice.
    failed = min(bad, result.testsRun) or (0 if result.testsRun else 1)
    print(f"{result.testsRun - failed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)
