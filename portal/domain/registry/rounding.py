"""How figures are rounded, everywhere: half up (away from zero), never half to even."""

DUST = 9  # decimals beyond which a float is an artefact of binary arithmetic: 100 × 0,285 is 28,5
ONE = 10**DUST


def half_up(value: float, digits: int = 0) -> float:
    """Return the value with so many decimals: 70,5 becomes 71, 12,5 becomes 13, −8,5 becomes −9."""
    if value % 1 == 0:
        return float(value) or 0.0
    return _half_up(_exact(value), digits) / ONE


def for_rounding_again(value: float, digits: int) -> float:
    """Return the value with so many decimals, so that rounded to fewer it is what the value itself rounds to.

    88,46 becomes 88,4: as 88,5 it would be printed as 89 where the value itself is printed as 88.
    """
    if value % 1 == 0:
        return float(value) or 0.0
    exact = _exact(value)
    rounded = _half_up(exact, digits)
    step = ONE // 10**digits
    ends_in_five = (
        abs(rounded) > abs(exact) and rounded // step % 5 == 0
    )  # it was rounded up, and would be again
    if ends_in_five and any(_half_up(rounded, few) != _half_up(exact, few) for few in range(digits)):
        rounded += -step if exact > 0 else step
    return rounded / ONE


def difference(now: float, before: float, digits: int = 0) -> float:
    """Return the change between two figures as they are printed: 87 → 78 is −9, whatever stands behind."""
    return half_up(half_up(now, digits) - half_up(before, digits), digits)


def _exact(value: float) -> int:
    """Return the value in whole billionths: a decimal number that can be counted with, and quickly."""
    return int(f"{value:.{DUST}f}".replace(".", ""))


def _half_up(exact: int, digits: int) -> int:
    """Return the billionths with so many decimals, nine at most."""
    step = ONE // 10**digits
    steps = (abs(exact) + step // 2) // step
    return steps * step if exact > 0 else -steps * step
