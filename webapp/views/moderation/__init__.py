"""What the staff does with opinions: moderate, group, decide, and see what is left to answer."""

from webapp.views.moderation import boards, entries, groups, opinions, queueing
from webapp.views.moderation.common import blueprint

__all__ = ["blueprint", "boards", "entries", "groups", "opinions", "queueing"]
