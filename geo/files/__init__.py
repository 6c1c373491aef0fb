"""Files in and out: the only place that knows pyogrio, and where foreign bytes are looked at."""

from geo.files.opening import read
from geo.files.reading import Reading
from geo.files.working import load, save
from geo.files.writing import geojson_parts, to_geojson

__all__ = ["Reading", "geojson_parts", "load", "read", "save", "to_geojson"]
