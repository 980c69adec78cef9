"""What a user is told who asks for something that can't be done, or when nothing can be stored."""

from db.engine import DatabaseUnavailable
from portal.domain.refused import Refused


__all__ = ["DatabaseUnavailable", "Refused"]  # what a page catches: a rule says no, or nothing can be stored
