"""The command ``huitu map``: the whole map as one file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from webapp.translating import Voice

_PATH = click.Path(path_type=Path)
#: Megabytes of the large layers in a map that is one file: what mail takes, and what a browser can.
_MOST_MB, _MOST_MB_EVER = 10.0, 100.0


def commands(say: Voice, command: Callable[..., click.Command]) -> list[click.Command]:
    """The one command; ``command`` makes one that knows ``--data`` and ``--lang``."""
    made = command(
        "map",
        say,
        help=say("把地图写成一个文件，不联网也能打开。"),
        params=[
            click.Option(
                ["-o", "--output"], type=_PATH, default=Path("map.html"), help=say("写到哪个文件")
            ),
            click.Option(
                ["--most-mb"],
                type=click.FloatRange(min=0.1, max=_MOST_MB_EVER),
                default=_MOST_MB,
                show_default=True,
                help=say("大图层合计最多占多少 MB；放不下的要素从最小的略去，图上写明"),
            ),
        ],
        run=lambda data, output, most_mb: _run_map(say, data, output, most_mb),
    )
    return [made]


def _run_map(say: Voice, data: str | None, output: Path, most_mb: float) -> int:
    from webapp import create_app, maps
    from webapp.settings import Settings

    app = create_app(Settings.read(data=data, lang=say.lang, url_prefix=""))
    with click.progressbar(length=1, label=say("写出地图"), file=sys.stderr) as bar:

        def progress(_done: int, of: int) -> None:
            bar.length = of
            bar.update(1)

        content = maps.standalone(app, say.lang, most_mb, progress)
    _write(output, content)
    click.echo(say("已写出 {file}（{size} kB）", file=output, size=len(content) // 1000))
    return 0


def _write(path: Path, content: bytes) -> None:
    """Write beside and rename: a disk that is full leaves the file before it."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as beside:
        try:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            Path(beside.name).chmod(0o644)
            Path(beside.name).replace(path)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise
