"""Residents sending opinions while others read, by wrk on the loopback; nothing may be lost.

Run from the checkout (wrk: ``apt-get install wrk``)::

    .venv/bin/python benchmarks/consultation_load.py                # SQLite, nobody is killed
    .venv/bin/python benchmarks/consultation_load.py --kill         # a worker, then the server
    .venv/bin/python benchmarks/consultation_load.py --database-url postgresql://...

200 connections send opinions and 200 read the notice at once. Every receipt that was answered must
be a row, every row an entry of the log, no form two rows. Forms are made here with the server's
key and come from many addresses, so that the guard against programs, which one machine would
rightly meet, stays calm: what is measured is receiving. Latencies are wrk's own.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from webapp import journal, opening, sample
from webapp.consultation import notices
from webapp.consultation.clock import SystemClock
from webapp.consultation.procedures import close_after
from webapp.consultation.spam import Forms
from webapp.consultation.tables import Opinion
from webapp.database import now
from webapp.demo import announced
from webapp.demo.playing import PLANNER
from webapp.journal import Entry
from webapp.settings import Settings

KEY = "benchmarks-only-0123456789-abcdefghijklmn"
CONNECTIONS, THREADS = 200, 2
FORMS = 60_000
HUITU = Path(sys.executable).with_name("huitu")
RECEIPT = re.compile(r"/receipts/([A-Z0-9-]+)")

WRITER = """
local threads = 0
function setup(thread) thread:set("place", threads); threads = threads + 1 end
function init()
  lines = {}
  for line in io.lines("%(bodies)s") do lines[#lines + 1] = line end
  at = place
  told = io.open("%(told)s." .. place, "w")
end
function request()
  at = at + %(threads)d
  local from, body = string.match(lines[at %% #lines + 1], "^(%%S+)\\t(.*)$")
  local headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["X-Forwarded-For"] = from,
  }
  return wrk.format("POST", "/consultations/%(notice)s/opinion", headers, body)
end
function response(status, headers, body)
  local place = headers["Location"] or headers["location"] or "-"
  told:write(status, " ", place, "\\n")
  told:flush()
end
"""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=int, default=20)
    words.add_argument("--database-url", default="")
    words.add_argument("--kill", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="huitu-load-") as folder:
        run(Path(folder), asked.seconds, asked.database_url, kill=asked.kill)


def run(folder: Path, seconds: int, database_url: str, *, kill: bool) -> None:
    """Start a server, send and read, end it, count."""
    data = folder / "data"
    sample.copy(Path("data"), data)
    settings = Settings.read(data=data, database_url=database_url, secret_key=KEY, port=free_port())
    notice_id = announce(settings)
    (folder / "bodies").write_text("\n".join(bodies(notice_id)), "utf-8")
    server = Server(settings)
    writer, reader = load(folder, server, notice_id, seconds)
    if kill:
        time.sleep(seconds / 3)
        server.kill_a_worker()
        time.sleep(seconds / 3)
        server.kill()
        server.start()
    written, read = writer.communicate()[0], reader.communicate()[0]
    server.kill() if kill else server.stop()
    tell("sending", written)
    tell("reading", read)
    count(folder, settings)


class Server:
    """``huitu serve`` with two workers behind a proxy that is believed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.url = f"http://127.0.0.1:{settings.port}"
        self._process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start it and wait until it answers."""
        settings = self._settings
        environment = os.environ | {
            "HUITU_SECRET_KEY": KEY,
            "HUITU_TRUSTED_PROXIES": "1",
            "HUITU_DATABASE_URL": settings.database_url,
        }
        command = [HUITU, "serve", "--data", settings.data, "--port", str(settings.port)]
        self._process = subprocess.Popen(
            [*command, "--workers", "2"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return self._process

    def kill_a_worker(self) -> None:
        """End one worker with -9, as the kernel does when memory is short."""
        os.kill(self._workers()[0], signal.SIGKILL)

    def kill(self) -> None:
        """End the server and every worker with -9."""
        for process in [self._process.pid, *self._workers()]:
            os.kill(process, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as a person would."""
        self._process.terminate()
        self._process.wait()

    def _workers(self) -> list[int]:
        listed = ["pgrep", "-P", str(self._process.pid)]
        found = subprocess.run(listed, capture_output=True, text=True, check=False)
        return [int(one) for one in found.stdout.split()]


def announce(settings: Settings) -> str:
    """A notice that is open now."""
    clock = SystemClock()
    with opening.ready(settings).writing() as session:
        made = notices.begin(session, announced.ROADSIDE, by=PLANNER, clock=clock)
        closes_at = close_after(now(), 31)
        notices.publish(
            session, made.id, opens_at=None, closes_at=closes_at, by=PLANNER, clock=clock
        )
        return made.id


def bodies(notice_id: str) -> list[str]:
    """Forms that have been looked at for a minute, each from an address of its own."""
    forms, then = Forms(KEY), now() - timedelta(minutes=1)
    made = []
    for number in range(FORMS):
        token = forms.new(notice_id, then)
        form = forms.read(token, notice_id)
        assert form is not None
        fields = {
            "form": token,
            "waited": forms.waiting(form, then),
            "words": f"第 {number} 位居民：希望华惠路多种树，人行道宽一点。",
            "stance": "support",
            "topics": "green",
            "project": "P04",
            "do": "send",
        }
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        made.append(f"{address}\t{urlencode(fields)}")
    return made


def load(
    folder: Path, server: Server, notice_id: str, seconds: int
) -> tuple[subprocess.Popen[str], subprocess.Popen[str]]:
    """Start those who send and those who read."""
    script = folder / "writer.lua"
    script.write_text(
        WRITER
        % {
            "bodies": folder / "bodies",
            "told": folder / "told",
            "threads": THREADS,
            "notice": notice_id,
        },
        "utf-8",
    )
    common = ["wrk", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    writing = [*common, f"-t{THREADS}", "-s", str(script), server.url]
    reading = [*common, "-t1", f"{server.url}/consultations/{notice_id}"]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for command in (writing, reading)
    ]
    return started[0], started[1]


def tell(what: str, said: str) -> None:
    """The lines of wrk that matter."""
    wanted = ("50%", "99%", "requests in", "Non-2xx", "Socket errors", "Requests/sec")
    lines = [line.strip() for line in said.splitlines() if any(word in line for word in wanted)]
    print(f"{what}: {' | '.join(lines)}")


def count(folder: Path, settings: Settings) -> None:
    """Hold what was answered against what is kept."""
    answers = Counter[str]()
    receipts = set()
    for file in folder.glob("told.*"):
        for line in file.read_text("utf-8").splitlines():
            status, _, place = line.partition(" ")
            answers[status] += 1
            if found := RECEIPT.search(place):
                receipts.add(found[1])
    with opening.ready(settings).reading() as session:
        rows = session.scalars(select(Opinion.receipt)).all()
        keys = session.scalar(select(func.count(Opinion.key.distinct())))
        entries = session.scalar(select(func.count()).where(Entry.action == "opinion-received"))
        broken = journal.verify(session).broken
    print(f"answers: {dict(answers)}")
    print(f"receipts {len(receipts)}, rows {len(rows)}, forms {keys}, entries of the log {entries}")
    print(f"receipts without a row: {len(receipts - set(rows))}; the log: {broken or 'holds'}")
    lost = receipts - set(rows) or len(rows) != entries or len(rows) != keys or broken
    sys.exit("LOST" if lost else 0)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
