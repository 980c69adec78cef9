"""What is said of En väg in: the region's tile of its newest month, and in the queues the month it began."""

from portal.domain.registry.months import Month, months_between
from portal.domain.registry.rounding import difference
from portal.domain.sources.declared import ENTRY, FIELDS_BY_CODE, TO_BUP
from portal.domain.sources.throughflow import Intake
from portal.services.insight.overview import LINE_MONTHS
from portal.ui.base import formats, markup
from portal.ui.base.tiles import Tile, TileLine


BUP = next(field.code for field in ENTRY.fields if field.indicator == TO_BUP)


COMPARE = "skillnader mot tidigare kan bero på vilka som kommer, inte på vården"


def start(month: Month) -> str:
    """Say of a queue's chart since when others come than before."""
    return f"{ENTRY.label} från {month.label}: {COMPARE}"


def tile(intake: Intake) -> Tile:
    """Return the tile, which leads to the year's figures."""
    received = int(intake.received(intake.month) or 0)
    return Tile(
        label=f"{_what(intake)}, {intake.month.label}",
        value=formats.plural(received, "ärende", "ärenden"),
        region=_step(intake),
        aim=_to_bup(intake),
        line=_line(intake),
        href=markup.link("kallor", kalla=ENTRY.code, ar=str(intake.month.year)),
    )


def _what(intake: Intake) -> str:
    """Return what is counted: all that came in, or the only kind that has a count."""
    codes = intake.codes
    return (
        f"Kom till {ENTRY.label}"
        if len(codes) > 1
        else f"{ENTRY.label}: {FIELDS_BY_CODE[codes[0]].label.lower()}"
    )


def _step(intake: Intake) -> str:
    """`+12 mot oktober`, with its year where it is not the month before; nothing where there is none to compare with."""
    month = intake.compared_with
    if month is None:
        return ""
    step = difference(intake.received(intake.month) or 0, intake.received(month) or 0)
    name = month.name if month == intake.month.previous else month.label
    return f"{formats.signed(step) if step else formats.UNCHANGED} mot {name}"


def _to_bup(intake: Intake) -> str:
    """`Vidare till BUP: 46 % (30 av 65)`, the number alone where not every way is counted."""
    to_bup, sent_on = intake.months[intake.month].get(BUP), intake.sent_on
    if to_bup is None:
        return ""
    number = formats.number(to_bup)
    share = (
        f"{formats.percent(100 * to_bup / sent_on)} ({number} av {formats.number(sent_on)})"
        if sent_on
        else number
    )
    return f"Vidare till BUP: {share}"


def _line(intake: Intake) -> TileLine:
    months = months_between(intake.month.plus(1 - LINE_MONTHS), intake.month)
    counts = tuple(intake.received(month) for month in months)
    ends = [
        f"{formats.number(count)} i {month.label}"
        for month, count in zip(months, counts, strict=True)
        if count is not None
    ]
    return TileLine(own=counts, text=f"{_what(intake)}: {', '.join(dict.fromkeys((ends[0], ends[-1])))}.")
