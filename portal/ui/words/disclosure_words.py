"""The rules of disclosure in plain words, with the numbers that are in force."""

from portal.domain.release.disclosure import Hidden, Rules
from portal.ui.base import formats


def in_force(rules: Rules) -> str:
    """Say when a regional figure is shown to the clinics."""
    return (
        f"Ett värde för regionen visas för mottagningarna när minst {rules.owners} vårdgivare har ett värde, "
        f"summan är 0 eller minst {rules.smallest_count}, en andel bygger på minst {rules.smallest_denominator} "
        "fall, ingen vårdgivare kan räkna ut en annans tal "
        f"närmare än {formats.exact(rules.p_percent)}\u00a0%, och inget annat som visas röjer resten."
    )


def why(hidden: Hidden, rules: Rules) -> str:
    """Say in a few words why a regional figure is not shown. For the region only."""
    match hidden:
        case Hidden.NO_DATA:
            return "ingen har rapporterat något värde"
        case Hidden.FEW_OWNERS:
            return f"färre än {rules.owners} vårdgivare"
        case Hidden.SMALL_COUNT:
            return f"1–{rules.smallest_count - 1} sammanlagt"
        case Hidden.DOMINATED:
            return "en vårdgivare dominerar"
        case Hidden.FEW_CASES:
            return f"färre än {rules.smallest_denominator} fall"
        case Hidden.REST:
            return "skillnaden mot ett annat visat värde vore få vårdgivares"
