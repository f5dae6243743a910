"""Two honest people at a game of tic-tac-toe, again and again, who count what they miss.

usage: pair.py PORT      says `moved MILLISECONDS` after each answered move, and what was missed as its last word
"""

import asyncio
import subprocess
import sys

from client import Ended, Player

# Whoever sees their move answered later than this calls the server broken.
LATEST = 10
# As quickly as two people who know each other's game.
PAUSE = 0.015


class Missed(Exception):
    """Something that an honest player must never see."""


class Pair:
    """Both of them, in a process of their own: they are not to wait for whoever floods."""

    def __init__(self, port):
        self.port = port
        self.moves = 0
        # In milliseconds: since somebody last asked, and ever.
        self.slowest_lately = self.slowest = 0
        self.missed = None
        self.news = asyncio.Condition()

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", __file__, str(self.port), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.listening = asyncio.create_task(self.listen())
        return self

    async def stop(self):
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), LATEST)
        except TimeoutError:
            # Still on their way to their seats.
            self.process.kill()
        await self.listening

    async def listen(self):
        async for line in self.process.stdout:
            word, _, rest = line.decode().strip().partition(" ")
            if word == "moved":
                self.moves += 1
                self.slowest_lately = max(self.slowest_lately, int(rest))
                self.slowest = max(self.slowest, self.slowest_lately)
            else:
                self.missed = rest
            async with self.news:
                self.news.notify_all()

    async def moved(self, count):
        """Waits until so many more moves were answered; raises what was missed, now or earlier."""
        goal = self.moves + count
        try:
            async with asyncio.timeout(LATEST), self.news:
                await self.news.wait_for(lambda: self.moves >= goal or self.missed)
        except TimeoutError:
            raise Missed("nobody moved for too long") from None
        if self.missed:
            raise Missed(self.missed)


class Honest:
    """One of the two."""

    def __init__(self, player):
        self.player = player
        self.number = self.seq = self.version = 0
        self.waits_for = self.sent_at = None
        self.has_voted = False

    async def play(self):
        while True:
            try:
                heard = await self.player.next(LATEST)
            except TimeoutError:
                raise Missed(f"seat {self.player.seat} heard nothing for {LATEST} s") from None
            except Ended as end:
                raise Missed(f"seat {self.player.seat} was cut off: {end.args}") from None
            if "error" in heard:
                raise Missed(f"seat {self.player.seat} was refused: {heard}")
            if heard["type"] == "make_move_result":
                self.hear_answer(heard)
            elif heard["type"] == "game_state":
                await self.hear_state(heard)
            elif "seq" in heard:
                self.hear_event(heard)

    def hear_answer(self, heard):
        if heard["id"] != self.waits_for:
            raise Missed(f"an answer to {heard['id']}, not to {self.waits_for}")
        print("moved", round((asyncio.get_running_loop().time() - self.sent_at) * 1000), flush=True)
        self.waits_for = None

    def hear_event(self, heard):
        if self.seq and heard["seq"] != self.seq + 1:
            raise Missed(f"event {heard['seq']} after {self.seq}")
        self.seq = heard["seq"]

    async def hear_state(self, heard):
        if heard["version"] <= self.version or heard["seq"] < self.seq:
            raise Missed(f"version {heard['version']} after {self.version}, event {heard['seq']} after {self.seq}")
        self.version, self.seq = heard["version"], heard["seq"]
        data = heard["data"]
        if data["phase"] == "finished" and not self.has_voted:
            self.has_voted = True
            await self.player.say("rematch")
        elif data["phase"] == "playing" and data["view"].get("turn") == self.player.seat:
            self.has_voted = False
            await self.move(data["view"]["board"])

    async def move(self, board):
        await asyncio.sleep(PAUSE)
        row, column = next((row, column) for row in range(3) for column in range(3) if board[row][column] == "")
        self.number += 1
        self.waits_for, self.sent_at = self.number, asyncio.get_running_loop().time()
        await self.player.say("make_move", id=self.number, data={"row": row, "col": column})


async def main(port):
    host, guest = [await (await Player(port, "127.0.0.1").open()).greet() for _ in range(2)]
    await host.sit()
    await guest.sit(room=host.room)
    # Ends with whoever started it.
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    plays = [asyncio.create_task(Honest(player).play()) for player in (host, guest)]
    await asyncio.wait([*plays, asyncio.create_task(reader.read())], return_when=asyncio.FIRST_COMPLETED)
    for play in plays:
        if play.done():
            print("missed", play.exception(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
