"""How much a reading process may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """What a reading process may take; beyond it, it ends and the file is refused.

    Attributes
    ----------
    memory_bytes
        Of address space: libraries and their threads alone reserve about half a gigabyte.
    cpu_seconds, wall_seconds
        Of work, and of waiting for it.
    open_files
        At once.
    written_bytes
        Of any one file: its answer, and what it puts into a folder of its own.
    """

    memory_bytes: int = 4_000_000_000
    cpu_seconds: int = 120
    wall_seconds: float = 180.0
    open_files: int = 64
    written_bytes: int = 2_000_000_000
