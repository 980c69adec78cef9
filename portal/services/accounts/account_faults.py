"""What goes wrong with accounts, said to people."""


class AccountFault(Exception):
    """The account can't be made or changed; the message is Swedish and says why."""
