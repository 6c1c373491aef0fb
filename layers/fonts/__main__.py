"""Run ``python -m layers.fonts NODE_MODULES``."""

import sys
from pathlib import Path

from layers.fonts.making import FontError, make


def main(arguments: list[str]) -> None:
    """Make the fonts of the package folder that is named."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m layers.fonts NODE_MODULES")
    try:
        made = make(Path(arguments[0]))
    except FontError as error:
        raise SystemExit(str(error)) from error
    for path in made:
        sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
