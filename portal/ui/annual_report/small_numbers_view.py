"""Small numbers in the annual report, for the region: what rests on a handful, the same in the draft and in a version."""

import streamlit as st

from portal.domain.annual_report.small_numbers import (
    Proposal,
    SmallNumber,
    count_proposals,
    small_numbers,
)
from portal.domain.release.disclosure import Rules
from portal.services.annual_report.documents import Edition
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined, numeric


def show(edition: Edition) -> None:
    """Say how many of the report's figures rest on few cases, and list them; for the region."""
    rules = portal().rules
    numbers = small_numbers(edition.report, rules)
    with st.expander(_title(numbers), icon=":material/visibility:"):
        in_order = sorted(numbers, key=lambda number: ORDER.index(number.proposal))
        parts = (
            [markup.table(HEADINGS, [_row(number) for number in in_order], caption=CAPTION)]
            if numbers
            else []
        )
        method = [markup.paragraph(sentence) for sentence in (WHO_DECIDES, _rule(rules))]
        st.html(joined([*parts, tiles.fold("Så räknas det", *method)]))


ORDER = list(Proposal)
HEADINGS = ("Siffra", "Avsnitt", "Gäller", "Period", "Värde", "Bygger på", "I rapporten", "Förslag")
CAPTION = "Det som bör ses över först. Förslaget är ett stöd och ändrar inget i rapporten"
WHO_DECIDES = (
    "Regionen avgör för varje version vad som får publiceras. Rapporten binds inte av månadsvärdenas gränser: de "
    "skyddar det som en mottagning kunde räkna ut om en annan mellan två släpp, och regionens egen rapport skriver ut "
    "varje mottagning. Patientnämndens ärenden visas aldrig per mottagning."
)


def _rule(rules: Rules) -> str:
    few, share = rules.smallest_count, rules.smallest_denominator
    return (
        f"Se över: 1–{few - 1} barn, besök, planer eller möten, eller en andel på 0 eller 100\u00a0% "
        f"av färre än {share}: det säger något om var och en av dem. Låg risk: andra andelar av {few}–{share - 1} fall. "
        "Telefonsamtal är inga barn. Portalen döljer bara kommuner med få ärenden i En väg in: är något annat för känsligt "
        "ska versionen inte publiceras."
    )


def _title(numbers: list[SmallNumber]) -> str:
    counts = " · ".join(
        f"{proposal.short.capitalize()}: {formats.number(count)}"
        for proposal, count in count_proposals(numbers)
    )
    title = f"Små tal i rapporten ({formats.number(len(numbers))})"
    return f"{title}. {counts}" if counts else title


def _row(number: SmallNumber) -> markup.TableRow:
    point = number.point
    digits = 0 if point.unit == "procent" or point.value is None or point.value == int(point.value) else 1
    value = point.reason if point.value is None else formats.number(point.value, digits)
    return markup.row(
        TableCell(point.label, small=point.unit),
        number.section.number,
        point.part_label,
        point.period,
        numeric(value),
        numeric(_rests_on(number)),
        number.handling.label,
        TableCell(number.proposal.label, small=number.proposal.why),
    )


def _rests_on(number: SmallNumber) -> str:
    if number.cases is None:
        return "–"
    digits = 0 if number.cases == int(number.cases) else 1
    return f"{formats.number(number.cases, digits)}{' i månaden' if number.point.unit == 'månader' else ''}"
