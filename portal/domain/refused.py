"""What a user is told who asks for something that can't be done."""


class Refused(Exception):
    """What was asked for can't be done; the message is a Swedish sentence that says why, and can be shown.

    A subclass stands only where somebody catches it apart. Who may not do it gets `AccessDenied` instead.
    `about` names the argument that is wrong where it is one: its box is marked.
    """

    def __init__(self, message: str = "", *, about: str = "") -> None:
        super().__init__(message)
        self.about = about
