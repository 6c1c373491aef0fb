"""The layers for programs and for our own script: the catalog, the versions, the features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug import Response

from layers import tiling
from layers.rows import collection
from layers.versions import Publication, Version
from webapp.answers import GEOJSON, Body, send, send_json, send_written
from webapp.params import PART_NAMES, strict
from webapp.plans import current_plan, rows_of
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
    """The features of a version: all, or page by page those of a box or with some values."""
    plan = current_plan()
    path = plan.store.geojson_path(layer_id, version)
    if not request.args.keys() - {"lang"}:
        strict(request.args).refuse()
        return _whole(path, layer_id, version)
    reader = strict(request.args, *PART_NAMES)
    spec = plan.catalog.layer(layer_id)
    bbox, limit, after = reader.bbox("bbox"), reader.limit("limit"), reader.whole("after", 0)
    where = reader.values("where", {name: spec.fields[name] for name in tiling.fields(spec)})
    reader.refuse()
    found = rows_of(layer_id, version).features(bbox=bbox, where=where, after=after, limit=limit)
    counts = {"matched": found.matched, "returned": len(found.rows), "version": version}
    told = {**counts, **({"next": found.next} if found.next is not None else {})}
    return send(Body.quick(collection({"huitu": told}, found.rows), GEOJSON))


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
