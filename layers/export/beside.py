"""A file appears whole or not at all: written beside, made durable, renamed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.durable import sync


@contextmanager
def beside(path: Path, suffix: str = "") -> Iterator[Path]:
    """Give a place to write to; what stands there at the end becomes the file at ``path``.

    The place has the given suffix whatever the file is called: libraries look at it.

    When anything is raised, a full disk among it, the file that was at ``path`` is untouched and
    nothing is left.

    Raises
    ------
    OSError
        The folder cannot be written, or the disk is full.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".huitu-") as folder:
        made = Path(folder) / f"export{suffix}"
        yield made
        made.chmod(0o644)
        sync(made)
        made.replace(path)
    sync(path.parent)
