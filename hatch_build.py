"""Fill the wheel with what the packages alone do not hold; refuse one that would not run."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SAMPLE = ("*.toml", "*.geojson", "SOURCES.md")
MADE_AT_SETUP = {
    "webapp/static/vendor": "*/*",
    "webapp/translations": "*/LC_MESSAGES/*.mo",
    "layers/fonts": "*.ttf",
}


class SampleAndAssets(BuildHookInterface):  # type: ignore[type-arg]
    """Add the sample deployment and check that set-up has made the assets."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add ``data/`` (never ``data/published``) as ``share/huitu`` of the installation."""
        if version == "editable":
            return
        root = Path(self.root)
        for folder, pattern in MADE_AT_SETUP.items():
            if not any((root / folder).glob(pattern)):
                message = f"{folder} is empty: run `make setup` before building the wheel"
                raise FileNotFoundError(message)
        for pattern in SAMPLE:
            for file in sorted((root / "data").glob(pattern)):
                build_data["shared_data"][str(file)] = f"share/huitu/{file.name}"
