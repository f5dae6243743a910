"""Measures what each stage of a move costs the server, by samples of where its threads are. Writes results/stages.md.

usage: stages.py [--seconds 20] [--warm-up 2]      needs perf (Debian: linux-perf)
"""

import os
import re
import shutil
import subprocess
import sys
import threading

from arithmetic import server_micros
from report import conditions, table
from tools import BUILD, ROOT, NotMeasured, begin, say

RESULT = ROOT / "Benchmarks/results/stages.md"
# Of CPU time; no multiple of what the server does at a rhythm.
FREQUENCY = 1999
MOVES = ("moves", "--rooms", 50, "--rate", 4000)
# A sample belongs to the innermost function of its stack that one of these knows.
STAGES = {
    "wait": ("the loop sleeps and is woken", r"epoll_wait|Selector\.whenReady|_blockingWaitForWork"),
    "write": ("sockets take the bytes", r"Socket\.write|flushNow|writeToSocket|PendingWrites|PendingStream|HeadChannelHandler"
              r"|ChannelHandlerContext\.(write|flush|writeAndFlush|invokeWrite|invokeFlush)"),
    "read": ("bytes come from sockets", r"readFromSocket|Socket\.read|readable0|RecvBuffer"),
    "decode": ("frames, the envelope, the move", r"FrameReader|FrameDecoder|FrameHeader|MessageReader|JSONScanner|JSONReader"
               r"|ValueDecoder|MemberReader|SingleReader|MaskingKey|UTF8Validator"),
    "encode": ("view, state, events, answer, log entry", r"CanonicalJSON|JSONWriter|KeyedWriter|UnkeyedWriter|SingleWriter"
               r"|ValueEncoder|JSONObject|RoomMessages|RoomState|ServerMessage|Frame\.|encode\(to:\)|EventText"),
    "engine": ("rules of the room and of the game", r"RoomEngine|AnyRoom|GameTable|TicTacToe|MoveReceipts|SeatSet"),
    "commit": ("batches, the store", r"OutputGate|Shard\.(record|commit|storeSnapshot|snapshot|stored)|SQLite|sqlite|GroupCommit"
               r"|WriteQueue|Database|Statement|DispatchQueue|_dispatch"),
    "route": ("limits, the way to the room and back", r"MessageRouter|TokenBucket|Mailbox|Shard\.|Connection\.(perform|settle"
              r"|handle|readFrames|channelRead)|GameNote|RoomManager|ClientManager|LiveRoom"),
    "deliver": ("what is owed to each connection", r"LoopHub|Connection\.|Outbox|Audience|Parcel"),
}
# What the system calls threads that serve queues, as the store's does.
STORE = "qos.overcommit"
REST = ("rest", "the event loop itself, timers")


def stacks(process, seconds):
    """Where the threads of a process were: each thread's name, and its functions, innermost first."""
    file = BUILD / "stages.data"
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", FREQUENCY, "-g", "-p", process, "-o", file, "sleep", seconds]
    subprocess.run(list(map(str, record)), check=True, stderr=subprocess.DEVNULL)
    script = subprocess.run(["perf", "script", "-i", file, "-F", "comm,ip,sym"], capture_output=True, text=True, check=True)
    text = subprocess.run(["swift", "demangle", "--simplified"], input=script.stdout, capture_output=True, text=True, check=True)
    for stack in text.stdout.split("\n\n"):
        if lines := stack.strip().splitlines():
            yield lines[0], [line.strip().partition(" ")[2] for line in lines[1:]]


def stage(thread, functions):
    # The store's own; what it calls is compiled without the pointers by which a stack is walked.
    if STORE in thread:
        return "commit"
    for function in functions:
        for name, (_, pattern) in STAGES.items():
            if re.search(pattern, function):
                return name
    return REST[0]


def shares(process, seconds):
    """The part of each stage in what the process did."""
    counts = dict.fromkeys([*STAGES, REST[0]], 0)
    for thread, functions in stacks(process, seconds):
        counts[stage(thread, functions)] += 1
    total = sum(counts.values())
    if total < 1000:
        raise NotMeasured(f"{total} samples tell nothing")
    return {name: count / total for name, count in counts.items()}


def measure(tools, durability):
    """Microseconds of CPU for each stage of a move."""
    found = {}
    with tools.server(durability) as server:
        # In the middle of what is measured, so that all of it is load.
        timer = threading.Timer(tools.warm_up + 2, lambda: found.update(shares(server.process.pid, tools.seconds - 3)))
        timer.start()
        micros = server_micros(tools.load(server, *MOVES))
        timer.join()
    say(f"durability {durability}: {micros:.1f} us a move")
    return {name: share * micros for name, share in found.items()}


def main():
    load_average = os.getloadavg()[0]
    if not shutil.which("perf"):
        sys.exit("stages.py: there is no perf")
    tools, _ = begin(__doc__, [], seconds=20)
    tools.rounds = 1
    at_once, stored = measure(tools, "none"), measure(tools, "everyInput")
    rows = [[name, what, f"{at_once[name]:.1f}", f"{stored[name]:.1f}"]
            for name, what in [*((name, what) for name, (what, _) in STAGES.items()), REST]]
    rows.append(["all", "", f"{sum(at_once.values()):.1f}", f"{sum(stored.values()):.1f}"])
    text = "\n".join([
        "# Stages of a move", "", "`make bench-stages` wrote this: 50 rooms of tic-tac-toe, 4,000 moves a second. A sample of the",
        "server's threads counts for the innermost function that is known to belong to a stage.", "",
        *conditions(tools, load_average), "",
        *table(["stage", "what", "CPU µs a move, durability `none`", "`everyInput`"], rows), ""])
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
