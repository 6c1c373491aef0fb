"""The front-end libraries that Huitu serves from its own address, and their set-up.

The libraries are not kept in the repository. ``npm ci`` brings the locked packages into
``node_modules``; ``python -m webapp.assets node_modules`` copies the few files that the pages
need to ``webapp/static/vendor/<name>-<version>/`` and refuses a file whose hash is not the one
in `ASSETS`. The copies are part of the wheel, so an installed Huitu needs no Node.js.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"


class AssetError(RuntimeError):
    """A front-end file is missing, was changed, or is not in the table."""


@dataclass(frozen=True, slots=True)
class AssetFile:
    """One file of a library: where its package keeps it, where we serve it, its SHA-256."""

    source: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Asset:
    """One library: its package name, exact version, licence (SPDX) and the files we serve."""

    name: str
    version: str
    licence: str
    files: tuple[AssetFile, ...]

    @property
    def folder(self) -> str:
        """The folder of this library and version below ``static/vendor``."""
        return f"{self.name}-{self.version}"


ASSETS: tuple[Asset, ...] = (
    Asset(
        "leaflet",
        "1.9.4",
        "BSD-2-Clause",
        (
            AssetFile(
                "leaflet/dist/leaflet.js",
                "leaflet.js",
                "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
            ),
            AssetFile(
                "leaflet/dist/leaflet.css",
                "leaflet.css",
                "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
            ),
            AssetFile(
                "leaflet/dist/images/layers.png",
                "images/layers.png",
                "1dbbe9d028e292f36fcba8f8b3a28d5e8932754fc2215b9ac69e4cdecf5107c6",
            ),
            AssetFile(
                "leaflet/dist/images/layers-2x.png",
                "images/layers-2x.png",
                "066daca850d8ffbef007af00b06eac0015728dee279c51f3cb6c716df7c42edf",
            ),
            AssetFile(
                "leaflet/dist/images/marker-icon.png",
                "images/marker-icon.png",
                "574c3a5cca85f4114085b6841596d62f00d7c892c7b03f28cbfa301deb1dc437",
            ),
            AssetFile(
                "leaflet/dist/images/marker-icon-2x.png",
                "images/marker-icon-2x.png",
                "00179c4c1ee830d3a108412ae0d294f55776cfeb085c60129a39aa6fc4ae2528",
            ),
            AssetFile(
                "leaflet/dist/images/marker-shadow.png",
                "images/marker-shadow.png",
                "264f5c640339f042dd729062cfc04c17f8ea0f29882b538e3848ed8f10edb4da",
            ),
            AssetFile(
                "leaflet/LICENSE",
                "LICENSE",
                "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
            ),
        ),
    ),
    Asset(
        "leaflet.fullscreen",
        "3.0.2",
        "MIT",
        (
            AssetFile(
                "leaflet.fullscreen/Control.FullScreen.js",
                "Control.FullScreen.js",
                "3d376de805265860d9b8122a22302cfde388adc5cd29890fdf31d665fc8d02d7",
            ),
            AssetFile(
                "leaflet.fullscreen/Control.FullScreen.css",
                "Control.FullScreen.css",
                "a12a13d32a17b1bcdd60125ebd6f03b7f93690c3c35324e1edef98debec9fef2",
            ),
            AssetFile(
                "leaflet.fullscreen/icon-fullscreen.svg",
                "icon-fullscreen.svg",
                "034807095346f7be3b9d5b2add42ba0677af1a89d2f90a0caa5c75ec2780a2a2",
            ),
            AssetFile(
                "leaflet.fullscreen/LICENSE",
                "LICENSE",
                "75a3989d05a1f8fd6c90129216785073025ada93697721331dd8d6d7301ed3e6",
            ),
        ),
    ),
    Asset(
        "leaflet-mouse-position",
        "1.2.0",
        "MIT",
        (
            AssetFile(
                "leaflet-mouse-position/src/L.Control.MousePosition.js",
                "L.Control.MousePosition.js",
                "a1dc6cea6d70379363bbb228de2578ca399c35f1e3c38754e73e60cb7bcc7426",
            ),
            AssetFile(
                "leaflet-mouse-position/src/L.Control.MousePosition.css",
                "L.Control.MousePosition.css",
                "b8b7fa9263ccb2c33f2a4a834bfd81acb8da50df5d9000b1dbbc818a41f1b82c",
            ),
            AssetFile(
                "leaflet-mouse-position/MIT-LICENCE.txt",
                "LICENSE",
                "ff04748807a5615c1b06d16a5dbd5c5289a68ec009f1539e3cf2d14e581f4855",
            ),
        ),
    ),
    Asset(
        "leaflet.locatecontrol",
        "0.90.1",
        "MIT",
        (
            AssetFile(
                "leaflet.locatecontrol/dist/L.Control.Locate.min.js",
                "L.Control.Locate.min.js",
                "8799bc91ab4a9c890342f5f9598aa166148da3d0ac0ac3217cc979b45285e46f",
            ),
            AssetFile(
                "leaflet.locatecontrol/dist/L.Control.Locate.min.css",
                "L.Control.Locate.min.css",
                "83a8cbd2deeef56231e9365d0e6adc49179afb639415f8b24b56bd11f2410d03",
            ),
            AssetFile(
                "leaflet.locatecontrol/LICENSE.md",
                "LICENSE",
                "4831d7644168dfd1cfcdfc58e1a54027556d0f73fa85154dde75a205846a92d0",
            ),
        ),
    ),
    Asset(
        "js-sha256",
        "1.0.0",
        "MIT",
        (
            AssetFile(
                "js-sha256/build/sha256.min.js",
                "sha256.min.js",
                "a050d794e170699bd1a69d33908d0942c68901cb88347016064b60b240f0067e",
            ),
            AssetFile(
                "js-sha256/LICENSE.txt",
                "LICENSE",
                "2153bd2978793748fbe0eb8f838ae2ae19f03f9d4ee5473dd1628a0c0790e4ab",
            ),
        ),
    ),
    Asset(
        "pbf",
        "5.1.2",
        "BSD-3-Clause",
        (
            AssetFile(
                "pbf/index.js",
                "pbf.js",
                "f321bd4934fd67cea4a5be18eece9ff576e3db0cbc2915a9fb1bd7ebbcd3422a",
            ),
            AssetFile(
                "pbf/LICENSE",
                "LICENSE",
                "fdf1d5279107d760c7df8c6edab1faab2b72ba17528273a8b417b08f1e12ebbe",
            ),
        ),
    ),
    Asset(
        "proj4",
        "2.22.0",
        "MIT",
        (
            AssetFile(
                "proj4/dist/proj4.js",
                "proj4.js",
                "af7df653d91ea591f33d26fb958990bbd3071b2db644a4edaba441cc9861a474",
            ),
            AssetFile(
                "proj4/LICENSE.md",
                "LICENSE",
                "d514fd8b286fc00a5c97a29f8a99b73f1a4053bbdd00c400aee5f24a1b6b301e",
            ),
            # proj4.js holds these two libraries inside it.
            AssetFile(
                "mgrs/license.md",
                "LICENSE.mgrs",
                "069adb09f8be7a8d31415c476b5e25ea2da2f5150e69e32ac69179826f9d33b5",
            ),
            AssetFile(
                "wkt-parser/LICENSE.md",
                "LICENSE.wkt-parser",
                "d514fd8b286fc00a5c97a29f8a99b73f1a4053bbdd00c400aee5f24a1b6b301e",
            ),
        ),
    ),
)


def asset_path(name: str, file: str) -> str:
    """Say where a library's file lies below ``static/``, with forward slashes.

    Parameters
    ----------
    name
        A library of `ASSETS`, such as ``"leaflet"``.
    file
        One of its files as we serve it, such as ``"leaflet.js"`` or ``"images/layers.png"``.

    Raises
    ------
    AssetError
        If the table has no such library or file.
    """
    for asset, entry in _entries():
        if (asset.name, entry.name) == (name, file):
            return f"vendor/{asset.folder}/{entry.name}"
    message = f"there is no asset {file!r} of {name!r}"
    raise AssetError(message)


def problems(folder: Path = VENDOR) -> tuple[str, ...]:
    """Tell each file of `ASSETS` that is missing below ``folder`` or is not what it should be."""
    told = (_problem(folder / asset.folder / entry.name, entry) for asset, entry in _entries())
    return tuple(filter(None, told))


def install(node_modules: Path, folder: Path = VENDOR) -> int:
    """Copy every asset from ``node_modules`` to ``folder`` and return how many files that were.

    What lay in ``folder`` before is removed, so that it never holds a version that is not in the
    table. Nothing is touched unless every source file is there with the right hash.

    Raises
    ------
    AssetError
        If source files are missing or changed; the message names all of them.
    """
    told = [_problem(node_modules / entry.source, entry) for _, entry in _entries()]
    if faults := [fault for fault in told if fault]:
        raise AssetError("; ".join(faults))
    shutil.rmtree(folder, ignore_errors=True)
    return sum(_copy(node_modules, folder / asset.folder, entry) for asset, entry in _entries())


def _entries() -> Iterator[tuple[Asset, AssetFile]]:
    return ((asset, entry) for asset in ASSETS for entry in asset.files)


def _problem(path: Path, entry: AssetFile) -> str:
    if not path.is_file():
        return f"{path} is missing: run `npm ci`, then `make setup`"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != entry.sha256:
        return f"{path} is not the file that was reviewed (SHA-256 {found})"
    return ""


def _copy(node_modules: Path, folder: Path, entry: AssetFile) -> int:
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(node_modules / entry.source, target)
    return 1


def main(arguments: list[str]) -> None:
    """Run ``python -m webapp.assets NODE_MODULES``."""
    import click

    if len(arguments) != 1:
        raise SystemExit("usage: python -m webapp.assets NODE_MODULES")
    try:
        count = install(Path(arguments[0]))
    except AssetError as error:
        raise SystemExit(str(error)) from error
    click.echo(f"{count} front-end files copied to {VENDOR}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
