"""Readers that do what no reader does, each started as a process of its own.

``python tests/fake_readers.py NAME`` is the command of a reading process whose reader is the
function of that name; it is caged exactly as the real one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from geo.files.confined import child
from geo.files.opening import Source
from geo.files.reading import Asked, Content

_HERE = Path(__file__)
#: Opened by the child before anything else: the first number that is free.
_ANSWER = 3


def opens(source: Source, asked: Asked) -> Content:
    Path("/etc/passwd").read_bytes()
    raise AssertionError("read")


def opens_the_named(source: Source, asked: Asked) -> Content:
    Path(asked.layer or "").read_bytes()
    raise AssertionError("read")


def writes(source: Source, asked: Asked) -> Content:
    Path(asked.layer or "").write_bytes(b"seen")
    raise AssertionError("written")


def connects(source: Source, asked: Asked) -> Content:
    with socket.create_connection(("127.0.0.1", int(asked.layer or 0)), timeout=5):
        raise AssertionError("connected")


def connects_below_python(source: Source, asked: Asked) -> Content:
    """Ask the C library for a socket, as a fault inside GDAL would."""
    if ctypes.CDLL(None, use_errno=True).socket(2, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "no socket")
    raise AssertionError("connected")


def forks(source: Source, asked: Asked) -> Content:
    os.fork()
    raise AssertionError("forked")


def forks_below_python(source: Source, asked: Asked) -> Content:
    if ctypes.CDLL(None, use_errno=True).fork() < 0:
        raise OSError(ctypes.get_errno(), "no fork")
    raise AssertionError("forked")


def starts(source: Source, asked: Asked) -> Content:
    subprocess.run(["/bin/true"], check=True)
    raise AssertionError("started")


def kills(source: Source, asked: Asked) -> Content:
    """Kill the process that asked."""
    if ctypes.CDLL(None, use_errno=True).kill(os.getppid(), 9) < 0:
        raise OSError(ctypes.get_errno(), "no kill")
    raise AssertionError("killed")


#: tgkill, rt_sigqueueinfo, prlimit64.
_ON_OTHERS = {"x86_64": (234, 129, 302), "aarch64": (131, 138, 261)}


def signals_below_python(source: Source, asked: Asked) -> Content:
    """Ask whether the process that asked may be sent a signal, by the ways beside kill."""
    by_thread, queued, _ = _ON_OTHERS[os.uname().machine]
    parent, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)
    if 0 in {libc.syscall(by_thread, parent, parent, 0), libc.syscall(queued, parent, 0, None)}:
        raise AssertionError("it may")
    raise OSError(ctypes.get_errno(), "no signal")


def limits_below_python(source: Source, asked: Asked) -> Content:
    """Look at the limits of the process that asked, which could then be lowered."""
    *_, limits = _ON_OTHERS[os.uname().machine]
    libc, found = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(16)
    if libc.syscall(limits, os.getppid(), 7, None, found) == 0:
        raise AssertionError("it may")
    raise OSError(ctypes.get_errno(), "no limits")


def calls_by_the_other_numbers(source: Source, asked: Asked) -> Content:
    """Open a socket by its number of the 32-bit interface of the same processor."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(0x40000000 + 41, 2, 1, 0)
    if ctypes.get_errno() != errno.EPERM:
        raise AssertionError("the filter lets it through")
    raise OSError(ctypes.get_errno(), "no socket")


def aborts(source: Source, asked: Asked) -> Content:
    os.abort()


def allocates(source: Source, asked: Asked) -> Content:
    held = bytearray(4_000_000_000)
    raise AssertionError(len(held))


def loops(source: Source, asked: Asked) -> Content:
    while True:
        pass


def waits(source: Source, asked: Asked) -> Content:
    os.read(os.pipe()[0], 1)
    raise AssertionError("woken")


def crashes(source: Source, asked: Asked) -> Content:
    ctypes.string_at(0)
    raise AssertionError("alive")


def floods(source: Source, asked: Asked) -> Content:
    """Write without end into the answer."""
    while True:
        os.write(_ANSWER, b"x" * 1_000_000)


def lies(source: Source, asked: Asked) -> Content:
    os.write(_ANSWER, b"HUITU-1\n\x02\0\0\0\0\0\0\0{}")
    os._exit(0)


def prints(source: Source, asked: Asked) -> Content:
    """Print, as some libraries do."""
    sys.stdout.write("hello")
    os.write(1, b"hello")
    return Content(None, [])


def is_fine(source: Source, asked: Asked) -> Content:
    return Content(None, [])


def command(reader: Callable[[Source, Asked], Content]) -> tuple[str, ...]:
    return sys.executable, "-P", str(_HERE), reader.__name__


if __name__ == "__main__":
    child.main(globals()[sys.argv[1]])
