"""Vector drawings on paper: what is drawn where, in millimetres, and the ways to write it down.

One drawing gives the same picture as PDF, SVG and PNG and on a page of a report.
"""

from layers.drawing.model import Drawing, Item, Pen, Ring, Shape, Window, Words, haloed, shifted

__all__ = ["Drawing", "Item", "Pen", "Ring", "Shape", "Window", "Words", "haloed", "shifted"]
