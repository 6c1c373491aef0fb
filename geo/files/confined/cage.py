"""What a reading process gives up before it looks at a foreign byte."""

from __future__ import annotations

import resource
import signal
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from geo.files.confined import landlock, seccomp
from geo.files.confined.rooms import Room

#: What Python itself reports when somebody tries what a reader never does.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.fork",
    "os.exec",
    "os.posix_spawn",
    "os.system",
    "os.kill",
    "pty.",
    "webbrowser.",
)
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")


def narrow(room: Room) -> None:
    """Set the limits that hold from the first byte on; they cannot be raised again."""
    most = {
        resource.RLIMIT_AS: room.memory_bytes,
        resource.RLIMIT_CPU: room.cpu_seconds + 1,
        resource.RLIMIT_NOFILE: room.open_files,
        resource.RLIMIT_FSIZE: room.written_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in most.items():
        _, hard = resource.getrlimit(which)
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # The soft limit on time is told by a signal of its own, the hard one only kills.
        grace = 1 if which == resource.RLIMIT_CPU else 0
        resource.setrlimit(which, (max(least - grace, 0), least))
    # The parent ends it; where the parent was killed itself, nobody would.
    signal.setitimer(signal.ITIMER_REAL, room.wall_seconds)


def close(scratch: Path | None, also: Iterable[Path] = ()) -> tuple[str, ...]:
    """Give up files, network and other processes; what is already open stays open.

    Parameters
    ----------
    scratch
        The one folder that may still be written to.
    also
        Files or folders that a library reads from besides, such as the source of random numbers.

    Returns
    -------
    tuple of str
        What watches from now on: ``landlock`` and ``seccomp`` of the kernel, ``audit`` of Python,
        which a fault inside a C library would pass by.
    """
    sys.addaudithook(_refuse)
    watching = ["audit"]
    if landlock.restrict([*_libraries(), *also], scratch):
        watching.append("landlock")
    if seccomp.forbid():
        watching.append("seccomp")
    return tuple(watching)


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)


def _libraries() -> Iterator[Path]:
    """The interpreter, its libraries and our own package: read-only."""
    import geo

    paths = sysconfig.get_paths()
    for name in ("stdlib", "platstdlib", "purelib", "platlib"):
        yield Path(paths[name])
    yield from map(Path, geo.__path__)
    yield from map(Path, _SYSTEM_LIBRARIES)
