"""Geometry and numbers on frames; knows neither our layers nor the web."""
