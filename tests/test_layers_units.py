"""Figures in the units of the trade: 1 公顷 = 10,000 ㎡ = 15 亩, floor area only in 万㎡."""

import pytest

from layers import units


def written(texts, lang="zh"):
    return [text.in_(lang) for text in texts]


def test_the_plans_green_is_forty_hectares_and_six_hundred_mu():
    assert written(units.land(400_000)) == ["40 公顷", "600 亩"]
    assert written(units.land(400_000), "en") == ["40 ha", "600 mu"]


def test_small_land_is_told_in_square_metres():
    assert written(units.land(4_200)) == ["4,200 ㎡", "6.3 亩"]


@pytest.mark.parametrize(("area_m2", "wanted"), [(18_000, "1.8 万㎡"), (180_000, "18 万㎡")])
def test_floor_area_never_becomes_hectares_or_mu(area_m2, wanted):
    assert written(units.floor(area_m2)) == [wanted]
    assert "公顷" not in str(units.floor(area_m2))
    assert "亩" not in str(units.floor(area_m2))


@pytest.mark.parametrize(
    ("length_m", "wanted"), [(999, "999 m"), (1000, "1 km"), (3504.2, "3.5 km")]
)
def test_length_changes_to_kilometres_at_one(length_m, wanted):
    assert written(units.length(length_m)) == [wanted]


def test_a_count_keeps_its_word():
    assert written(units.count(4)) == ["4 个"]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (123_000, 130_500, "12.30 → 13.05 公顷（+6.1 %）"),
        (130_500, 123_000, "13.05 → 12.30 公顷（−5.7 %）"),
        (9_000, 12_000, "0.90 → 1.20 公顷（+33.3 %）"),
        (4_200, 4_300, "4,200 → 4,300 ㎡（+2.4 %）"),
        (123_000, 123_010, "12.300 → 12.301 公顷（+0.01 %）"),
        (0, 5_000, "0 → 5,000 ㎡（—）"),
        (123_000, 123_000, "12.3000 → 12.3000 公顷（±0.00 %）"),
    ],
)
def test_two_areas_stand_in_one_unit_and_can_be_told_apart(before, after, wanted):
    assert units.land_change(before, after).zh == wanted


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [(900, 950, "900 → 950 m (+5.6 %)"), (980, 1_250, "0.98 → 1.25 km (+27.6 %)")],
)
def test_two_lengths_stand_in_one_unit(before, after, wanted):
    assert units.length_change(before, after).en == wanted
