"""The plan's catalog as programs and the map's script read it: ``GET /layers``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from geo.crs import metric_crs, proj4
from geo.types import Text
from layers.catalog import Catalog
from layers.spec import FieldSpec, LayerSpec, Zone
from layers.style import Style
from layers.tiling import ZOOMS
from layers.versions import Version


@dataclass(frozen=True)
class LayerSummary:
    """One layer as the catalog page, the map's panel and ``huitu layers`` show it.

    ``tiled``: it is large, and the map draws its tiles instead of all of its features at once.
    """

    spec: LayerSpec
    version: Version
    published_at: str
    unclassified: tuple[str, ...]
    tiled: bool = False

    @property
    def features(self) -> int:
        """All features, with and without geometry."""
        return self.version.features

    @property
    def located(self) -> int:
        """Features with a geometry."""
        return self.version.located

    @property
    def unlocated(self) -> int:
        """Features without a geometry (未定位)."""
        return self.version.unlocated


def describe(catalog: Catalog, summaries: tuple[LayerSummary, ...]) -> dict[str, Any]:
    """The zone, the themes and the published layers with their styles, counts and addresses."""
    return {
        "zone": _zone(catalog.zone),
        "themes": [{"id": theme.id, "title": asdict(theme.title)} for theme in catalog.themes],
        "layers": [_layer(catalog, summary) for summary in summaries],
    }


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "id": zone.id,
        **{name: asdict(getattr(zone, name)) for name in ("title", "plan", "source")},
        "bounds": list(zone.bounds.as_tuple()),
        "view": list(zone.view.as_tuple()),
        "years": list(zone.years),
        "metric_crs": _described_crs(zone.metric_crs),
        "review_number": zone.review_number,
        "near_m": zone.near_m,
        "catchments_m": list(zone.catchments_m),
        "stations": zone.stations,
        "districts": zone.districts,
    }


def _layer(catalog: Catalog, summary: LayerSummary) -> dict[str, Any]:
    spec, version = summary.spec, summary.version.id
    return {
        "id": spec.id,
        "theme": spec.theme,
        "role": spec.role,
        "title": asdict(spec.title),
        "geometry": list(spec.geometry),
        "licence": spec.licence,
        "source": asdict(spec.source),
        "visible": spec.visible,
        "zoom": list(spec.zoom),
        "version": version,
        "tiled": summary.tiled,
        "tiles": {"min_zoom": ZOOMS[0], "max_zoom": ZOOMS[-1]},
        "published_at": summary.published_at,
        "counts": {
            "features": summary.features,
            "located": summary.located,
            "unlocated": summary.unlocated,
            "unclassified": len(summary.unclassified),
        },
        "unclassified": list(summary.unclassified),
        "style": _style(catalog, spec, catalog.style(spec)),
        "fields": {name: _field(field) for name, field in spec.fields.items()},
        "links": {
            "features": f"/layers/{spec.id}/{version}/features.geojson",
            "versions": f"/layers/{spec.id}/versions",
            "tilejson": f"/layers/{spec.id}/{version}/tiles.json",
            "tiles": f"/layers/{spec.id}/{version}/tiles/{{z}}/{{x}}/{{y}}.mvt",
            "rows": f"/layers/{spec.id}/{version}/rows.json",
            "found": f"/layers/{spec.id}/{version}/rows.bits",
        },
    }


def _field(field: FieldSpec) -> dict[str, Any]:
    values = [{"value": value, "title": asdict(title)} for value, title in field.values.items()]
    return {
        "title": asdict(field.title),
        "type": field.type,
        "unit": field.unit,
        "values": values,
    }


def _described_crs(code: str) -> dict[str, str]:
    crs = metric_crs(code)
    return {"code": code, "name": crs.name, "proj4": proj4(crs)}


def _style(catalog: Catalog, spec: LayerSpec, style: Style) -> dict[str, Any]:
    """The style table with the labels of the field it goes by: map and legend read this one."""
    return {
        "by": style.by,
        "badge_by": style.badge_by,
        "symbols": [
            {
                "value": value if style.by else None,
                "title": asdict(spec.fields[style.by].title_of(value) if style.by else spec.title),
                **symbol.model_dump(),
            }
            for value, symbol in style.symbols.items()
        ],
        "badges": [
            {
                "value": value,
                "title": asdict(_badge_title(spec, style, value)),
                "mark": asdict(mark),
            }
            for value, mark in style.badges.items()
        ],
        "unclassified": catalog.palette.unclassified.model_dump(),
        "schematic": catalog.palette.schematic.model_dump(),
    }


def _badge_title(spec: LayerSpec, style: Style, value: str) -> Text:
    return spec.fields[str(style.badge_by)].title_of(value)
