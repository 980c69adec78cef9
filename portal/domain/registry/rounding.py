"""How figures are rounded, everywhere: half up (away from zero), never half to even."""

from decimal import ROUND_HALF_UP, Decimal


DUST = 9  # decimals beyond which a float is an artefact of binary arithmetic: 100 × 0,285 is 28,5


def half_up(value: float, digits: int = 0) -> float:
    """Return the value with so many decimals: 70,5 becomes 71, 12,5 becomes 13, −8,5 becomes −9."""
    exact = Decimal(f"{value:.{DUST}f}")
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)) or 0.0


def difference(now: float, before: float, digits: int = 0) -> float:
    """Return the change between two figures as they are printed: 87 → 78 is −9, whatever stands behind."""
    return half_up(half_up(now, digits) - half_up(before, digits), digits)
