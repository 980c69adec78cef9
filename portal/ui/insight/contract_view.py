"""The parts of Avtalskrav: the matrix, each cell with its rule and figure, and the demands in words."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.contract import (
    ADJUSTABLE,
    FROM_SOURCES,
    SMALL,
    Assessment,
    BrokenRun,
    Demand,
    JudgedBy,
    Level,
    Verdict,
)
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.services.insight import contract
from portal.services.insight.contract import RUN_MONTHS, ContractMatrix, MedicineUnitVisit
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import address, pickers


NBSP = "\u00a0"
MOST_CLINICS = 60  # of one part of the matrix
CSS = {Verdict.MET: "better", Verdict.NOT_MET: "worse"}


def show_summary(matrix: ContractMatrix) -> None:
    """Say how many cells stand how, and what would make more of them judgeable."""
    counts = {verdict: sum(matrix.count(demand, verdict) for demand in matrix.demands) for verdict in Verdict}
    parts = ", ".join(f"{verdict.symbol} {counts[verdict]} {verdict.label}" for verdict in Verdict)
    st.markdown(f"**{_period(matrix).capitalize()}.** {parts}.")
    lacks = _lacks(matrix)
    if lacks:
        st.caption(f"Mer kan bedömas: {'; '.join(lacks)}.")


def _lacks(matrix: ContractMatrix) -> list[str]:
    """Return what would make more cells judgeable, and where it is entered."""
    unjudged = [demand for demand in matrix.demands if matrix.count(demand, Verdict.UNKNOWN)]
    answered_here = [demand.short for demand in unjudged if demand.is_answered_here]
    from_sources = [demand.short for demand in unjudged if demand in FROM_SOURCES]
    without_level = _without_set_level(matrix, unjudged)
    sentences = (
        ("svar om {} saknas (lägg in dem längst ner)", answered_here),
        ("uppgifter om {} saknas (lägg in dem under Regionens källor)", from_sources),
        ("ingen nivå är satt för {} (sätt den längst ner)", without_level),
    )
    return [sentence.format(formats.listed(names)) for sentence, names in sentences if names]


def _without_set_level(matrix: ContractMatrix, demands: list[Demand]) -> list[str]:
    return [demand.short for demand in demands if demand in ADJUSTABLE and not matrix.levels[demand.code]]


def _period(matrix: ContractMatrix) -> str:
    return _months(matrix.first, matrix.last)


def _months(first: Month, last: Month) -> str:
    return last.label if first == last else f"{first.name}–{last.label}"


def show_matrix(matrix: ContractMatrix) -> None:
    """Show how every clinic stands against every demand, and how many meet each."""
    rows = [
        markup.TableRow(
            (
                TableCell(
                    clinic.name,
                    href=markup.link("oversikt", mottagning=clinic.code),
                    small=clinic.operator.label,
                ),
                *(_cell(matrix, clinic, demand) for demand in matrix.demands),
            )
        )
        for clinic in _part(matrix.clinics)
    ]
    rows.append(markup.row("Uppfyller", *(_total(matrix, demand) for demand in matrix.demands), css="total"))
    st.html(
        markup.table(
            ("Mottagning", *(demand.short for demand in matrix.demands)),
            rows,
            caption="Mottagningarna i rapportens ordning; ingen rangordning. Sedan: första månaden i rad som kravet "
            "inte är helt uppfyllt, eller som andelen ligger under nivån för delvis; senast: då var det så senast, "
            f"och månaderna efter var bättre. Minst: längre bak än {RUN_MONTHS} månader räknas inte. Öppna en ruta för regeln och siffrorna.",
            css="contract",
        )
    )


def _part(clinics: tuple[Clinic, ...]) -> tuple[Clinic, ...]:
    """Return the clinics to show: where there are very many, one part at a time."""
    if len(clinics) <= MOST_CLINICS:
        return clinics
    starts = list(range(0, len(clinics), MOST_CLINICS))
    start = address.select(
        "Mottagningar",
        starts,
        parameter="fran",
        first=0,
        words=lambda start: f"{clinics[start].name} – {clinics[start : start + MOST_CLINICS][-1].name}",
    )
    return clinics[start : start + MOST_CLINICS]


def _cell(matrix: ContractMatrix, clinic: Clinic, demand: Demand) -> TableCell:
    assessment = matrix.of(clinic, demand)
    return TableCell(
        f"{assessment.verdict.symbol}\u00a0{assessment.verdict.label}",
        css=CSS.get(assessment.verdict, ""),
        small=_small(matrix, demand, assessment),
        more=explain(matrix, demand, assessment),
    )


def _total(matrix: ContractMatrix, demand: Demand) -> TableCell:
    level = matrix.levels[demand.code]
    limits = formats.demand_level(demand, level) if level and demand.judged_by is not JudgedBy.ANSWER else ""
    judged = matrix.count(demand, Verdict.MET, Verdict.PARTLY, Verdict.NOT_MET)
    if not judged:
        return TableCell("–", small="\n".join(filter(None, ("ingen bedömd", limits))))
    met = f"{matrix.count(demand, Verdict.MET)} av {judged}"
    return TableCell(met, small="\n".join(filter(None, ("bedömda", limits))))


def _small(matrix: ContractMatrix, demand: Demand, assessment: Assessment) -> str:
    """The cell's second line: the figure, or why there is none."""
    if assessment.value is None and assessment.reply is None:
        return assessment.reason
    figure = " · ".join(filter(None, (_figure(demand, assessment), assessment.reason)))
    return "\n".join(filter(None, (figure, _since(assessment), _lapse(matrix, assessment))))


