"""Landlock: the kernel forbids a process all files but those it named (landlock(7)).

There is no library for it; three system calls, whose numbers are the same on every machine.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38

_WRITE, _READ, _LIST = 1 << 1, 1 << 2, 1 << 3
#: Folders and files.
_REMOVE, _MAKE, _TRUNCATE = 1 << 4 | 1 << 5, 1 << 7 | 1 << 8, 1 << 14
#: How many of the rights on files each version of the interface knows (1 to 5).
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_SINCE, _BIND_AND_CONNECT = 4, 0b11
#: Abstract sockets and signals to processes outside.
_SCOPE_SINCE, _SCOPES = 6, 0b11


def version() -> int:
    """Return the version of the interface that the kernel offers; 0 where it offers none."""
    found = _call(_CREATE, None, 0, _VERSION_FLAG)
    return max(found, 0)


def restrict(read: Iterable[Path], scratch: Path | None) -> bool:
    """Forbid this process, for ever, every file but those below some folders, and the network.

    Parameters
    ----------
    read
        Folders that may be read.
    scratch
        A folder that may be written to.

    Returns
    -------
    bool
        False where the kernel has no Landlock; nothing was forbidden then.
    """
    known = version()
    if not known:
        return False
    rights = (1 << _FILE_RIGHTS.get(min(known, 5), 13)) - 1
    rules = _created(rights, known)
    for folder in read:
        _allow(rules, folder, _READ | _LIST)
    if scratch is not None:
        writing = _READ | _LIST | _WRITE | _MAKE | _REMOVE | _TRUNCATE
        _allow(rules, scratch, writing & rights)
    _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = _call(_RESTRICT, rules, 0)
    os.close(rules)
    return done == 0


def _created(rights: int, known: int) -> int:
    attributes = struct.pack("Q", rights)
    if known >= _NET_SINCE:
        attributes += struct.pack("Q", _BIND_AND_CONNECT)
    if known >= _SCOPE_SINCE:
        attributes += struct.pack("Q", _SCOPES)
    rules = _call(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        raise OSError("the kernel has Landlock and refuses it")
    return rules


def _allow(rules: int, folder: Path, rights: int) -> None:
    try:
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not folder.is_dir():
        rights &= ~_LIST
    _call(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
    os.close(opened)


def _call(number: int, *values: int | bytes | None) -> int:
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in values]
    return int(_libc().syscall(ctypes.c_long(number), *passed))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
