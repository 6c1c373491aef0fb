from __future__ import annotations

import pytest
from pyproj import Transformer

from geo.guess import guess_crs


@pytest.mark.parametrize("code", [4549, 4528, 4498, 3857, *range(4513, 4534), *range(4494, 4502)])
def test_a_place_in_the_middle_of_a_zone_is_recognised(code: int) -> None:
    """Where two systems give the same numbers, both are named."""
    lon = {4549: 120.3, 4528: 120.3, 4498: 117.3, 3857: 120.3}.get(code)
    if lon is None:
        lon = 75.3 + 3 * (code - 4513) if code >= 4513 else 75.3 + 6 * (code - 4491)
    x, y = Transformer.from_crs(4326, code, always_xy=True).transform(lon, 31.68)
    assert f"EPSG:{code}" in guess_crs(x, y).zh
    assert f"EPSG:{code}" in guess_crs(x, y).en


def test_northing_first_is_told() -> None:
    guess = guess_crs(3_506_000, 40_528_000)
    assert "EPSG:4528" in guess.zh
    assert "北坐标在前" in guess.zh
    assert "northing first" in guess.en


@pytest.mark.parametrize("position", [(1e9, 1e9), (-5000, 20), (0, 0), (5e5, 9e6)])
def test_nothing_is_guessed_from_nonsense(position: tuple[float, float]) -> None:
    assert "EPSG" not in guess_crs(*position).en
