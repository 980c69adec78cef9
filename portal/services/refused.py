"""What a user is told who asks for something that can't be done, or when nothing can be stored."""

from db.engine import DatabaseUnavailable


__all__ = ["DatabaseUnavailable", "Refused"]  # what a page catches: a rule says no, or nothing can be stored


class Refused(Exception):
    """What was asked for can't be done; the message is a Swedish sentence that says why, and can be shown.

    A subclass stands only where somebody catches it apart. Who may not do it gets `AccessDenied` instead.
    """
