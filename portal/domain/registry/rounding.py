"""How figures are rounded, everywhere: half up (away from zero), never half to even."""

import math
from decimal import ROUND_HALF_UP, Decimal


DUST = 9  # decimals beyond which a float is an artefact of binary arithmetic: 100 × 0,285 is 28,5


def half_up(value: float, digits: int = 0) -> float:
    """Return the value with so many decimals: 70,5 becomes 71, 12,5 becomes 13, −8,5 becomes −9."""
    return float(_half_up(_exact(value), digits)) or 0.0


def for_rounding_again(value: float, digits: int) -> float:
    """Return the value with so many decimals, so that rounded to fewer it is what the value itself rounds to.

    88,46 becomes 88,4: as 88,5 it would be printed as 89 where the value itself is printed as 88.
    """
    exact = _exact(value)
    rounded = _half_up(exact, digits)
    if rounded == exact or all(_half_up(rounded, fewer) == _half_up(exact, fewer) for fewer in range(digits)):
        return float(rounded) or 0.0
    return half_up(float(rounded) - math.copysign(10**-digits, value), digits)


def difference(now: float, before: float, digits: int = 0) -> float:
    """Return the change between two figures as they are printed: 87 → 78 is −9, whatever stands behind."""
    return half_up(half_up(now, digits) - half_up(before, digits), digits)


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.{DUST}f}")


def _half_up(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
