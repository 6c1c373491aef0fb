"""Our own scripts, styles and images, under an address that holds the hash of them all.

One hash for the whole tree, so that a module may import its neighbour by a relative address and
still never meets one of another release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from flask import Flask, current_app

_KEY = "huitu.statics"
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".ico": "image/x-icon",
        ".woff2": "font/woff2",
        ".txt": "text/plain",
    }
)


@dataclass(frozen=True)
class StaticTree:
    """Every file below a folder, by its name with slashes; nothing else can be asked for."""

    files: Mapping[str, Path]
    digest: str

    @classmethod
    def read(cls, folder: Path) -> StaticTree:
        """List and hash a folder; a name that starts with a dot is left out."""
        files = dict(sorted(_names(folder).items()))
        made_of = hashlib.sha256()
        for name, path in files.items():
            made_of.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
        return cls(MappingProxyType(files), made_of.hexdigest()[:12])

    def url(self, name: str) -> str:
        """The address of a file.

        Raises
        ------
        LookupError
            When there is no such file: an address that would not answer is never written.
        """
        from flask import url_for

        if name not in self.files:
            raise LookupError(f"there is no static file {name!r}; was the set-up run?")
        return url_for("static.file", digest=self.digest, name=name)


def mimetype(name: str) -> str:
    """The media type of a file, by the end of its name."""
    return _TYPES.get(Path(name).suffix, "application/octet-stream")


def _names(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("[!.]*")
        if path.is_file()
    }


def install(app: Flask, folder: Path) -> None:
    """Read the tree for the application."""
    app.extensions[_KEY] = StaticTree.read(folder)


def tree() -> StaticTree:
    """The static files of this application."""
    found: StaticTree = current_app.extensions[_KEY]
    return found
