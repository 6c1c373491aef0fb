"""One archive of everything that a deployment keeps, made while it is served, and the way back."""

# Imported for their tables: an archive holds every one that the database has.
import webapp.consultation.tables
import webapp.desk
import webapp.desk.drafts  # noqa: F401
from webapp.backup.archive import Manifest, Member
from webapp.backup.making import make
from webapp.backup.restoring import restore

__all__ = ["Manifest", "Member", "make", "restore"]
