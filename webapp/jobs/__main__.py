"""The command by which a runner is started; see :mod:`webapp.jobs.runner`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from webapp.jobs.runner import main

if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    main(Path(sys.argv[1]), int(sys.argv[2]))
