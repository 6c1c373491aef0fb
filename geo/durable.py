"""What was written is on the disk: a power cut after this finds it."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

#: No room, no room for this user, no room in one file.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TRIAL_BYTES = 1_000_000


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk.

    The order matters: a file first, then (after its renaming) the folder that names it.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_full(error: OSError) -> bool:
    """Whether the system refused to write because there is no room."""
    return error.errno in _NO_ROOM


def require_room(folder: Path) -> None:
    """Raise the :class:`OSError` of a disk on which not even a small file can be written.

    For libraries that fail without saying why.
    """
    with tempfile.TemporaryFile(dir=folder) as trial:
        trial.write(bytes(_TRIAL_BYTES))
        trial.flush()
        os.fsync(trial.fileno())
