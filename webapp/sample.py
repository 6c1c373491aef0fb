"""The sample deployment that an installed Huitu carries, copied where there is no data yet."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from geo.errors import InputError, ProblemKind
from geo.types import Text

CATALOG_FILE = "catalog.toml"
_PLACE = Path("share") / "huitu"
#: What a service makes in a data folder.
_MADE = ("published", "jobs", "private", "*.sqlite*", "log-heads.txt", ".*")

NO_DATA = ProblemKind(
    "no-data",
    "error",
    Text(zh="文件夹 {folder} 里没有 catalog.toml", en="The folder {folder} has no catalog.toml"),
    Text(
        zh="用 --data 或 HUITU_DATA 指向数据文件夹",
        en="Point --data or HUITU_DATA at a data folder",
    ),
)


def installed() -> Path | None:
    """Where the installation keeps the sample; None in a checkout, which has it in ``data/``."""
    return next((folder for folder in _candidates() if (folder / CATALOG_FILE).is_file()), None)


def _candidates() -> Iterator[Path]:
    for scheme in ("prefix", "user"):
        yield Path(sysconfig.get_path("data", sysconfig.get_preferred_scheme(scheme))) / _PLACE
    yield Path(sysconfig.get_path("data")) / _PLACE


def ensure(folder: Path) -> bool:
    """Make the data folder from the sample where there is none; tell whether that was done.

    A folder that holds anything is never written to.

    Raises
    ------
    InputError
        When the folder has no catalog and cannot be made.
    """
    if (folder / CATALOG_FILE).is_file():
        return False
    sample = installed()
    if sample is None or (folder.exists() and any(folder.iterdir())):
        raise InputError(NO_DATA.at(folder=folder))
    copy(sample, folder)
    return True


def copy(sample: Path, folder: Path) -> None:
    """Copy the catalog and its files, not what a service made of them.

    Beside and then renamed, so that a copy that was cut short is never taken for data.
    """
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(sample, beside, ignore=shutil.ignore_patterns(*_MADE))
    if folder.exists():
        folder.rmdir()
    beside.rename(folder)
