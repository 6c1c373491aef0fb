"""The map without its data: a few kilobytes that do not depend on how much there is to draw."""

from __future__ import annotations

from dataclasses import dataclass

from branca.element import Element, Figure
from markupsafe import Markup

from geo.types import BBox
from layers.plan import Plan
from layers.spec import LayerSpec
from webapp.maps.elements import (
    Control,
    FeatureLayer,
    FullScreen,
    Handover,
    Locate,
    Map,
    Pane,
    Position,
    View,
)
from webapp.maps.literal import number

#: The lowest pane of the plan's layers; all stay between the tiles (200) and the markers (600).
_FIRST_PANE = 300

_WORDS = {
    "zh": {
        "zoom_in": "放大",
        "zoom_out": "缩小",
        "full_screen": "全屏",
        "leave_full_screen": "退出全屏",
        "locate": "定位到我的位置",
        "locate_error": "无法取得位置",
        "position": "经纬度 ",
    },
    "en": {
        "zoom_in": "Zoom in",
        "zoom_out": "Zoom out",
        "full_screen": "Full screen",
        "leave_full_screen": "Leave full screen",
        "locate": "Show where I am",
        "locate_error": "Your position could not be found",
        "position": "Lon, lat ",
    },
}


@dataclass(frozen=True)
class Shell:
    """The map's element of the page, and the script that makes the map in it."""

    html: Markup
    script: bytes


def shell(plan: Plan, lang: str) -> Shell:
    """Draw the shell of a plan.

    The same plan state and language give the same bytes.

    Parameters
    ----------
    plan
        Whose layers get a pane and an empty layer each, the first of the catalog on top.
    lang
        ``zh`` or ``en``: the titles of the controls.
    """
    words = _WORDS[lang]
    root = _map(plan.catalog.zone.view)
    layers = [_feature_layer(root, spec, place) for place, spec in _bottom_up(plan.layers)]
    root.add_child(
        Control(
            "zoom",
            position="topright",
            zoomInTitle=words["zoom_in"],
            zoomOutTitle=words["zoom_out"],
        )
    )
    root.add_child(FullScreen("topright", words["full_screen"], words["leave_full_screen"]))
    root.add_child(
        Locate(
            position="topright",
            strings={"title": words["locate"]},
            locateOptions={"enableHighAccuracy": True},
        )
    )
    root.add_child(Control("scale", position="bottomright", imperial=False, maxWidth=160))
    root.add_child(
        Position(
            "bottomright", separator=", ", lng_first=True, prefix=words["position"], empty_string=""
        )
    )
    root.add_child(Handover(layers))
    return _render(root)


def _map(view: BBox) -> Map:
    root = Map(
        location=[(view.south + view.north) / 2, (view.west + view.east) / 2],
        tiles=None,
        zoom_start=12,
        zoom_control=False,
        minZoom=8,
        maxZoom=19,
        zoomSnap=0.5,
        attributionControl=False,
    )
    opening = View([(view.south, view.west), (view.north, view.east)])
    opening.options["animate"] = False
    root.add_child(opening)
    return root


def _bottom_up(layers: tuple[LayerSpec, ...]) -> list[tuple[int, LayerSpec]]:
    return list(enumerate(reversed(layers)))


def _feature_layer(root: Map, spec: LayerSpec, place: int) -> FeatureLayer:
    pane = f"huitu-{spec.id}"
    root.add_child(Pane(pane, z_index=_FIRST_PANE + place, pointer_events=True))
    layer = FeatureLayer(spec.id, pane=pane, interactive=spec.is_projects)
    root.add_child(layer)
    return layer


def _render(root: Map) -> Shell:
    number(root)
    root.render()
    figure = root.get_root()
    if not isinstance(figure, Figure):  # pragma: no cover - Folium puts each map into a figure
        raise TypeError("a map stands in a figure")
    html = Markup(_joined(figure.html).strip())  # noqa: S704 - our own fixed words
    return Shell(html=html, script=_tidy(_joined(figure.script)).encode())


def _joined(part: Element) -> str:
    return "".join(child.render() for child in part._children.values())


def _tidy(script: str) -> str:
    """Drop blank lines and Folium's indentation."""
    return "\n".join(line.strip() for line in script.splitlines() if line.strip()) + "\n"
