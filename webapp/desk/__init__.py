"""What planners do with layers at their desk: imports of files, and drafts edited on the map.

An import goes from a file that somebody sent to a published version. The rows of the database say
what was decided (:mod:`webapp.desk.tables`), a folder beside them keeps the original and what was
found in it (:mod:`webapp.desk.folder`), and a process of its own does the long work
(:mod:`webapp.desk.worker`). Drafts stand in :mod:`webapp.desk.drafts`. Free of flask.
"""

from webapp.desk import imports
from webapp.desk.folder import Folder, Task
from webapp.desk.tables import Import

__all__ = ["Folder", "Import", "Task", "imports"]
