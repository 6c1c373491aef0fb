"""A file is weighed by the stations and by what is published of its own layer."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo import datum
from geo.placement import Placement, weigh
from layers.control import known_places
from layers.mapping import FieldMapping
from layers.plan import Plan

MOVES = {"gcj02": datum.wgs84_to_gcj02, "bd09": datum.wgs84_to_bd09, "wgs84": lambda x, y: (x, y)}


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def file_of(frame, name, **columns):
    """The rows as somebody's web map would have them."""
    moved = shapely.transform(
        np.asarray(frame.geometry.values, dtype=object),
        lambda where: np.column_stack(MOVES[name](*where.T)),
    )
    return gpd.GeoDataFrame(columns, geometry=moved, crs="EPSG:4326")


def weighed(plan, layer, given, mapping=None):
    known = known_places(plan, plan.catalog.layer(layer), given, mapping)
    numbers = shapely.get_coordinates(given.geometry.values)
    return known, weigh(numbers, plan.catalog.zone.bounds, None, known, None)


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("layer", ["parks", "roads", "stations"])
def test_the_datum_of_a_new_edition_is_recognised_by_its_names(plan, layer, name):
    published = plan.frame(layer)
    given = file_of(published, name, 名称=published["name_zh"].tolist())
    known, found = weighed(plan, layer, given, FieldMapping({"name_zh": "名称"}))
    assert len(known.pairs) >= 5
    assert found.best is not None
    assert found.best.placement == Placement("EPSG:4326", name)


def test_ids_win_over_names_and_a_name_that_stands_twice_is_none(plan):
    published = plan.frame("parks")
    names = ["同名"] * len(published)
    given = file_of(published, "gcj02", id=published["id"].tolist(), name_zh=names)
    assert len(weighed(plan, "parks", given)[0].pairs) == published.geometry.notna().sum()
    nameless = file_of(published, "gcj02", name_zh=names)
    assert weighed(plan, "parks", nameless)[0].pairs == ()


def test_without_a_row_that_is_known_stations_are_left(plan):
    stations = plan.frame("stations")
    given = file_of(stations, "bd09", label=["x"] * len(stations))
    known, found = weighed(plan, "industry", given)
    assert known.pairs == ()
    assert found.best is not None
    assert found.best.placement.datum == "bd09"


def test_nothing_published_gives_nothing_known(plan):
    none = Plan(plan.catalog, plan.store, {})
    known = known_places(none, plan.catalog.layer("parks"), plan.frame("parks"))
    assert (known.pairs, known.landmarks) == ((), ())
