"""The Folium elements of the map page, each rendered literally."""

from __future__ import annotations

import folium
from folium import plugins
from folium.map import CustomPane, FitBounds, Layer
from folium.template import Template

from webapp.maps.literal import Literal


class Map(Literal, folium.Map):
    """A Folium map without tiles: the base map is the plan's own context layers."""


class Pane(Literal, CustomPane):
    """The pane of one layer, so that layers can be reordered and made transparent as a whole."""


class View(Literal, FitBounds):
    """Opens the map on the zone."""


class FullScreen(Literal, plugins.Fullscreen):
    """The full-screen button."""


class Position(Literal, plugins.MousePosition):
    """Longitude and latitude under the mouse."""


class Locate(Literal, plugins.LocateControl):
    """The button that shows where the reader stands."""


class Control(Literal):
    """A control of Leaflet itself, by the name of its factory (``zoom``, ``scale``)."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            L.control.{{ this.factory }}({{ this.options|tojavascript }})
                .addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """)

    def __init__(self, factory: str, **options: str | float | bool) -> None:
        super().__init__()
        self._name = "Control"
        self.factory = factory
        self.options = options


class FeatureLayer(Literal, Layer):
    """One layer of the plan, empty: the page's script fetches, styles and adds its features."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.geoJSON(null, {{ this.options|tojavascript }});
        {% endmacro %}
        """)

    def __init__(self, layer_id: str, *, pane: str, interactive: bool) -> None:
        super().__init__(name=layer_id, overlay=True, show=False)
        self._name = "Layer"
        self.layer_id = layer_id
        self.options = {"pane": pane, "interactive": interactive}


class Handover(Literal):
    """Hands the map and its layers to the page's own script, as ``window.huitu``."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            window.huitu = {
                map: {{ this._parent.get_name() }},
                layers: {
                {%- for layer in this.layers %}
                    {{ layer.layer_id|tojson }}: {{ layer.get_name() }},
                {%- endfor %}
                },
            };
        {% endmacro %}
        """)

    def __init__(self, layers: list[FeatureLayer]) -> None:
        super().__init__()
        self._name = "Handover"
        self.layers = layers
