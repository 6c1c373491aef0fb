from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.types import BBox, Text, listing


def test_a_text_in_its_languages() -> None:
    text = Text(zh="道路", en="Roads")
    assert [text.in_(lang) for lang in ("zh", "zh_Hans_CN", "en", "en-GB", "EN")] == [
        "道路",
        "道路",
        "Roads",
        "Roads",
        "Roads",
    ]


def test_a_bbox_holds_its_edges_and_nothing_beyond() -> None:
    box = BBox(120.03, 31.54, 120.41, 31.78)
    assert box.contains(120.03, 31.54)
    assert box.contains(120.41, 31.78)
    assert not box.contains(120.42, 31.6)
    assert not box.contains(31.6, 120.2)
    assert box.as_tuple() == (120.03, 31.54, 120.41, 31.78)


@pytest.mark.parametrize(
    "edges",
    [
        (121, 31, 120, 32),
        (120, 32, 121, 31),
        (-181, 0, 0, 1),
        (0, -91, 1, 0),
        (float("nan"), 0, 1, 1),
        (0, 0, float("inf"), 1),
    ],
)
def test_a_bbox_that_is_none(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="bbox"):
        BBox(*edges)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,nan", "1;2;3;4"])
def test_a_bbox_text_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="bbox"):
        BBox.parse(text)


@settings(deadline=None)
@given(
    st.lists(st.integers(-1800, 1800), min_size=2, max_size=2),
    st.lists(st.integers(-900, 900), min_size=2, max_size=2),
)
def test_a_bbox_is_written_and_read(lon: list[int], lat: list[int]) -> None:
    (west, east), (south, north) = sorted(lon), sorted(lat)
    box = BBox(west / 10, south / 10, east / 10, north / 10)
    assert BBox.parse(str(box)) == box


def test_a_listing_is_short() -> None:
    assert listing([]) == Text("—", "—")
    assert listing(["a", "b"]) == Text("a、b", "a, b")
    assert listing(map(str, range(99))).en == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …"
    assert listing(["x" * 99]).en == "x" * 40 + "…"
