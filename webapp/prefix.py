"""Living below a path of somebody else's host (``HUITU_URL_PREFIX=/huitu``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def install(app: Flask, url_prefix: str) -> None:
    """Mount the application below ``url_prefix``; an empty prefix changes nothing."""
    if url_prefix:
        app.wsgi_app = _Mounted(app.wsgi_app, url_prefix)  # type: ignore[method-assign]


class _Mounted:
    """Takes the prefix off a path, whether or not the proxy in front has done so already."""

    def __init__(self, inner: WSGIApplication, url_prefix: str) -> None:
        self._inner = inner
        self._prefix = url_prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            path = path[len(self._prefix) :] or "/"
        environ = {**environ, "SCRIPT_NAME": self._prefix, "PATH_INFO": path}
        return self._inner(environ, start_response)
