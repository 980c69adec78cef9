"""What a user is told who asks for something that can't be done."""


class Refused(Exception):
    """What was asked for can't be done; the message is a Swedish sentence that says why, and can be shown.

    A subclass stands only where somebody catches it apart. Who may not do it gets `AccessDenied` instead.
    """
