"""Folium elements whose rendered text stays text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from branca.element import Element, MacroElement


class Verbatim(Element):
    """Rendered text that is given out as it is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_kwargs: Any) -> str:
        """The text, untouched."""
        return self._text


class Literal(MacroElement):
    """Mixed in before a Folium class: renders its macros once, to text.

    branca compiles what a macro gave as a second Jinja template, not sandboxed, so that an
    attribute ``{{ 7*7 }}`` comes back as 49, and worse words come back as worse. Here the text goes
    out as the macro gave it. The header macros (inline styles and scripts) and the lists of foreign
    addresses are left out: the page links its own files.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def render(self, **kwargs: Any) -> str:
        """Put the ``html`` and ``script`` of this element and its children into the figure."""
        figure, macros = self.get_root(), self._template.module
        for part in ("html", "script"):
            macro = getattr(macros, part, None)
            if macro is not None:
                text = str(macro(self, kwargs))
                getattr(figure, part).add_child(Verbatim(text), name=self.get_name())
        for child in self._children.values():
            if not isinstance(child, Literal):
                raise TypeError(f"{type(child).__name__} is not a literal element")
            child.render(**kwargs)
        return ""


def number(root: Element) -> None:
    """Give every element an id by its place, so that the same map is the same bytes."""
    for place, element in enumerate(_walk(root), start=1):
        element._id = str(place)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():
        yield from _walk(child)
