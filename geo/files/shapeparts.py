"""Where the parts of a Shapefile are found: beside the .shp, or in an archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import archive
from geo.types import Text, listing

SET_COUNT = ProblemKind(
    "shapefile-sets",
    "error",
    Text(
        zh="压缩包中应恰有一个 Shapefile，这里有 {count} 个：{names}",
        en="The archive must hold one Shapefile; it holds {count}: {names}",
    ),
    Text(zh="每个图层单独打包", en="Pack each layer by itself"),
)
KINDS = (SET_COUNT,)

NEEDED = (".shp", ".shx", ".dbf")
PARTS = frozenset({*NEEDED, ".prj", ".cpg"})

Parts = Mapping[str, bytes]


def beside(path: Path) -> Parts:
    """Read the parts of a Shapefile by suffix; whatever their case, the names being equal."""
    found: dict[str, bytes] = {}
    for neighbour in sorted(path.parent.iterdir()):
        suffix = neighbour.suffix.lower()
        is_part = neighbour.stem == path.stem and suffix in PARTS
        if is_part and suffix != ".shp" and neighbour.is_file():
            with neighbour.open("rb") as file:
                found[suffix] = file.read(limits.FILE_BYTES + 1)
    return found


def packed(content: bytes) -> Parts | list[Problem]:
    """Take the one Shapefile out of an archive; its parts may lie in a folder."""
    members = archive.members(content, PARTS)
    if isinstance(members, list):
        return members
    sets = sorted(str(PurePosixPath(name)) for name in members if _suffix(name) == ".shp")
    if len(sets) != 1:
        return [SET_COUNT.at(count=len(sets), names=listing(sets))]
    stem = str(PurePosixPath(sets[0]).with_suffix(""))
    beside = {name for name in members if str(PurePosixPath(name).with_suffix("")) == stem}
    return {_suffix(name): members[name] for name in beside}


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
