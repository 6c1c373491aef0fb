"""Arrays in a folder: written whole, checked, and mapped into memory by every reader.

One ``.npy`` file an array and a manifest that names each with its type, shape, bytes and checksum.
The manifest is written last. The format is described in ``docs/tiles-format.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geo.durable import sync
from geo.errors import HuituError, ProblemKind
from geo.types import Text

MANIFEST = "manifest.json"
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


@dataclass(frozen=True)
class Format:
    """What a folder of arrays is: its name, and which arrays belong into it.

    ``edition`` is raised when the arrays mean something else; folders of other editions are not
    read but built anew.
    """

    name: str
    edition: int
    arrays: tuple[str, ...]


def write(
    folder: Path,
    kind: Format,
    arrays: Mapping[str, np.ndarray],
    about: Mapping[str, Any] | None = None,
) -> None:
    """Write arrays into a new folder; what was written is on the disk.

    Parameters
    ----------
    folder
        It is made here.
    kind, arrays
        The format, and each of its arrays by name.
    about
        Further members of the manifest, as JSON has them.

    Raises
    ------
    OSError
        They could not be written whole.
    """
    folder.mkdir()
    entries = {}
    for name in kind.arrays:
        path = folder / f"{name}.npy"
        np.save(path, arrays[name], allow_pickle=False)
        sync(path)
        entries[name] = _entry(path, arrays[name])
    named = {"format": kind.name, "edition": kind.edition}
    manifest = {**named, **(about or {}), "arrays": entries}
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    sync(folder / MANIFEST)
    sync(folder)


def read(folder: Path, kind: Format) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Map the arrays of a folder into memory, read-only: workers share them and hold no copy.

    The lengths of the files are looked at, not their content: :func:`verify` does that.

    Returns
    -------
    about
        The manifest.
    arrays
        Each array by name.

    Raises
    ------
    Damaged
        A file is absent or cut, or the folder is of another edition.
    """
    manifest = _manifest(folder, kind)
    return manifest, {name: _mapped(folder, name, manifest) for name in kind.arrays}


def verify(folder: Path, kind: Format) -> dict[str, Any]:
    """Compare every file with its checksum, and give the manifest.

    Raises
    ------
    Damaged
        A file is not what was written.
    """
    manifest = _manifest(folder, kind)
    for name in kind.arrays:
        path = folder / f"{name}.npy"
        _check_size(path, manifest["arrays"][name])
        if checksum(path) != manifest["arrays"][name]["crc32"]:
            raise Damaged(path.name, _CHECKSUM)
    return manifest


def file_entry(path: Path) -> dict[str, Any]:
    """Bytes and checksum of any file, to stand in a manifest and be looked at again."""
    return {"bytes": path.stat().st_size, "crc32": checksum(path)}


def verify_file(path: Path, entry: Mapping[str, Any]) -> None:
    """Compare a file with what :func:`file_entry` gave; :class:`Damaged` where it is another."""
    _check_size(path, entry)
    if checksum(path) != entry["crc32"]:
        raise Damaged(path.name, _CHECKSUM)


def checksum(path: Path) -> str:
    """The CRC-32 of a file: it is to find damage, not deceit, and a gigabyte takes no second."""
    from isal import isal_zlib

    crc = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            crc = isal_zlib.crc32(chunk, crc)
    return f"{crc:08x}"


def _entry(path: Path, array: np.ndarray) -> dict[str, Any]:
    return {"dtype": array.dtype.str, "shape": list(array.shape), **file_entry(path)}


def _manifest(folder: Path, kind: Format) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        edition = (manifest["format"], manifest["edition"])
        complete = set(kind.arrays) <= set(manifest["arrays"])
    except FileNotFoundError:
        raise Damaged(MANIFEST, _ABSENT) from None
    except (ValueError, TypeError, KeyError):
        raise Damaged(MANIFEST, _UNREADABLE) from None
    if edition != (kind.name, kind.edition) or not complete:
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


def _check_size(path: Path, entry: Mapping[str, Any]) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise Damaged(path.name, _ABSENT) from None
    if size != entry["bytes"]:
        raise Damaged(path.name, _SIZE)
