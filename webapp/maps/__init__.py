"""The map shell: the only place that knows Folium.

Folium makes the map, its panes, its controls and one empty layer for each layer of the plan. It is
given numbers, ids and our own fixed words, never a word of a catalog, a file or a reader: branca
would compile those as templates on the server. The features are fetched by the page.
"""

from webapp.maps.onefile import standalone
from webapp.maps.shell import Shell, shell

__all__ = ["Shell", "shell", "standalone"]
