"""Geometry and numbers on frames: read, check, measure. Knows nothing of our layers or the web."""
