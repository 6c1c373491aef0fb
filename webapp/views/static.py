"""Our own files, for ever under the hash of them all."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from werkzeug import Response

from webapp import statics
from webapp.answers import IMMUTABLE, Body, keep, send

blueprint = Blueprint("static", __name__)


@blueprint.get("/static/<digest>/<path:name>")
def file(digest: str, name: str) -> Response:
    """A static file; one of another release leads to that of this one."""
    tree = statics.tree()
    path = tree.files.get(name)
    if path is None:
        abort(404)
    if digest != tree.digest:
        return redirect(url_for("static.file", digest=tree.digest, name=name))
    made = keep(("static", name), lambda: Body.of(path.read_bytes(), statics.mimetype(name)))
    return send(made, IMMUTABLE)
