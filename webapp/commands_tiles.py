"""The command ``huitu tiles``: all vector tiles of a layer in one file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.translating import Voice

if TYPE_CHECKING:
    from layers.plan import Plan
    from layers.spec import LayerSpec
    from layers.versions import Version

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
                    ["--keep"],
                    is_flag=True,
                    help=say("留在该版本旁，供网站按段提供（tiles.pmtiles）"),
                ),
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


def _run_tiles(
    say: Voice, layer: str, output: Path | None, keep: bool, max_zoom: int, data: str | None
) -> int:
    from layers import tilearchive
    from layers.export.beside import beside
    from layers.plan import Plan
    from webapp.settings import Settings

    if keep and output:
        raise click.UsageError(say("--keep 和 --output 只用一个"))
    settings = Settings.read(data=data)
    plan = Plan.open(settings.data, settings.tile_features)
    spec, version = plan.catalog.layer(layer), plan.version(layer)
    path = output or Path(f"{layer}.pmtiles")
    place = tilearchive.keeping(plan.store, layer, version.id) if keep else beside(path)
    with place as made:
        count = _write(say, plan, spec, version, made, max_zoom)
    if keep:
        path = tilearchive.kept(plan.store, layer, version.id)
    size = path.stat().st_size // 1000
    click.echo(say("已写出 {file}（{count} 个瓦片，{size} kB）", file=path, count=count, size=size))
    return 0


def _write(
    say: Voice, plan: Plan, spec: LayerSpec, version: Version, path: Path, max_zoom: int
) -> int:
    """Write every tile into a new file, told on a bar, and tell how many there are."""
    from geo import tiles
    from webapp.tiles import archive_metadata

    arrays = plan.store.arrays(spec, version.id)
    with click.progressbar(length=1, label=say("写出瓦片"), file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return tiles.write_archive(
            arrays,
            path,
            zooms=range(max_zoom + 1),
            metadata=archive_metadata(spec, version, arrays, say.lang),
            told=told,
        )
