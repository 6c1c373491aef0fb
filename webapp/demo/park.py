"""The change that answers a theme: Central Park grows eastwards, as a draft that is published."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import shapely
from shapely import affinity
from sqlalchemy.orm import Session

from geo import crs
from layers.catalog import Catalog
from layers.store import Store
from layers.versions import Version
from webapp.accounts import Person
from webapp.desk import drafts
from webapp.desk.drafts.features import base_features, by_key

LAYER, PARK = "parks", "P01"
_GROWS_M2 = 4_200.0
_REASON = "采纳公众意见：中央公园向东扩展"
#: Within so many metres the shift is found that gives the area.
_FARTHEST_M, _ROUNDS = 200.0, 40


def grow(session: Session, catalog: Catalog, store: Store, *, by: Person) -> Version:
    """Publish the layer with the larger park."""
    base = store.current(LAYER)
    frame = store.frame(LAYER, base.id)
    feature = by_key(base_features(frame))[PARK]
    geometry = _larger(frame[frame["id"] == PARK].geometry, catalog.zone.metric_crs)
    content = drafts.Content.of({"properties": feature["properties"], "geometry": geometry})
    draft = drafts.begin(session, LAYER, base.id, _REASON, by=by)
    saved = drafts.save(session, draft.id, PARK, content, based_on=0, by=by)
    return drafts.publish(
        session,
        catalog,
        store,
        draft.id,
        by=by,
        reason=_REASON,
        seen=saved.number,
        accepted=True,
    )


def _larger(park: gpd.GeoSeries, metric: Any) -> dict[str, Any]:
    """The park and the ground that it covers when it is shifted eastwards, as GeoJSON."""
    shape = crs.to_metric(park, metric).iloc[0]
    near, far = 0.0, _FARTHEST_M
    for _ in range(_ROUNDS):
        middle = (near + far) / 2
        if _swept(shape, middle).area - shape.area < _GROWS_M2:
            near = middle
        else:
            far = middle
    grown = gpd.GeoSeries([_swept(shape, far)], crs=crs.metric_crs(metric)).to_crs(crs.WGS84)
    found: dict[str, Any] = json.loads(shapely.to_geojson(grown.iloc[0]))
    return found


def _swept(shape: Any, east_m: float) -> Any:
    return shape.union(affinity.translate(shape, xoff=east_m))
