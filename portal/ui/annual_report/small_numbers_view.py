"""Small numbers in the annual report's draft, for the region before it publishes: what rests on a handful."""

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.small_numbers import (
    Handling,
    Proposal,
    SmallNumber,
    count_proposals,
    small_numbers,
)
from portal.domain.release.disclosure import Rules
from portal.services.annual_report.documents import Shown
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric


def show(user: User, shown: Shown) -> None:
    """Say how many of the draft's figures rest on few cases, and list them; for the region."""
    if not isinstance(user, RegionUser) or shown.frozen is not None:
        return
    rules = portal().rules
    found = small_numbers(shown.report, rules)
    with st.expander(_title(found), icon=":material/visibility:"):
        if not found:
            st.markdown(
                "Ingen siffra för en del av regionen bygger på så få fall att reglerna har en gräns för det."
            )
            return
        st.markdown(WHO_DECIDES)
        st.markdown(_rule(rules))
        st.markdown(_summary(found))
        first = sorted(found, key=lambda one: ORDER.index(one.proposal))
        st.html(markup.table(HEADINGS, [_row(one) for one in first], caption=CAPTION))


ORDER = list(Proposal)
HEADINGS = ("Siffra", "Avsnitt", "Gäller", "Period", "Värde", "Bygger på", "I rapporten", "Förslag")
CAPTION = (
    "Rapportens siffror per mottagning och i Patientnämndens indelningar som bygger på få fall, det som bör ses "
    "över först. Förslaget är ett stöd och ändrar inget i rapporten"
)
WHO_DECIDES = (
    "**Regionen avgör** för varje version vad som får publiceras, med en kryssruta när den publiceras. Rapporten "
    "binds inte av månadsvärdenas gränser: de skyddar det som en mottagning kunde räkna ut om en annan mellan två "
    "släpp, och regionens egen rapport skriver ut varje mottagning."
)


def _rule(rules: Rules) -> str:
    few, share = rules.smallest_count, rules.smallest_denominator
    return (
        f"**Så är förslagen gjorda.** Se över: 1–{few - 1} barn, besök, planer eller möten, eller en andel på 0 eller 100 % "
        f"av färre än {share}: det säger något om var och en av dem. Låg risk: andra andelar av {few}–{share - 1} fall. "
        "Telefonsamtal är inga barn. Portalen döljer inget i rapporten: är något för känsligt ska versionen inte publiceras."
    )


def _title(found: list[SmallNumber]) -> str:
    counts = " · ".join(
        f"{proposal.short.capitalize()}: {formats.number(count)}"
        for proposal, count in count_proposals(found)
    )
    title = f"Små tal i rapporten ({formats.number(len(found))})"
    return f"{title}. {counts}" if counts else title


def _summary(found: list[SmallNumber]) -> str:
    rules = portal().rules
    few = [one for one in found if not one.is_share and one.handling is not Handling.HIDDEN]
    shares = sum(one.is_share for one in found)
    printed = sum(one.handling is Handling.PRINTED for one in found)
    hidden = sum(one.handling is Handling.HIDDEN for one in found)
    parts = [
        f"**{formats.plural(len(few), 'siffra', 'siffror')}** bygger på färre än {rules.smallest_count} fall eller barn"
    ]
    if shares:
        parts.append(
            f"**{formats.plural(shares, 'andel', 'andelar')}** på färre än {rules.smallest_denominator} fall"
        )
    text = f"{', '.join(parts)}. "
    if printed:
        text += f"{formats.plural(printed, 'är redan publicerad', 'är redan publicerade')} av regionen. "
    if hidden:
        text += f"{formats.plural(hidden, 'döljs', 'döljs')}. "
    return (
        f"{text}Gränserna är månadsvärdenas; i rapporten döljer de inget. "
        "Patientnämndens ärenden visas aldrig per mottagning."
    )


def _row(one: SmallNumber) -> markup.TableRow:
    point = one.point
    digits = 0 if point.unit == "procent" or point.value is None or point.value == int(point.value) else 1
    value = point.reason if point.value is None else formats.number(point.value, digits)
    return markup.row(
        TableCell(point.label, small=point.unit),
        one.section.number,
        point.part_label,
        point.period,
        numeric(value),
        numeric(_rests_on(one)),
        one.handling.label,
        TableCell(one.proposal.label, small=one.proposal.why),
    )


def _rests_on(one: SmallNumber) -> str:
    if one.cases is None:
        return "–"
    digits = 0 if one.cases == int(one.cases) else 1
    return f"{formats.number(one.cases, digits)}{' i månaden' if one.point.unit == 'månader' else ''}"
