"""The key that signs sessions: from the settings, else made once and kept in the data folder."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from pathlib import Path

from webapp.settings import Settings

PRIVATE = "private"
KEY_FILE = "session.key"
_BYTES = 48
_OWN_FOLDER = 0o700


def session_key(settings: Settings) -> str:
    """The key of this deployment; the same for every worker and every start.

    Raises
    ------
    OSError
        There is no key yet, and the data folder cannot be written.
    """
    chosen = settings.secret_key.get_secret_value()
    return chosen or _kept(private_folder(settings.data) / KEY_FILE)


def private_folder(data: Path) -> Path:
    """The folder of what is nobody's business, readable by the server's user alone."""
    folder = data / PRIVATE
    folder.mkdir(mode=_OWN_FOLDER, exist_ok=True)
    if folder.stat().st_mode & 0o777 != _OWN_FOLDER:
        folder.chmod(_OWN_FOLDER)
    return folder


def _kept(file: Path) -> str:
    """The key of a file, made when there is none; of two threads or processes the first one's."""
    if not file.exists():
        # Readable by its owner alone, and of a name that nobody else has.
        descriptor, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            pass
        finally:
            Path(beside).unlink()
    key = file.read_text("ascii")
    if len(key) < _BYTES:
        raise OSError(errno.EINVAL, "the key was cut short, delete the file", str(file))
    return key
