"""The arrays of a layer in a folder, see :mod:`geo.arrayfolder` and ``docs/tiles-format.md``."""

from __future__ import annotations

from pathlib import Path

from geo import arrayfolder
from geo.arrayfolder import Damaged
from geo.tiles.arrays import LayerArrays

__all__ = ["FORMAT", "Damaged", "read", "verify", "write"]

FORMAT = arrayfolder.Format("huitu-arrays", 1, LayerArrays.array_names())


def write(arrays: LayerArrays, folder: Path) -> None:
    """Write arrays into a new folder; what was written is on the disk.

    Raises
    ------
    OSError
        They could not be written whole.
    """
    about = {"name": arrays.name, "fields": list(arrays.fields), "features": len(arrays)}
    arrayfolder.write(folder, FORMAT, arrays.arrays(), about)


def read(folder: Path) -> LayerArrays:
    """Map the arrays of a folder into memory, read-only: workers share them and hold no copy.

    Raises
    ------
    Damaged
        A file is absent or cut, or the folder is of another edition.
    """
    about, arrays = arrayfolder.read(folder, FORMAT)
    return LayerArrays(about["name"], tuple(about["fields"]), **arrays)


def verify(folder: Path) -> None:
    """Compare every file with its checksum; :class:`Damaged` where one is not what was written."""
    arrayfolder.verify(folder, FORMAT)
