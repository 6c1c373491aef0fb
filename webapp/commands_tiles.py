"""The command ``huitu tiles``: all vector tiles of a layer in one file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from webapp.translating import Voice

_PATH = click.Path(path_type=Path)


def commands(say: Voice, command: Callable[..., click.Command]) -> list[click.Command]:
    """The one command; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [
        command(
            "tiles",
            say,
            help=say("把一个图层的全部矢量瓦片写成一个文件（PMTiles）。"),
            params=[
                click.Argument(["layer"]),
                click.Option(["-o", "--output"], type=_PATH, help=say("写到哪个文件")),
                click.Option(
                    ["--max-zoom"],
                    type=click.IntRange(0, 16),
                    default=16,
                    help=say("最高级别，0 至 16；再放大时用这一级"),
                ),
            ],
            run=lambda **options: _run_tiles(say, **options),
        )
    ]


def _run_tiles(say: Voice, layer: str, output: Path | None, max_zoom: int, data: str | None) -> int:
    from geo import tiles
    from layers.export.beside import beside
    from layers.plan import Plan
    from webapp.settings import Settings
    from webapp.tiles import archive_metadata

    settings = Settings.read(data=data)
    plan = Plan.open(settings.data, settings.tile_features)
    spec, version = plan.catalog.layer(layer), plan.version(layer)
    arrays = plan.store.arrays(spec, version.id)
    path = output or Path(f"{layer}.pmtiles")
    with (
        click.progressbar(length=1, label=say("写出瓦片"), file=sys.stderr) as bar,
        beside(path) as made,
    ):

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        count = tiles.write_archive(
            arrays,
            made,
            zooms=range(max_zoom + 1),
            metadata=archive_metadata(spec, version, arrays, say.lang),
            told=told,
        )
    size = path.stat().st_size // 1000
    click.echo(say("已写出 {file}（{count} 个瓦片，{size} kB）", file=path, count=count, size=size))
    return 0
