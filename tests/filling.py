"""``python -m tests.filling DATA IMPORT``: the desk on a disk that takes no larger file.

The limit on the size of a file (EFBIG) stands for a full disk: it needs no disk of its own. What a
planner and an administrator are told meanwhile is written to ``DATA/found.json``.
"""

import json
import resource
import sys
from pathlib import Path

from geo import files
from geo.files import confined
from layers.plan import Plan
from tests.desk import PASSWORD, token_of
from webapp import create_app
from webapp.desk import Folder, Task, worker
from webapp.settings import Settings

#: More accounts than the room is for.
MOST = 400


def room(most_bytes):
    """From now on no file of this process grows beyond this."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))


def admin_of(app):
    client = app.test_client()
    form = {"csrf_token": token_of(client, "/desk/sign-in"), "name": "admin", "password": PASSWORD}
    assert client.post("/desk/sign-in", data=form).status_code == 303
    return client


def fill(client):
    """Add accounts until one is refused; what that one was told, and how many there are."""
    token = token_of(client, "/desk/accounts")
    for number in range(MOST):
        form = {"csrf_token": token, "name": f"w{number}", "role": "reader"}
        answer = client.post("/desk/accounts", data=form)
        if answer.status_code != 200:
            return {"added": number, "status": answer.status_code, "text": answer.text}
    raise AssertionError("there was room for all")


def published(settings, import_id):
    """Publish; what the planner is told, and which version readers see."""
    folder = Folder(settings.data, import_id)
    folder.tell(Task("publish", {"by": "planner", "reason": "来文"}))
    worker.do(settings, folder, import_id)
    store = Plan.open(settings.data).store
    return {"told": dict(folder.task.problem)["zh"], "version": store.current("gardens").id}


def main(data, import_id):
    settings = Settings(data=Path(data))
    confined.read, confined.look = files.read, files.look
    client = admin_of(create_app(settings))
    database = max(path.stat().st_size for path in settings.data.glob("huitu.sqlite*"))
    room(database + 20_000)
    found = fill(client)
    # First no version can be written; then it can, but not the entry that tells of it.
    for case, most_bytes in (("files", 60_000), ("entry", database + 20_000)):
        room(most_bytes)
        found[case] = published(settings, import_id)
    found["looked"] = client.get("/desk").status_code
    room(resource.RLIM_INFINITY)
    Path(settings.data, "found.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
