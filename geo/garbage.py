"""Much memory in a short time: no search for garbage meanwhile, and what is free given back."""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_within = 0


@contextmanager
def kept() -> Iterator[None]:
    """Put off Python's search for circular garbage, in this process, until all have left.

    A million rows are made, and none is thrown away: to look at all of them again and again takes
    a tenth of the time of publishing them. What is in no circle is gone at once, as ever.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def give_back() -> None:
    """Give memory that is free to the system, where the C library can.

    After a million rows were read and checked, small pieces of it lie between what is kept: a
    quarter of the file.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _enter() -> None:
    global _within  # noqa: PLW0603 - one for the process, as the collector is
    with _lock:
        _within += 1
        gc.disable()


def _leave() -> None:
    global _within  # noqa: PLW0603
    with _lock:
        _within -= 1
        if not _within:
            gc.enable()
