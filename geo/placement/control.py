"""A local drawing brought into the plane of the zone by control points (Helmert, four parameters).

The similarity keeps angles: one scale, one turn, one shift, found by least squares over all points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyproj

from geo.crs import WGS84, known_crs, transformer
from geo.crs import metric_crs as usable_crs
from geo.errors import InputError, ProblemKind
from geo.placement.model import ControlPoint
from geo.types import Text

TOO_FEW = ProblemKind(
    "control-too-few",
    "error",
    Text(
        zh="只有 {count} 个控制点，不能定位；两个点才能定出尺度和方向",
        en="{count} control points cannot place a drawing: scale and turn need two",
    ),
    Text(zh="至少给出两个控制点，最好三个以上", en="Give two at least, better three or more"),
)
COINCIDENT = ProblemKind(
    "control-coincident",
    "error",
    Text(
        zh="控制点在{where}几乎重合（相距 {spread} m），不能定出尺度和方向",
        en="The control points nearly coincide {where} ({spread} m apart):"
        " they give no scale and no turn",
    ),
    Text(zh="选相距较远的控制点", en="Choose points that lie far from each other"),
)
SCALE = ProblemKind(
    "control-scale",
    "error",
    Text(
        zh="由控制点得出的尺度是 {scale}，应在 0.99 与 1.01 之间",
        en="The control points give a scale of {scale}; it must lie between 0.99 and 1.01",
    ),
    Text(zh="改法：{advice}", en="Mend: {advice}"),
)
RESIDUAL = ProblemKind(
    "control-residual",
    "error",
    Text(
        zh="控制点之间不吻合：第 {number} 点的残差为 {worst} m，超过 {limit} m",
        en="The control points do not fit each other: point {number} is off by {worst} m,"
        " more than {limit} m",
    ),
    Text(zh="核对这一点，{advice}", en="Check that point; {advice}"),
)
KINDS = (TOO_FEW, COINCIDENT, SCALE, RESIDUAL)

#: A residual above this is a mistaken point and no inaccuracy of a drawing.
LARGEST_RESIDUAL_M = 20.0
_SCALES = (0.99, 1.01)
_LEAST_SPREAD = 1.0

#: Metres in one unit of a drawing, and its name.
_UNITS = (
    (0.001, Text(zh="毫米", en="millimetres")),
    (0.01, Text(zh="厘米", en="centimetres")),
    (0.0254, Text(zh="英寸", en="inches")),
    (0.3048, Text(zh="英尺", en="feet")),
    (1000.0, Text(zh="千米", en="kilometres")),
)
_CHECK_SCALE = Text(
    zh="核对控制点是否配对正确、图形是否按 1:1 以米绘制",
    en="Check the pairs, and whether the drawing is in metres at 1:1",
)
_IN_FILE = Text(zh="文件中", en="in the file")
_ON_GROUND = Text(zh="地面上", en="on the ground")
_OTHERWISE = Text(
    zh="看配对和数字是否有误", en="look whether the pair or one of its numbers is wrong"
)
_MIRRORED = Text(
    zh="两个数颠倒后吻合得好：试选“北坐标在前”",
    en="with the two numbers exchanged they fit well: try “northing first”",
)


@dataclass(frozen=True)
class Similarity:
    """A transformation of the plane that keeps angles, from a file's numbers to metres.

    Attributes
    ----------
    factor, shift
        As complex numbers: ``place = factor * position + shift``.
    residuals_m
        How far each control point is off after it, in metres.
    checked
        Whether a mistake would show: there are three points or more, and not on one line.
    """

    factor: complex
    shift: complex
    residuals_m: tuple[float, ...]
    checked: bool

    @property
    def scale(self) -> float:
        """Metres on the ground for one unit of the file."""
        return abs(self.factor)

    @property
    def turn_deg(self) -> float:
        """How far the drawing is turned, counter-clockwise, in degrees."""
        return math.degrees(math.atan2(self.factor.imag, self.factor.real))

    @property
    def rms_m(self) -> float:
        """Root of the mean square of the residuals, in metres."""
        return math.sqrt(math.fsum(one**2 for one in self.residuals_m) / len(self.residuals_m))

    def apply(self, positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Bring positions, shape (n, 2), into the metric CRS."""
        moved = self.factor * (positions[:, 0] + 1j * positions[:, 1]) + self.shift
        return np.column_stack([moved.real, moved.imag])