def _figure(demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        return f"svar: {assessment.reply.label}"
    if demand.judged_by is JudgedBy.MEETINGS:
        return formats.plural(int(assessment.value or 0), "träff", "träffar")
    return formats.percent(assessment.value, 1)


def _since(assessment: Assessment) -> str:
    """Since when the demand is not met, and since when the share lies below the lower level; or when last."""
    if not assessment.verdict.is_broken:
        return ""
    below = _since_or_last(assessment.below_partly)
    if below and assessment.level and assessment.level.partly is not None:
        below = f"under {formats.exact(assessment.level.partly)}{NBSP}% {below}"
    return "\n".join(filter(None, (_since_or_last(assessment.broken), below)))


def _lapse(matrix: ContractMatrix, assessment: Assessment) -> str:
    """Say that a demand which is met was not so for a part of the period."""
    ended = assessment.broken.last
    if assessment.verdict is not Verdict.MET or ended is None or ended < matrix.first:
        return ""
    return f"inte helt före {ended.short.replace(' ', NBSP)}"


def _since_or_last(run: BrokenRun) -> str:
    if run.since:
        least = f"minst{NBSP}" if run.months == RUN_MONTHS else ""
        return f"sedan {least}{run.since.short.replace(' ', NBSP)}"
    return f"senast {run.last.short.replace(' ', NBSP)}" if run.last else ""


def _length(run: BrokenRun) -> str:
    least = "minst " if run.months == RUN_MONTHS else ""
    return least + formats.plural(run.months, "månad", "månader")


def explain(matrix: ContractMatrix, demand: Demand, assessment: Assessment) -> tuple[str, ...]:
    """Return what lies behind a cell: rule, figure, level, how long, source."""
    sentences = (
        demand.rule,
        _judged(assessment),
        _cases(matrix, demand, assessment),
        _close(assessment),
        _level(demand, assessment.level),
        _how_long(matrix, assessment),
        f"Källa till regeln: {demand.source}.",
    )
    return tuple(sentence for sentence in sentences if sentence)


def _judged(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.UNKNOWN:
        return f"Kan inte bedömas: {assessment.reason}."
    return ""


def _cases(matrix: ContractMatrix, demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        return f"Svaret är {assessment.reply.label}. {assessment.source}"
    if assessment.value is None:
        return ""
    if demand.judged_by is JudgedBy.MEETINGS:
        return f"{matrix.year}: {_figure(demand, assessment)}. {assessment.source}"
    over, under = formats.number(assessment.numerator), formats.number(assessment.denominator)
    text = f"{_figure(demand, assessment)}: {over} av {under}, {_period(matrix)}."
    if assessment.interval:
        low, high = assessment.interval
        text += f" Färre än {SMALL} fall: osäkerhet {formats.number(low)}–{formats.percent(high)} (95 %)."
    return text


def _close(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.UNKNOWN or not assessment.is_close:
        return ""
    return "Gränsen ligger inom osäkerheten: några fall till eller färre hade ändrat bedömningen."


def _level(demand: Demand, level: Level | None) -> str:
    if demand.judged_by is JudgedBy.ANSWER:
        return ""
    if level is None:
        return demand.note
    return formats.demand_basis(demand, level)


def _how_long(matrix: ContractMatrix, assessment: Assessment) -> str:
    if not assessment.verdict.is_broken:
        return ""
    parts = [_duration(matrix, assessment.broken, "Kravet är inte uppfyllt")]
    if assessment.level and assessment.level.partly is not None:
        limit = formats.exact(assessment.level.partly)
        parts.append(_duration(matrix, assessment.below_partly, f"Andelen är under {limit}\u00a0%"))
    return " ".join(filter(None, parts))


def _duration(matrix: ContractMatrix, run: BrokenRun, statement: str) -> str:
    """Say how long it has been so, or when it last was."""
    if run.since:
        return f"{statement} sedan {run.since.label}: {_length(run)} i rad."
    if run.last:
        return (
            f"{statement} senast i {run.last.label}; månaderna efter, till {matrix.last.label}, var bättre."
        )
    return ""


def show_demands(matrix: ContractMatrix) -> None:
    """Show every demand with its rule, level, source and since when it holds."""
    with st.expander("Kraven, ord för ord", icon=":material/gavel:"):
        st.html(demand_table(matrix))


def demand_table(matrix: ContractMatrix) -> str:
    """Return the demands in words: rule, level, source and since when."""
    rows = [
        markup.row(
            demand.label,
            TableCell(demand.rule, small=demand.note),
            _level(demand, matrix.levels[demand.code])
            if matrix.levels[demand.code]
            else _without_level(demand),
            TableCell(demand.source, small=f"gäller från {formats.day_and_year(demand.valid_from)}"),
        )
        for demand in matrix.demands
    ]
    headings = ("Krav", "Regel", "Hur det bedöms", "Källa")
    return markup.table(headings, rows, caption=f"Avtalets krav, så som de bedöms för {matrix.year}")


def _without_level(demand: Demand) -> str:
    if demand.judged_by is JudgedBy.ANSWER:
        return "Efter det senaste svaret: ja, delvis eller nej."
    return "Kan inte bedömas: källan anger ingen nivå och regionen har inte satt någon."


def show_own(clinic_code: str, user: User) -> None:
    """Show one clinic's own row, on its own page: a strip of marks, and what lies behind each folded."""
    strip = st.container()
    with st.expander("Avtalskraven: regler och siffror"):
        left_column, _ = st.columns([1, 4])
        with left_column:
            year = pickers.choose_year()
        matrix = contract.matrix(portal(), user, year)
        own = next((clinic for clinic in matrix.clinics if clinic.code == clinic_code), None)
        if own is None:
            st.text(f"Mottagningen har inga bedömda krav {year}.")
            return
        st.html(_own_table(matrix, own))
    with strip:
        st.subheader(f"Avtalskraven {year}", anchor=False)
        st.html(_strip(matrix, own))


def _strip(matrix: ContractMatrix, clinic: Clinic) -> str:
    """Return each demand as a mark with its short name and figure."""
    entries = [_strip_entry(demand, matrix.of(clinic, demand)) for demand in matrix.demands]
    return markup.tag("ul", *entries, class_="portal-strip")


def _strip_entry(demand: Demand, assessment: Assessment) -> str:
    verdict = assessment.verdict
    sign = markup.tag("b", verdict.symbol, title=verdict.label, role="img", aria_label=verdict.label)
    is_known = assessment.value is not None or assessment.reply is not None
    figure = _figure(demand, assessment).removeprefix("svar: ") if is_known else "–"
    return markup.tag(
        "li", sign, markup.tag("span", demand.short), markup.tag("b", figure), class_=verdict.value
    )


def _own_table(matrix: ContractMatrix, own: Clinic) -> str:
    """Return the clinic's row as a table: each demand, how it stands, what that rests on."""
    rows = []
    for demand in matrix.demands:
        label = TableCell(demand.label, small=demand.rule)
        rows.append(markup.row(label, _cell(matrix, own, demand), _behind(matrix, own, demand)))
        if demand is contract.MEETINGS:
            rows.append(_visit(matrix.visits[own.code], matrix.year))
    caption = (
        f"{_period(matrix).capitalize()}. Sedan: första månaden i rad som kravet inte är helt "
        "uppfyllt, eller som andelen ligger under nivån för delvis; senast: då var det så senast. Öppna en ruta för "
        "källan."
    )
    return markup.table(("Krav", "Så står ni", "Det bygger på"), rows, caption=caption, css="contract")


def _behind(matrix: ContractMatrix, clinic: Clinic, demand: Demand) -> TableCell:
    """The figure or answer that a verdict rests on, and from which level it would be another."""
    assessment = matrix.of(clinic, demand)
    level = formats.demand_level(demand, assessment.level) if assessment.level else ""
    return TableCell(
        _cases(matrix, demand, assessment) or _judged(assessment), small=level[:1].upper() + level[1:]
    )


def _visit(visit: MedicineUnitVisit, year: int) -> markup.TableRow:
    """Return what is known of Läkemedelsenheten's visit; beside the demand, which is about the meetings."""
    label = TableCell(
        f"Besök av Läkemedelsenheten {year}", small="Inget eget krav: regionen för in uppgiften."
    )
    if visit.visited is None and visit.contacted is None:
        return markup.row(label, "– ingen uppgift", "Regionen har inte fört in någon än.")
    visited, contacted = _yes_no(visit.visited), _yes_no(visit.contacted)
    return markup.row(label, f"{visited} (kontaktad: {contacted})", f"Källa: {visit.source}")


def _yes_no(answer: bool | None) -> str:
    return "ingen uppgift" if answer is None else "ja" if answer else "nej"
