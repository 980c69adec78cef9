"""The names of files that people send: shown, never trusted."""


def safe_name(name: str) -> str:
    """Return a file name fit to show: no path, no control or direction characters, bounded."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:120]
