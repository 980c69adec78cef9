"""How an account is known: by its username and its e-mail address, each stored and compared in one form.

Capitals count for nothing among the letters that may stand there; no other letter is ever taken for one of
them, as `K` (Kelvin) or `İ` would be by Unicode's own rules: what looks like a name is not therefore it.
"""

import re
import unicodedata


USERNAME = re.compile(r"[a-z0-9åäöéü][a-z0-9åäöéü._@-]{0,99}")  # letters that fit a HTTP header
ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}")

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_ADDRESS = str.maketrans(_CAPITALS, _CAPITALS.lower())
_IN_USERNAME = str.maketrans(_CAPITALS + "ÅÄÖÉÜ", _CAPITALS.lower() + "åäöéü")


def username_key(text: str) -> str:
    """Return the username as it is stored and compared; what can be none stays as no account's name."""
    text = text.strip()
    # A letter and its accent are put together; a letter that is another one by itself isn't made into it.
    if all(unicodedata.is_normalized("NFC", sign) for sign in text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_IN_USERNAME)


def address_key(text: str) -> str:
    """Return the address as it is stored and compared; nothing for what is not one plain address.

    A list, a name beside it or a line break would change the mail.
    """
    key = text.strip().translate(_IN_ADDRESS)
    return key if ADDRESS.fullmatch(key) else ""
