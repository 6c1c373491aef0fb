"""The CRS that a file declares, beside the one that a person named."""

from __future__ import annotations

import pyproj
from pyproj.exceptions import ProjError

from geo.crs import NO_CRS, UNFIT_CRS, UNKNOWN_CRS, WGS84, known_crs, name_of
from geo.errors import CrsError, Problem, ProblemKind
from geo.files.reading import Asked
from geo.types import Text

OVERRIDDEN = ProblemKind(
    "crs-overridden",
    "note",
    Text(
        zh="文件声明坐标系 {declared}，按人工指明的 {given} 读取",
        en="The file declares {declared}; it was read as {given}, which a person named",
    ),
    Text(
        zh="核对图形是否落在应在的位置；文件声明无误时不要另行指明",
        en="Check that the shapes lie where they should; if the file is right, name no other",
    ),
)
KINDS = (OVERRIDDEN,)

_LONGEST_WKT = 20_000
#: How sure PROJ must be that a WKT without a code is a CRS of the EPSG register, in percent.
_SURE = 70


def given(asked: Asked) -> pyproj.CRS | Problem | None:
    """Return the CRS that a person named for a file that does not say it; None in a mere look."""
    if asked.crs is not None:
        return known_crs(asked.crs)
    return None if asked.looking else NO_CRS.at()


def by_code(code: str, crs: str | None, notes: list[Problem]) -> pyproj.CRS | Problem:
    """Return the CRS of a code in a file; where a person named another that one, with a note."""
    return _chosen(_of_code(code), crs, notes)


def by_wkt(wkt: str, crs: str | None, notes: list[Problem]) -> pyproj.CRS | Problem:
    """Return the CRS of a WKT in a file; where a person named another that one, with a note.

    A CRS of the EPSG register is recognised where the WKT has no code, as in a ``.prj``.
    """
    return _chosen(_of_wkt(wkt), crs, notes)


def _of_code(code: str) -> pyproj.CRS | Problem:
    try:
        return known_crs(code)
    except CrsError as error:
        return error.problems[0]


def _of_wkt(wkt: str) -> pyproj.CRS | Problem:
    try:
        found = pyproj.CRS.from_wkt(wkt[:_LONGEST_WKT])
    except ProjError:
        return UNKNOWN_CRS.at(code=wkt[:40])
    code = found.to_epsg(min_confidence=_SURE)
    if code is not None:
        return _of_code(f"EPSG:{code}")
    if not (found.is_projected or found.is_geographic) or len(found.axis_info) != 2:
        return UNFIT_CRS.at(code=found.name)
    return found if _leads_somewhere(found) else UNKNOWN_CRS.at(code=found.name)


def _leads_somewhere(crs: pyproj.CRS) -> bool:
    """Tell whether positions can be brought to longitude and latitude; a misspelt WKT cannot."""
    try:
        pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    except ProjError:
        return False
    return True


def _chosen(
    found: pyproj.CRS | Problem, crs: str | None, notes: list[Problem]
) -> pyproj.CRS | Problem:
    """Files declare what is wrong or nothing that is known: an answer of a person goes before."""
    if crs is None:
        return found
    named = known_crs(crs)
    if found != named:
        said = found.values["code"] if isinstance(found, Problem) else name_of(found)
        notes.append(OVERRIDDEN.at(declared=said, given=crs))
    return named
