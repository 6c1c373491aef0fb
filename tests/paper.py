"""Reads what a sheet's file says, in millimetres, without the code that wrote it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

MM_PER_POINT = 25.4 / 72
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = r"-?\d*\.?\d+(?:e-?\d+)?"


def svg_paths(content: bytes) -> dict[str, list[np.ndarray]]:
    """Every subpath of every named group of an SVG whose unit is the point."""
    root = ElementTree.fromstring(content)  # noqa: S314 - our own file
    assert root.get("width").endswith("pt")
    found: dict[str, list[np.ndarray]] = {}
    for group in root.iter(f"{_SVG}g"):
        for path in group.findall(f"{_SVG}path"):
            found.setdefault(group.get("id"), []).extend(_svg_subpaths(path.get("d")))
    return found


def _svg_subpaths(d: str) -> list[np.ndarray]:
    parts = [part for part in d.split("M") if part.strip()]
    numbers = [np.array(re.findall(_NUMBER, part), float) for part in parts]
    return [part.reshape(-1, 2) * MM_PER_POINT for part in numbers]


def svg_size(content: bytes) -> tuple[float, float]:
    """Width and height of an SVG on paper."""
    root = ElementTree.fromstring(content)  # noqa: S314 - our own file
    width, height = (float(root.get(name).removesuffix("pt")) for name in ("width", "height"))
    return width * MM_PER_POINT, height * MM_PER_POINT


def pdf_paths(content: bytes) -> list[np.ndarray]:
    """Every subpath of straight lines in the streams of a PDF whose unit is the point."""
    return [path for text in pdf_streams(content) for path in _pdf_subpaths(text)]


def pdf_streams(content: bytes) -> list[str]:
    """The programs of the pages of a PDF."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(stream).decode("latin-1"))
    return found


def _pdf_subpaths(text: str) -> list[np.ndarray]:
    found: list[list[tuple[float, float]]] = []
    for x, y, verb in re.findall(rf"({_NUMBER}) ({_NUMBER}) ([ml])\b", text):
        if verb == "m":
            found.append([])
        if found:
            found[-1].append((float(x), float(y)))
    return [np.array(path) * MM_PER_POINT for path in found]


def pdf_size(content: bytes) -> tuple[float, float]:
    """Width and height of the first page of a PDF on paper."""
    box = re.search(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
    assert box
    return float(box[1]) * MM_PER_POINT, float(box[2]) * MM_PER_POINT


def lengths(path: np.ndarray) -> np.ndarray:
    """Length of every piece of a line."""
    return np.hypot(*np.diff(path, axis=0).T)


def program(name: str, package: str) -> str:
    """The path of a program; a test that needs it is left out with a plain word."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine (Debian: {package})")
    return path


def poppler(tool: str, path: Path, *options: str) -> str:
    """What a tool of poppler says of a PDF."""
    command = [program(tool, "poppler-utils"), *options, str(path)]
    command += ["-"] if tool == "pdftotext" else []
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
