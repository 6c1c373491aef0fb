"""Published cities that several benchmarks ask for: made once, kept in ``.venv/bench``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import city

from geo import tiles

HUITU = Path(sys.executable).parent / "huitu"
KEPT = Path(sys.prefix) / "bench"


def keep_compiled() -> None:
    """Compile the tiles' code once for all benchmarks."""
    tiles.keep_in(KEPT / "compiled")
    tiles.prepare()


def published(count: int, room: int | None = None) -> Path:
    """The data folder of a published city of so many parcels (0: a zone without layers)."""
    folder = KEPT / "cities" / (f"{count}" if room in (None, count) else f"{count}-of-{room}")
    if folder.exists():
        return folder
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    if count:
        city.write(part, count, room)
        command = [HUITU, "publish", "--data", part]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment())
    else:
        city.write_empty(part)
    return part.rename(folder)


@contextmanager
def serving(data: Path, *, workers: int = 1) -> Iterator[str]:
    """The address of a server of a data folder, with a slash at its end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [HUITU, "serve", "--data", data, "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    try:
        home = f"http://127.0.0.1:{port}/"
        while not _answers(home):
            assert process.poll() is None, "the server has ended"
            time.sleep(0.1)
        yield home
    finally:
        process.terminate()
        process.wait()


def _answers(home: str) -> bool:
    try:
        urllib.request.urlopen(f"{home}healthz", timeout=60).close()
    except OSError:
        return False
    return True


def _environment() -> dict[str, str]:
    """Without settings of another data folder."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HUITU_")}
