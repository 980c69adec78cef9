"""Tokens with which other programs read for an account: what for, and for how long."""

from enum import StrEnum


DAYS = (30, 90, 180)  # that a token may hold; an account that nobody uses is shut out after as long
MOST_TOKENS = 5  # that hold at once, of one account
PREFIX = "vbup_"  # by which a token is known where it was left by mistake
LONGEST_SECRET = 100


class UsedIn(StrEnum):
    EXCEL = "excel"
    POWER_BI = "power_bi"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {"excel": "Excel", "power_bi": "Power BI", "other": "Ett annat program"}[self.value]


def can_be_token(secret: str) -> bool:
    """Whether it looks like a token at all: what does not is not looked up."""
    return secret.startswith(PREFIX) and secret.isascii() and len(secret) <= LONGEST_SECRET
