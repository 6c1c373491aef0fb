"""Set-up of the fonts: the locked package's faces, cut to the characters that a plan is written in.

The cut keeps GB 2312 (6,763 characters and its signs), Latin, and the units and marks of maps.
A character outside of it is drawn as a visible box, and reports name it.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from layers.fonts.faces import FACES, FOLDER, LICENCE, Face

PACKAGE = "@expo-google-fonts/noto-sans-sc"
_LICENCE_SOURCE = "LICENSE_FONT"
_LICENCE_SHA256 = "1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9"
_MORE = "㎡㎢㎞㎜²³·•–—‘’“”…‰′″℃№™→←↑↓↔≈≠≤≥±×÷−▲▼◆◇■□●○★☆✓①②③④⑤⑥⑦⑧⑨⑩€£¥〇堃喆镕玥珺"
_LATIN = range(0x20, 0x250)


class FontError(RuntimeError):
    """A font of the package is missing or was changed."""


def characters() -> frozenset[int]:
    """Return the code points that are kept."""
    rows = range(0xA1, 0xF8)
    cells = range(0xA1, 0xFF)
    pairs = (bytes((row, cell)) for row in rows for cell in cells)
    chinese = "".join(pair.decode("gb2312", "ignore") for pair in pairs)
    return frozenset({*map(ord, chinese + _MORE), *_LATIN})


def make(node_modules: Path, folder: Path = FOLDER) -> tuple[Path, ...]:
    """Cut both faces from the package and keep its licence beside them.

    Raises
    ------
    FontError
        A file of the package is missing or is not the one that was reviewed.
    """
    package = node_modules / PACKAGE
    licence = _reviewed(package / _LICENCE_SOURCE, _LICENCE_SHA256)
    sources = [_reviewed(package / face.source, face.sha256) for face in FACES]
    made = tuple(_cut(s, face, folder) for s, face in zip(sources, FACES, strict=True))
    shutil.copyfile(licence, folder / LICENCE)
    return made


def _reviewed(path: Path, sha256: str) -> Path:
    if not path.is_file():
        raise FontError(f"{path} is missing: run `npm ci`, then `make setup`")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise FontError(f"{path} is not the file that was reviewed")
    return path


def _cut(source: Path, face: Face, folder: Path) -> Path:
    from fontTools import subset

    options = subset.Options(
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx"]
    font = subset.load_font(str(source), options, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    target = folder / face.file
    beside = target.with_suffix(".part")
    subset.save_font(font, str(beside), options)
    beside.replace(target)
    return target
