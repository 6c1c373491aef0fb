"""The layers for programs and for our own script: the catalog, the versions, the features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug import Response

from geo import files
from geo.types import BBox
from layers.query import select
from layers.store import Publication, Version
from webapp.answers import (
    GEOJSON,
    Body,
    keep,
    send,
    send_json,
    send_written,
)
from webapp.params import strict
from webapp.plans import current_plan
from webapp.questions import OLDER_NAMES, asked_plan

blueprint = Blueprint("layers", __name__)


@blueprint.get("/layers")
def index() -> Response:
    """The catalog: zone, themes and every published layer with its style and counts."""
    strict(request.args, *OLDER_NAMES).refuse()
    return send_json(asked_plan(request.args, current_plan()).describe())


@blueprint.get("/layers/<layer_id>/versions")
def versions(layer_id: str) -> Response:
    """Every publication of a layer, the newest first."""
    strict(request.args).refuse()
    plan = current_plan()
    current = plan.publication(layer_id).version
    rows = [
        _publication(entry, plan.store.version(layer_id, entry.version))
        for entry in plan.store.publications(layer_id)
    ]
    return send_json({"layer": layer_id, "current": current, "versions": rows})


@blueprint.get("/layers/<layer_id>/<version>/features.geojson")
def features(layer_id: str, version: str) -> Response:
    """The features of a version, all of them or those of a box."""
    store = current_plan().store
    reader = strict(request.args, "bbox", "limit")
    bbox, limit = reader.bbox("bbox"), reader.limit("limit")
    reader.refuse()
    path = store.geojson_path(layer_id, version)
    if bbox is None and limit is None:
        return _whole(path, layer_id, version)
    return send(Body.of(_part(layer_id, version, bbox, limit), GEOJSON))


def _publication(entry: Publication, version: Version) -> dict[str, Any]:
    """A publication for everybody: who made it stands in the store, not here."""
    return {
        "version": entry.version,
        "published_at": entry.at,
        "reason": entry.reason,
        "file": version.file,
        "sha256": version.sha256,
        "size_bytes": version.size_bytes,
        "rows_in": version.rows_in,
        "features": version.features,
        "located": version.located,
        "unlocated": version.unlocated,
        "cleaning": version.cleaning,
        "software": version.software,
        "problems": version.problems,
        "links": {
            "features": url_for("layers.features", layer_id=version.layer, version=version.id)
        },
    }


def _whole(path: Path, layer_id: str, version: str) -> Response:
    """The file as it was written at publishing, compressed once and for all."""
    response = send_written(path, path.with_name(f"{path.name}.gz"), version, GEOJSON)
    name = f"{layer_id}-{version}.geojson"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _part(layer_id: str, version: str, bbox: BBox | None, limit: int | None) -> bytes:
    """The features of a box, and how many there would have been without the limit."""
    frame = keep(
        ("frame", layer_id, version), lambda: current_plan().store.frame(layer_id, version)
    )
    matched = select(frame, bbox=bbox)
    returned = matched if limit is None else matched.head(limit)
    counts = {"matched": len(matched), "returned": len(returned), "version": version}
    return files.to_geojson(returned, extra={"huitu": counts})
