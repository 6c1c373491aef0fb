"""Where the parts of a Shapefile are found: beside the .shp, or in an archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import archive, which
from geo.files.reading import Asked, Layer
from geo.types import Text, listing

SET_COUNT = ProblemKind(
    "shapefile-sets",
    "error",
    Text(
        zh="压缩包中应恰有一个 Shapefile，这里有 {count} 个：{names}",
        en="The archive must hold one Shapefile; it holds {count}: {names}",
    ),
    Text(
        zh="指明要读哪一个（不带 .shp），或每个图层单独打包",
        en="Say which one to read (without .shp), or pack each layer by itself",
    ),
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


@dataclass(frozen=True)
class Packed:
    """The Shapefiles of an archive, and the parts of the one that is meant."""

    layers: tuple[Layer, ...]
    layer: str
    parts: Parts


def packed(content: bytes, asked: Asked) -> Packed | list[Problem]:
    """Take one Shapefile out of an archive; its parts may lie in a folder."""
    members = archive.members(content, PARTS)
    if isinstance(members, list):
        return members
    sets = sorted(str(PurePosixPath(name)) for name in members if _suffix(name) == ".shp")
    layers = tuple(Layer(str(PurePosixPath(name).with_suffix(""))) for name in sets)
    if not sets or (len(sets) > 1 and asked.layer is None and not asked.looking):
        return [SET_COUNT.at(count=len(sets), names=listing(sets))]
    chosen = which.layer(layers, asked) if len(sets) > 1 else layers[0]
    if isinstance(chosen, Problem):
        return [chosen]
    stems = {name: str(PurePosixPath(name).with_suffix("")) for name in members}
    parts = {_suffix(name): members[name] for name, stem in stems.items() if stem == chosen.name}
    return Packed(layers if len(sets) > 1 else (), chosen.name, parts)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
