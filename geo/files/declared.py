"""The CRS that a file declares, beside the one that a person named."""

from __future__ import annotations

import pyproj
from pyproj.exceptions import ProjError

from geo.crs import NO_CRS, UNFIT_CRS, UNKNOWN_CRS, WGS84, known_crs, name_of
from geo.errors import CrsError, Problem, ProblemKind
from geo.files.reading import Asked
from geo.types import Text

CONTRADICTION = ProblemKind(
    "crs-contradiction",
    "error",
    Text(
        zh="文件声明坐标系 {declared}，--crs 指明的却是 {given}",
        en="The file declares {declared}, yet --crs says {given}",
    ),
    Text(
        zh="去掉 --crs；文件声明确实有误时先在制图软件中更正",
        en="Leave --crs out; if the file is wrong, correct it in your drawing program first",
    ),
)
KINDS = (CONTRADICTION,)

_LONGEST_WKT = 20_000
#: How sure PROJ must be that a WKT without a code is a CRS of the EPSG register, in percent.
_SURE = 70


def given(asked: Asked) -> pyproj.CRS | Problem | None:
    """Return the CRS that a person named for a file that does not say it; None in a mere look."""
    if asked.crs is not None:
        return known_crs(asked.crs)
    return None if asked.looking else NO_CRS.at()


def by_code(code: str, crs: str | None) -> pyproj.CRS | Problem:
    """Return the CRS of a code in a file, unless a person named another."""
    try:
        return _agreed(known_crs(code), crs)
    except CrsError as error:
        return error.problems[0]


def by_wkt(wkt: str, crs: str | None) -> pyproj.CRS | Problem:
    """Return the CRS of a WKT in a file, unless a person named another.

    A CRS of the EPSG register is recognised where the WKT has no code, as in a ``.prj``.
    """
    try:
        found = pyproj.CRS.from_wkt(wkt[:_LONGEST_WKT])
    except ProjError:
        return UNKNOWN_CRS.at(code=wkt[:40])
    code = found.to_epsg(min_confidence=_SURE)
    if code is not None:
        return by_code(f"EPSG:{code}", crs)
    if not (found.is_projected or found.is_geographic) or len(found.axis_info) != 2:
        return UNFIT_CRS.at(code=found.name)
    return _agreed(found, crs) if _leads_somewhere(found) else UNKNOWN_CRS.at(code=found.name)


def _leads_somewhere(crs: pyproj.CRS) -> bool:
    """Tell whether positions can be brought to longitude and latitude; a misspelt WKT cannot."""
    try:
        pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    except ProjError:
        return False
    return True


def _agreed(found: pyproj.CRS, crs: str | None) -> pyproj.CRS | Problem:
    if crs is not None and known_crs(crs) != found:
        return CONTRADICTION.at(declared=name_of(found), given=crs)
    return found
