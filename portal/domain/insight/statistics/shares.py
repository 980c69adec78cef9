"""Intervals: how sure a share, a count or a quotient of two counts is."""

from math import exp, sqrt


Z_95 = 1.959963984540054  # normal quantile at 97.5 %: what a two-sided 95 % interval reaches to


def wilson_interval(numerator: float, denominator: float) -> tuple[float, float] | None:
    """Return the 95 % interval of a share (0-1), or None without cases.

    Wilson score interval: E. B. Wilson, JASA 22 (1927), 209-212; as used by PHE's indicator
    methods (phe_proportion).
    """
    if not denominator:
        return None
    p, n, z2 = numerator / denominator, denominator, Z_95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def byars_interval(count: float) -> tuple[float, float]:
    """Return the 95 % interval of a count of events.

    Byar's approximation of the exact Poisson interval: Breslow & Day, Statistical Methods in
    Cancer Research II (1987), p. 69; as used by PHE's indicator methods (phe_rate).
    """
    lower = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - Z_95 / (3 * sqrt(count))) ** 3
    above = count + 1
    upper = above * (1 - 1 / (9 * above) + Z_95 / (3 * sqrt(above))) ** 3
    return lower, upper


def ratio_interval(over: float, under: float) -> tuple[float, float] | None:
    """Return the 95 % interval of one count divided by another, or None where either is 0.

    On the log scale: over/under · exp(± 1.96 · √(1/over + 1/under)). Rothman, Greenland & Lash, Modern
    Epidemiology (3rd ed., 2008), chapter 14; as in metafor escalc for incidence rate ratios.
    """
    if not over or not under:
        return None
    reach = exp(Z_95 * sqrt(1 / over + 1 / under))
    return over / under / reach, over / under * reach
