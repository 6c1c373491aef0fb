"""Vector tiles of large layers.

A layer is taken apart into flat arrays once (:func:`build`), which are kept in a folder
(:func:`write`) and mapped into memory by whoever serves them (:func:`read`). A tile is cut from
them in one compiled pass (:func:`cut`): clipped, quantised, thinned where it is far, and written as
Mapbox Vector Tile 2.1. :class:`Archive` holds all tiles of a layer in one file (PMTiles 3).
"""

from geo.compiled import keep_in
from geo.tiles.address import Tile, covering
from geo.tiles.archive import Archive, write_archive
from geo.tiles.arrays import LayerArrays, build
from geo.tiles.cutting import Thinning, cut, prepare, touching
from geo.tiles.encoding import Plain
from geo.tiles.folder import Damaged, read, verify, write
from geo.tiles.packing import packed, unpacked
from geo.tiles.ranking import ranked
from geo.tiles.shapes import shapes

__all__ = [
    "Archive",
    "Damaged",
    "LayerArrays",
    "Plain",
    "Thinning",
    "Tile",
    "build",
    "covering",
    "cut",
    "keep_in",
    "packed",
    "prepare",
    "ranked",
    "read",
    "shapes",
    "touching",
    "unpacked",
    "verify",
    "write",
    "write_archive",
]
