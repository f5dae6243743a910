"""The built server as a test starts and stops it."""

import os
import pathlib
import queue
import re
import signal
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("PARLOR", ROOT / ".build/debug/parlor"))
LISTENING = re.compile(r"listening on (http://\S+)")


class Server:
    """One process; `address` is known as soon as the constructor is back."""

    def __init__(self, data, port=0):
        # Without a games.json in its folder it offers all games with their defaults.
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(port), "--data", data],
            cwd=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log = []
        addresses = queue.Queue()
        self.reader = threading.Thread(target=self._read, args=(addresses,), daemon=True)
        self.reader.start()
        try:
            self.address = addresses.get(timeout=20)
        except queue.Empty:
            self.kill()
            raise AssertionError("the server does not listen:\n" + "".join(self.log)) from None
        self.port = int(self.address.rsplit(":", 1)[1])

    def _read(self, addresses):
        for line in self.process.stdout:
            self.log.append(line)
            if match := LISTENING.search(line):
                addresses.put(match[1])

    def stop(self):
        """Asks it to end, as an operator does, and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
