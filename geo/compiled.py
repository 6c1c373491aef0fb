"""Functions that are compiled to machine code when first called, and kept compiled.

Compiling takes some seconds, once an installation: the machine code is kept in a folder that is
named by what was compiled, so that another edition of the program never runs the code of this one,
whatever the times of its files say.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

_FOLDER = "NUMBA_CACHE_DIR"
#: Where compiled functions are; a test holds this against the program.
_SOURCES = ("tiles/*.py", "files/shapetext.py")


def compiled(function: Function) -> Function:
    """Compile a function at its first call; it lets go of the interpreter's lock.

    Where nothing can be kept (a package folder and a home that are read-only, and
    :func:`keep_in` was not called), it is compiled in every process.
    """
    return _made(function)


def inlined(function: Function) -> Function:
    """As :func:`compiled`, and put into whatever compiled function calls it.

    For what is done at each vertex or path, where a call costs as much as its work: a quarter of
    the time of a tile.
    """
    return _made(function, forceinline=True)


def _made(function: Function, **options: bool) -> Function:
    import numba

    compiler: Callable[..., Any] = partial(numba.njit, nogil=True, error_model="numpy", **options)
    try:
        made: Function = compiler(function, cache=True)
    except RuntimeError:
        made = compiler(function)
    return made


def keep_in(folder: Path) -> None:
    """Keep machine code below a folder from now on; before the first compiled module is imported.

    A folder that the environment names goes first.
    """
    os.environ.setdefault(_FOLDER, str(folder / edition()))


def edition() -> str:
    """Name what is compiled: a hash of the sources that may have compiled functions."""
    digest, here = hashlib.sha256(), Path(__file__)
    for path in (here, *(path for some in _SOURCES for path in sorted(here.parent.glob(some)))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
