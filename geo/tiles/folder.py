"""Arrays of a layer in a folder: written whole, checked, and mapped into memory by every reader.

The format is described in ``docs/tiles-format.md``: one ``.npy`` file an array and a manifest that
names each with its type, shape, bytes and checksum. The manifest is written last.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from geo.durable import sync
from geo.errors import HuituError, ProblemKind
from geo.tiles.arrays import LayerArrays
from geo.types import Text

MANIFEST = "manifest.json"
#: Raised when the arrays mean something else; other editions are not read but built anew.
EDITION = 1
_FORMAT = "huitu-arrays"
_CHUNK_BYTES = 1 << 22

DAMAGED = ProblemKind(
    "arrays-damaged",
    "error",
    Text(
        zh="图层数组已损坏或不完整：{file}（{why}）",
        en="The arrays of a layer are damaged or incomplete: {file} ({why})",
    ),
    Text(zh="由版本的原始数据重新生成", en="They are built anew from the rows of the version"),
)
_ABSENT = Text(zh="文件不在", en="the file is not there")
_UNREADABLE = Text(zh="清单不可读", en="the manifest cannot be read")
_OTHER_EDITION = Text(zh="格式版本不同", en="it is of another edition")
_SIZE = Text(zh="长度不符", en="its length is another")
_CHECKSUM = Text(zh="校验和不符", en="its checksum is another")
_SHAPE = Text(zh="类型或形状不符", en="its type or shape is another")


class Damaged(HuituError):  # noqa: N818 - the name says it
    """A folder does not hold the arrays that were written into it."""

    def __init__(self, file: str, why: Text) -> None:
        super().__init__(DAMAGED.at(file=file, why=why))


def write(arrays: LayerArrays, folder: Path) -> None:
    """Write arrays into a new folder; what was written is on the disk.

    Raises
    ------
    OSError
        They could not be written whole.
    """
    folder.mkdir()
    entries = {}
    for name, array in arrays.arrays().items():
        path = folder / f"{name}.npy"
        np.save(path, array, allow_pickle=False)
        sync(path)
        entries[name] = _entry(path, array)
    manifest = {
        "format": _FORMAT,
        "edition": EDITION,
        "name": arrays.name,
        "fields": list(arrays.fields),
        "features": len(arrays),
        "arrays": entries,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    sync(folder / MANIFEST)
    sync(folder)


def read(folder: Path) -> LayerArrays:
    """Map the arrays of a folder into memory, read-only: workers share them and hold no copy.

    The lengths of the files are looked at, not their content: :func:`verify` does that.

    Raises
    ------
    Damaged
        A file is absent or cut, or the folder is of another edition.
    """
    manifest = _manifest(folder)
    arrays = {name: _mapped(folder, name, manifest) for name in LayerArrays.array_names()}
    return LayerArrays(manifest["name"], tuple(manifest["fields"]), **arrays)


def verify(folder: Path) -> None:
    """Compare every file with its checksum.

    Raises
    ------
    Damaged
        A file is not what was written.
    """
    manifest = _manifest(folder)
    for name in LayerArrays.array_names():
        path = folder / f"{name}.npy"
        _check_size(path, manifest["arrays"][name])
        if _checksum(path) != manifest["arrays"][name]["crc32"]:
            raise Damaged(path.name, _CHECKSUM)


def _entry(path: Path, array: np.ndarray) -> dict[str, Any]:
    return {
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "bytes": path.stat().st_size,
        "crc32": _checksum(path),
    }


def _checksum(path: Path) -> str:
    """The CRC-32 of a file: it is to find damage, not deceit, and a gigabyte takes no second."""
    from isal import isal_zlib

    crc = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            crc = isal_zlib.crc32(chunk, crc)
    return f"{crc:08x}"


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        edition = (manifest["format"], manifest["edition"])
        complete = set(LayerArrays.array_names()) <= set(manifest["arrays"])
    except FileNotFoundError:
        raise Damaged(MANIFEST, _ABSENT) from None
    except (ValueError, TypeError, KeyError):
        raise Damaged(MANIFEST, _UNREADABLE) from None
    if edition != (_FORMAT, EDITION) or not complete:
        raise Damaged(MANIFEST, _OTHER_EDITION)
    return manifest


def _mapped(folder: Path, name: str, manifest: dict[str, Any]) -> np.ndarray:
    path, entry = folder / f"{name}.npy", manifest["arrays"][name]
    _check_size(path, entry)
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        raise Damaged(path.name, _SHAPE) from None
    if (array.dtype.str, list(array.shape)) != (entry["dtype"], entry["shape"]):
        raise Damaged(path.name, _SHAPE)
    return np.asarray(array)


def _check_size(path: Path, entry: dict[str, Any]) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise Damaged(path.name, _ABSENT) from None
    if size != entry["bytes"]:
        raise Damaged(path.name, _SIZE)