def fit(
    control: Sequence[ControlPoint], metric_crs: str | pyproj.CRS, *, swapped: bool = False
) -> Similarity:
    """Find the similarity that brings the control points to their places.

    Parameters
    ----------
    control
        At least two points.
    metric_crs
        The plane that the drawing is brought into.
    swapped
        Whether northing stands first in the file.

    Raises
    ------
    InputError
        There are fewer than two points, they coincide, the scale is not that of a drawing in
        metres, or a residual is above :data:`LARGEST_RESIDUAL_M`.
    CrsError
        The CRS cannot be measured in.
    """
    if len(control) < 2:
        raise InputError(TOO_FEW.at(count=len(control)))
    local = np.array(
        [complex(one.y, one.x) if swapped else complex(one.x, one.y) for one in control]
    )
    ground = _on_ground(control, metric_crs)
    for places, where in ((local, _IN_FILE), (ground, _ON_GROUND)):
        if (spread := _spread(places)) < _LEAST_SPREAD:
            raise InputError(COINCIDENT.at(where=where, spread=f"{spread:.3g}"))
    found = _least_squares(local, ground)
    mirrored = _least_squares(local.imag + 1j * local.real, ground)
    _refuse_absurd(found, fits_mirrored=len(control) > 2 and _fits(mirrored))
    return replace(found, checked=len(control) > 2 and not _fits(mirrored))


def _on_ground(control: Sequence[ControlPoint], metric_crs: str | pyproj.CRS) -> np.ndarray:
    to_plane = transformer(known_crs(WGS84), usable_crs(metric_crs))
    x, y = to_plane.transform([one.lon for one in control], [one.lat for one in control])
    return np.asarray(x) + 1j * np.asarray(y)


def _spread(places: np.ndarray) -> float:
    return float(np.abs(places - places[0]).max())


def _least_squares(local: np.ndarray, ground: np.ndarray) -> Similarity:
    from_middle, to_middle = local - local.mean(), ground - ground.mean()
    factor = complex(np.vdot(from_middle, to_middle) / np.vdot(from_middle, from_middle))
    shift = complex(ground.mean() - factor * local.mean())
    off = np.abs(factor * local + shift - ground)
    return Similarity(factor, shift, tuple(off.tolist()), checked=False)


def _refuse_absurd(found: Similarity, *, fits_mirrored: bool) -> None:
    if not _in_scale(found) and not fits_mirrored:
        raise InputError(SCALE.at(scale=f"{found.scale:.6g}", advice=_scale_advice(found.scale)))
    if not _fits(found):
        worst = max(found.residuals_m)
        raise InputError(
            RESIDUAL.at(
                number=found.residuals_m.index(worst) + 1,
                worst=f"{worst:,.1f}",
                limit=f"{LARGEST_RESIDUAL_M:g}",
                advice=_MIRRORED if fits_mirrored else _OTHERWISE,
            )
        )


def _in_scale(found: Similarity) -> bool:
    return _SCALES[0] <= found.scale <= _SCALES[1]


def _fits(found: Similarity) -> bool:
    return _in_scale(found) and max(found.residuals_m) <= LARGEST_RESIDUAL_M


def _scale_advice(scale: float) -> Text:
    for metres, unit in _UNITS:
        if _SCALES[0] <= scale / metres <= _SCALES[1]:
            return Text(
                zh=f"图形的单位像是{unit.zh}：在制图软件中改为米后再导入",
                en=f"The unit of the drawing seems to be {unit.en}: change it to metres first",
            )
    return _CHECK_SCALE
