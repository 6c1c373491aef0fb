"""The command by which work on an import is started; see :mod:`webapp.desk.worker`."""

from __future__ import annotations

import logging
import sys

from webapp.desk.worker import main

if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    main(sys.argv[1], int(sys.argv[2]))
