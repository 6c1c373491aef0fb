"""The map as ONE file: data, scripts, styles and icons inside, to be opened without any network.

The file is the map page itself with every address replaced by what lies behind it: styles and
scripts stand inline, each allowed by its hash in the file's own Content-Security-Policy; our
modules become ``data:`` addresses of an import map; the data that the page would fetch stands in
blocks of JSON, which the page's script looks for first. Large layers stand there packed, as much of
each as has room; the worker that draws them is one ``data:`` address with all that it imports.
"""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flask import Flask, render_template
from flask.testing import FlaskClient
from markupsafe import Markup

from layers.excerpt import Excerpt
from webapp import pages, statics
from webapp.maps import excerpts
from webapp.maps.shell import shell
from webapp.plans import current_plan

_IMPORT = re.compile(r'(\bfrom\s+|\bimport\s+)"\./([\w-]+\.js)"')
_URL = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)[\"']?\s*\)")
_PATH = re.compile(r'(\bfrom\s+|\bimport\s+)"(\.\.?/[\w./-]+\.js)"')
_MODULE_PREFIX = "huitu/"
#: What draws large layers; a worker finds no import map.
_WORKER = "tileworker.js"

#: Told how many of how many pieces of data are in.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Inline:
    """A style or a script that stands in the file, with the medium or type that it is for."""

    text: str
    kind: str

    @property
    def markup(self) -> Markup:
        """The text as it stands in the file.

        Only what set-up installed and what we wrote comes here; a text that would end its own
        element is refused rather than changed.
        """
        if re.search(r"</(script|style)|<!--", self.text, re.IGNORECASE):
            raise ValueError("a script or style of the package would end its own element")
        return Markup(self.text)  # noqa: S704

    @property
    def source(self) -> str:
        """How a Content-Security-Policy names exactly this text."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


@dataclass(frozen=True)
class _Data:
    """What the page would fetch from an address; packed or as JSON."""

    content: Markup
    packed: bool = False


def standalone(
    app: Flask, lang: str, most_mb: float = 10.0, progress: Progress | None = None
) -> bytes:
    """Write the map page of an application's plan as one file.

    Parameters
    ----------
    app
        The application whose plan is drawn.
    lang
        ``zh`` or ``en``, the language of the file.
    most_mb
        Megabytes of the file that all large layers together may take; what has no room is left out,
        the smallest features first, and the map says so.
    progress
        Called after each piece of data with the number done and the number of all.

    Returns
    -------
    bytes
        An HTML file that needs nothing beside itself; the same plan gives the same bytes.

    Raises
    ------
    InputError
        A large layer has no room in it at all.
    """
    with app.test_request_context("/"):
        parts = excerpts.excerpts(current_plan(), most_mb)
    blocks = dict(_data(app.test_client(), lang, parts, progress or _silent))
    with app.test_request_context("/", query_string={"lang": lang}):
        drawn = shell(current_plan(), lang)
        styles = [_style(name, medium) for name, medium in pages.MAP_STYLES]
        scripts = [*_scripts(drawn.script.decode(), tiled=bool(parts))]
        head = _rendered("map/file_head.html", policy=_policy(styles, scripts), styles=styles)
        tail = _rendered("map/file_scripts.html", blocks=blocks, scripts=scripts)
        html = render_template(
            "map.html",
            mode="file",
            map_html=drawn.html,
            head_tags=lambda: head,
            script_tags=lambda: tail,
            state_url=pages.switch_url,
            older=None,
            static=_data_address,
        )
    return html.encode()


def _rendered(template: str, **words: object) -> Markup:
    return Markup(render_template(template, **words))  # noqa: S704


def _silent(_done: int, _all: int) -> None:
    """Tell nobody."""


def _data(
    client: FlaskClient, lang: str, parts: Mapping[str, Excerpt], progress: Progress
) -> Iterator[tuple[str, _Data]]:
    """Address and content of everything that the page fetches."""
    catalog = json.loads(_get(client, "/layers"))
    projects = json.loads(_get(client, "/search.json"))
    features = {layer["links"]["features"]: layer["id"] for layer in catalog["layers"]}
    addresses = [
        "/search.json",
        f"/messages/{lang}.json",
        *features,
        *(f"/projects/{project['id']}.json" for project in projects),
    ]
    yield "/layers", _block(json.dumps(excerpts.told(catalog, parts), ensure_ascii=False).encode())
    for done, address in enumerate(addresses, start=1):
        part = parts.get(features.get(address, ""))
        if part is None:
            yield address, _block(_get(client, address))
        else:
            yield address, _Data(excerpts.letters(part), packed=True)
        progress(done, len(addresses))


def _get(client: FlaskClient, address: str) -> bytes:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    content: bytes = answer.data
    return content


def _block(content: bytes) -> _Data:
    """JSON that cannot end its own element, whatever words it holds."""
    return _Data(Markup(content.decode().replace("<", "\\u003c")))  # noqa: S704


def _file(name: str) -> Path:
    return statics.tree().files[name]


def _style(name: str, medium: str) -> _Inline:
    """A style sheet with its images inside."""
    folder = PurePosixPath(name).parent

    def inline(match: re.Match[str]) -> str:
        return f'url("{_data_address(str(folder / match[1]))}")'

    return _Inline(_URL.sub(inline, _file(name).read_text("utf-8")), medium)


def _data_address(name: str) -> str:
    """A static file as a ``data:`` address."""
    content = base64.b64encode(_file(name).read_bytes()).decode()
    return f"data:{statics.mimetype(name)};base64,{content}"


def _scripts(map_script: str, *, tiled: bool) -> Iterator[_Inline]:
    """The scripts in the order of the page: libraries, import map, Folium's, our module.

    ``tiled``: there are large layers, which a worker draws.
    """
    for name in pages.MAP_SCRIPTS:
        yield _Inline(_file(name).read_text("utf-8"), "text/javascript")
    module = PurePosixPath(pages.MAP_MODULE)
    modules = _modules(module)
    if tiled:
        modules[_MODULE_PREFIX + _WORKER] = _bundled(module.parent / _WORKER)
    yield _Inline(json.dumps({"imports": modules}, sort_keys=True), "importmap")
    yield _Inline(map_script, "text/javascript")
    entry = f'import "{_MODULE_PREFIX}{module.name}";'
    yield _Inline(entry, "module")


def _modules(entry: PurePosixPath) -> dict[str, str]:
    """Our modules by the name under which they find each other in the file."""
    found: dict[str, str] = {}
    wanted = [entry.name]
    while wanted:
        name = wanted.pop()
        if _MODULE_PREFIX + name in found:
            continue
        text = _file(str(entry.parent / name)).read_text("utf-8")
        wanted += [name for _, name in _IMPORT.findall(text)]
        found[_MODULE_PREFIX + name] = _script_address(
            _IMPORT.sub(rf'\1"{_MODULE_PREFIX}\2"', text)
        )
    return found


def _bundled(path: PurePosixPath) -> str:
    """A module as one address, with the addresses of all that it imports inside."""

    def inside(match: re.Match[str]) -> str:
        named = posixpath.normpath(path.parent / match[2])
        return f'{match[1]}"{_bundled(PurePosixPath(named))}"'

    return _script_address(_PATH.sub(inside, _file(str(path)).read_text("utf-8")))


def _script_address(text: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"


def _policy(styles: list[_Inline], scripts: list[_Inline]) -> str:
    """What the file may do: run and apply what stands in it, and ask nobody for anything."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(script.source for script in scripts)} data:",
            f"style-src {' '.join(style.source for style in styles)}",
            "worker-src data:",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
