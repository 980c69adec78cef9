"""The rules of disclosure in plain words, with the numbers that are in force."""

from portal.domain.release.disclosure import Hidden, Rules
from portal.ui.base import formats


def in_force(rules: Rules) -> str:
    """Say when a regional figure is shown to the clinics."""
    return (
        f"Ett värde för regionen visas för mottagningarna när minst {rules.owners} vårdgivare har ett värde, "
        f"summan är minst {rules.smallest_count}, en andel bygger på minst {rules.smallest_denominator} "
        "fall, ingen vårdgivare kan räkna ut en annans tal "
        f"närmare än {formats.exact(rules.p_percent)}\u00a0%, inte heller ur heltalen, och inget annat som visas röjer resten."
    )


def why(hidden: Hidden, rules: Rules) -> str:
    """Say in a few words why a regional figure is not shown. For the region only."""
    return {
        Hidden.NO_DATA: "ingen har rapporterat något värde",
        Hidden.FEW_OWNERS: f"färre än {rules.owners} vårdgivare",
        Hidden.SMALL_COUNT: f"1–{rules.smallest_count - 1} sammanlagt",
        Hidden.DOMINATED: "en vårdgivare dominerar",
        Hidden.FEW_CASES: f"färre än {rules.smallest_denominator} fall",
        Hidden.REST: "skillnaden mot ett annat visat värde vore få vårdgivares",
        Hidden.WHOLE_NUMBERS: "ett tal bakom det kunde räknas ut, eftersom det är helt",
        Hidden.BESIDE: "månaderna att beta av kön visas inte, och kunde räknas ut ur det här",
    }[hidden]
