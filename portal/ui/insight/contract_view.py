"""The parts of Avtalskrav: the matrix of marks, each opening on its rule and years, and the demands in words."""

from collections.abc import Mapping, Sequence

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.contract import (
    JUDGED,
    SMALL,
    Assessment,
    BrokenRun,
    Demand,
    JudgedBy,
    Level,
    Verdict,
)
from portal.domain.insight.demands import NO_DEMANDS
from portal.domain.insight.queue import DAYS
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.sources.visits import MedicineUnitVisit
from portal.services.insight import contract
from portal.services.insight.contract import (
    FEWEST_MET,
    REPORT_ORDER,
    RUN_MONTHS,
    ContractMatrix,
    QuarterShare,
    YearVerdicts,
)
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import address, pickers
from portal.ui.page.navigation import page_path
from portal.ui.words import month_links


CSS = {Verdict.MET: "better", Verdict.NOT_MET: "worse"}
SIGNS = "*†‡"  # of the footnotes
LINE = (190, 48)  # width and height of a cell's months
ORDER_WORDS = {REPORT_ORDER: "Rapportens", FEWEST_MET: "Minst uppfyllt först"}
SINCE = (
    "Sedan: första månaden i rad som kravet inte är helt uppfyllt, eller som andelen ligger under nivån för delvis; "
    f"senast: då var det så senast, och månaderna efter var bättre. Längre bak än {RUN_MONTHS} månader räknas inte."
)


def choose_order(matrix: ContractMatrix) -> str:
    """Return how the clinics are ordered; `?ordning=uppfyllda` puts those first that meet least."""
    names = {demand.code: f"Sämst först: {demand.short}" for demand in matrix.demands} | ORDER_WORDS
    return address.select(
        "Ordning", matrix.orders, parameter="ordning", first=REPORT_ORDER, words=names.__getitem__
    )


def show_none(user: RegionUser) -> None:
    """Say that there are no demands, and to whoever can enter some where."""
    st.markdown(NO_DEMANDS)
    if user.is_administrator:
        st.markdown("De läggs in i bladet *Avtalskrav* i arbetsboken.")
        st.page_link(page_path("setup"), label="Sätt upp portalen", icon=":material/settings:")


def answers_title(demands: Sequence[Demand]) -> str:
    """Return what the fold is called in which answers are entered: Svar om telefontider."""
    return f"Svar om {formats.listed([demand.short[:1].lower() + demand.short[1:] for demand in demands])}"


def legend(matrix: ContractMatrix) -> str:
    """Return the marks with what they stand for, and how many cells have each."""
    return markup.tag(
        "div", *(_legend_entry(matrix, verdict) for verdict in Verdict), class_="portal-verdicts"
    )


def _legend_entry(matrix: ContractMatrix, verdict: Verdict) -> str:
    cells = sum(matrix.count(demand, verdict) for demand in matrix.demands)
    return _mark(verdict, f"{verdict.symbol} {cells} {verdict.label}")


def _mark(verdict: Verdict, text: str) -> str:
    return markup.tag("span", text, class_=f"mark {verdict}")


def _lacks(matrix: ContractMatrix) -> list[str]:
    """Return what would make more cells judgeable, and where it is entered."""
    unjudged = [demand for demand in matrix.demands if matrix.count(demand, Verdict.UNKNOWN)]
    answerable, sources = portal().demands.answerable, portal().demands.from_sources
    answered_here = [demand.short for demand in unjudged if demand.is_answered_here]
    from_sources = [demand.short for demand in unjudged if demand in sources]
    without_level = _without_set_level(matrix, unjudged)
    sentences = (
        (f"svar om {{}} saknas (lägg in dem under {answers_title(answerable)})", answered_here),
        ("uppgifter om {} saknas (lägg in dem under Regionens källor)", from_sources),
        ("ingen nivå är satt för {} (sätt den under Nivåer)", without_level),
    )
    return [sentence.format(formats.listed(names)) for sentence, names in sentences if names]


def _without_set_level(matrix: ContractMatrix, demands: list[Demand]) -> list[str]:
    adjustable = portal().demands.adjustable
    return [demand.short for demand in demands if demand in adjustable and not matrix.levels[demand.code]]


def _period(matrix: ContractMatrix) -> str:
    return _months(matrix.first, matrix.last)


def _months(first: Month, last: Month) -> str:
    return last.label if first == last else f"{first.name}–{last.label}"


def show_matrix(matrix: ContractMatrix, user: User, order: str) -> None:
    """Show how every clinic stands against every demand, how many each meets, and how many meet each."""
    reasons = _reasons(matrix)
    clinics = pickers.choose_part(matrix.in_order(order), lambda clinic: clinic.name)
    years = contract.history(portal(), user, [clinic.code for clinic in clinics])
    rows = [_clinic_row(matrix, clinic, years, reasons) for clinic in clinics]
    totals = (_of(*_counts(matrix, demand)) for demand in matrix.demands)
    rows.append(markup.row("Uppfyller", *totals, "", css="total"))
    headings = ("Mottagning", *(_column_heading(matrix, demand) for demand in matrix.demands), "Uppfyllda")
    caption = "Helåret" if matrix.last.ends_year else _period(matrix).capitalize()
    st.html(markup.table(headings, rows, caption=caption, css="contract marks"))
    _show_notes(matrix, reasons)


def _heading(demand: Demand) -> str:
    """A demand's short name without what three of them have in common; the rule stands under Så räknas det."""
    return demand.short.removesuffix(f" inom {DAYS} dagar")


def _column_heading(matrix: ContractMatrix, demand: Demand) -> str:
    """Return the heading, and beneath it from where on the demand is met."""
    level = matrix.levels[demand.code]
    if level is None or demand.judged_by is JudgedBy.ANSWER:
        return _heading(demand)
    unit = "\u00a0%" * (demand.judged_by is JudgedBy.SHARE)
    return f"{_heading(demand)}\nminst {formats.exact(level.met)}{unit}"


def _show_notes(matrix: ContractMatrix, reasons: Mapping[str, str]) -> None:
    """Show, once, why cells can't be judged, and what would make more of them judgeable."""
    notes: list[str] = [
        markup.joined([markup.tag("sup", sign), " ", reason, ". "]) for reason, sign in reasons.items()
    ]
    lacks = _lacks(matrix)
    if lacks:
        notes.append(f"Mer kan bedömas: {'; '.join(lacks)}.")
    if notes:
        st.html(markup.paragraph(markup.joined(notes), css="note"))


def _reasons(matrix: ContractMatrix) -> dict[str, str]:
    """Return why cells can't be judged, each with the sign of its footnote."""
    assessments = (matrix.of(clinic, demand) for clinic in matrix.clinics for demand in matrix.demands)
    reasons = dict.fromkeys(cell.reason for cell in assessments if cell.reason)
    return {
        reason: SIGNS[place % len(SIGNS)] * (1 + place // len(SIGNS)) for place, reason in enumerate(reasons)
    }


def _clinic_row(
    matrix: ContractMatrix, clinic: Clinic, years: Sequence[YearVerdicts], reasons: Mapping[str, str]
) -> markup.TableRow:
    """One clinic's marks, each opening on what lies behind it, and how many demands it meets."""
    cells = [
        TableCell(
            _mark_and_figure(demand, matrix.of(clinic, demand), reasons),
            css=matrix.of(clinic, demand).verdict.value,
            more=_story(matrix, clinic, demand, years),
        )
        for demand in matrix.demands
    ]
    name = TableCell(clinic.name, href=markup.link("oversikt", mottagning=clinic.code))
    met, judged = matrix.met_of_judged(clinic)
    lacking = len(matrix.demands) - judged
    beside = (
        [" ", _mark(Verdict.UNKNOWN, f"{Verdict.UNKNOWN.symbol} {lacking}")] if judged and lacking else []
    )
    total = markup.joined([_of(met, judged), *beside])
    return markup.row(name, *cells, TableCell(total, css="sum"))


def _mark_and_figure(demand: Demand, assessment: Assessment, reasons: Mapping[str, str]) -> str:
    """A cell's mark with its share, and of what can't be judged a footnote why; anything else the mark says alone."""
    sign, is_share = reasons.get(assessment.reason), demand.judged_by is JudgedBy.SHARE
    share = _short_figure(demand, assessment) if is_share else ""
    figure = markup.tag("sup", sign) if sign else share
    beside = [" ", markup.tag("span", figure)] if figure else []
    return markup.joined([_sign(assessment.verdict), *beside])


def _sign(verdict: Verdict) -> str:
    return markup.tag("b", verdict.symbol, role="img", aria_label=verdict.label)


def _short_figure(demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        return assessment.reply.label
    if assessment.rests_on_few:
        return formats.FEW_CASES
    if demand.judged_by is JudgedBy.MEETINGS and assessment.value is not None:
        return formats.number(assessment.value)
    return "–" if assessment.value is None else _figure(demand, assessment)


def _story(
    matrix: ContractMatrix, clinic: Clinic, demand: Demand, years: Sequence[YearVerdicts]
) -> tuple[str, ...]:
    """What opens on a cell: verdict, months as a line, each year, what it rests on, the way on."""
    assessment = matrix.of(clinic, demand)
    head = markup.tag("strong", f"{clinic.name} · {_heading(demand)}: {assessment.verdict.label}")
    years_in_words = [
        _year(of_year, clinic, demand, has_cases=of_year.year == matrix.year) for of_year in years
    ]
    parts = (
        head,
        _line(matrix, clinic, demand),
        " · ".join(years_in_words),
        _judged(assessment) or _source(assessment),
        _close(assessment),
        _how_long(matrix, assessment),
        markup.joined(
            [_limits(demand, assessment.level) or demand.rule, " ", _way_to_months(clinic, demand)]
        ).strip(),
    )
    return tuple(part for part in parts if part)


def _line(matrix: ContractMatrix, clinic: Clinic, demand: Demand) -> str:
    """Return the clinic's quarters as an image; nothing of what is judged by an answer."""
    quarters = matrix.quarters.get((clinic.code, demand.code), ())
    shares = tuple(quarter.share for quarter in quarters)
    mark = HistoryMark.WORSE if matrix.of(clinic, demand).verdict is Verdict.NOT_MET else None
    return tiles.image(tiles.TileLine(own=shares, text=_line_text(quarters), mark=mark), LINE)


def _line_text(quarters: Sequence[QuarterShare]) -> str:
    """Say in one sentence where the line begins and ends."""
    with_cases = [quarter for quarter in quarters if quarter.share is not None]
    ends = [
        f"{formats.percent(quarter.share)} {quarter.first.short[:3]}–{quarter.last.short}"
        for quarter in (*with_cases[:1], *with_cases[-1:])
    ]
    return f"Kvartal för kvartal: {', '.join(ends)}."


def _year(of_year: YearVerdicts, clinic: Clinic, demand: Demand, *, has_cases: bool) -> str:
    assessment = of_year.cells[clinic.code, demand.code]
    cases = f" ({_over_under(assessment)})" if has_cases and assessment.denominator else ""
    return f"{of_year.year} {assessment.verdict.symbol} {_short_figure(demand, assessment)}{cases}"


def _way_to_months(clinic: Clinic, demand: Demand) -> str:
    if demand.judged_by is not JudgedBy.SHARE:
        return ""
    href = month_links.to_months(clinic.code, demand.indicator or "")
    return markup.tag("a", "Månaderna", href=href, target="_self")


def _counts(matrix: ContractMatrix, demand: Demand) -> tuple[int, int]:
    return matrix.count(demand, Verdict.MET), matrix.count(demand, *JUDGED)


def _of(met: int, judged: int) -> str:
    return f"{met}/{judged}" if judged else "–"


def _figure(demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        return f"svar: {assessment.reply.label}"
    if demand.judged_by is JudgedBy.MEETINGS:
        return formats.plural(int(assessment.value or 0), "träff", "träffar")
    return formats.percent(assessment.value, 1)


def _length(run: BrokenRun) -> str:
    least = "minst " if run.months == RUN_MONTHS else ""
    return least + formats.plural(run.months, "månad", "månader")


def _facts(matrix: ContractMatrix, demand: Demand, assessment: Assessment) -> tuple[str, ...]:
    """Return what a verdict goes by: figure, how long."""
    return (
        _judged(assessment),
        _cases(matrix, demand, assessment),
        _close(assessment),
        _how_long(matrix, assessment),
    )


def _limits(demand: Demand, level: Level | None) -> str:
    if level is None or demand.judged_by is JudgedBy.ANSWER:
        return ""
    limits = formats.demand_level(demand, level)
    return f"{limits[:1].upper()}{limits[1:]}."


def _judged(assessment: Assessment) -> str:
    if assessment.verdict is Verdict.UNKNOWN:
        return f"Kan inte bedömas: {assessment.reason}."
    return ""


def _cases(matrix: ContractMatrix, demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        text = f"Svaret är {assessment.reply.label}."
    elif assessment.value is None:
        return ""
    elif demand.judged_by is JudgedBy.MEETINGS:
        text = f"{matrix.year}: {_figure(demand, assessment)}."
    else:
        text = f"{_figure(demand, assessment)}: {_over_under(assessment)}."
    return f"{text} {_source(assessment)}".strip()


def _over_under(assessment: Assessment) -> str:
    return f"{formats.number(assessment.numerator)} av {formats.number(assessment.denominator)}"


def _source(assessment: Assessment) -> str:
    """Where an answer or a count comes from; of a share of few cases, how sure it is."""
    if not assessment.interval:
        return assessment.source
    low, high = assessment.interval
    return f"Färre än {SMALL} fall: osäkerhet {formats.number(low)}–{formats.percent(high)} (95 %)."


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
        return _lapse(matrix, assessment)
    parts = [_duration(matrix, assessment.broken, "Inte uppfyllt")]
    if assessment.level and assessment.level.partly is not None:
        limit = formats.exact(assessment.level.partly)
        parts.append(_duration(matrix, assessment.below_partly, f"Under {limit}\u00a0%"))
    return " ".join(filter(None, parts))


def _lapse(matrix: ContractMatrix, assessment: Assessment) -> str:
    """Say that a demand which is met was not so for a part of the period."""
    ended = assessment.broken.last
    if assessment.verdict is not Verdict.MET or ended is None or ended < matrix.first:
        return ""
    return f"Kravet var inte helt uppfyllt före {ended.label}."


def _duration(matrix: ContractMatrix, run: BrokenRun, statement: str) -> str:
    """Say how long it has been so, or when it last was."""
    if run.since:
        return f"{statement} sedan {run.since.label}: {_length(run)}."
    if run.last:
        return f"{statement} senast i {run.last.label}."
    return ""


def show_method(matrix: ContractMatrix) -> None:
    """Show, folded, what the marks go by: every demand with its rule, level, source and since when it holds."""
    with st.expander("Så räknas det", icon=":material/gavel:"):
        st.html(markup.paragraph(f"Rapportens ordning är ingen rangordning. {SINCE}") + _demand_table(matrix))


def _demand_table(matrix: ContractMatrix) -> str:
    """Return the demands in words: rule, level, source and since when."""
    rows = [
        markup.row(
            demand.label,
            TableCell(demand.rule, small=demand.note),
            _level(demand, matrix.levels[demand.code])
            if matrix.levels[demand.code]
            else _without_level(demand),
            TableCell(
                demand.source,
                small=f"gäller från {formats.day_and_year(demand.valid_from)}",
            ),
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
    if not portal().demands.demands:
        st.caption(NO_DEMANDS)
        return
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
        st.subheader(
            f"Avtalskraven, hela {year}" if matrix.last.ends_year else f"Avtalskraven, {_period(matrix)}",
            anchor=False,
        )
        st.html(_strip(matrix, own))


def _strip(matrix: ContractMatrix, clinic: Clinic) -> str:
    """Return each demand as a mark with its short name and figure."""
    entries = [_strip_entry(demand, matrix.of(clinic, demand)) for demand in matrix.demands]
    return markup.tag("ul", *entries, class_="portal-strip")


def _strip_entry(demand: Demand, assessment: Assessment) -> str:
    verdict = assessment.verdict
    figure = markup.tag("b", _short_figure(demand, assessment))
    return markup.tag("li", _sign(verdict), markup.tag("span", demand.short), figure, class_=verdict.value)


def _own_table(matrix: ContractMatrix, own: Clinic) -> str:
    """Return the clinic's row as a table: each demand, how it stands, what that rests on."""
    rows = []
    for demand in matrix.demands:
        label = TableCell(demand.label, small=demand.rule)
        rows.append(markup.row(label, _own_cell(matrix, own, demand), _behind(matrix, own, demand)))
        if demand.code == contract.MEETINGS.code:
            rows.append(_visit(matrix.visits[own.code], matrix.year))
    caption = f"{_period(matrix).capitalize()}. {SINCE} Öppna en ruta för källan."
    return markup.table(("Krav", "Läge", "Det bygger på"), rows, caption=caption, css="contract")


def _own_cell(matrix: ContractMatrix, own: Clinic, demand: Demand) -> TableCell:
    assessment = matrix.of(own, demand)
    source = f"Källa till regeln: {demand.source}."
    sentences = (*_facts(matrix, demand, assessment), _level(demand, assessment.level), source)
    return TableCell(
        f"{assessment.verdict.symbol}\u00a0{assessment.verdict.label}",
        css=CSS.get(assessment.verdict, ""),
        small=_how_long(matrix, assessment),
        more=tuple(filter(None, sentences)),
    )


def _behind(matrix: ContractMatrix, clinic: Clinic, demand: Demand) -> TableCell:
    """The figure or answer that a verdict rests on, and from which level it would be another."""
    assessment = matrix.of(clinic, demand)
    text = _cases(matrix, demand, assessment) or _judged(assessment)
    return TableCell(text, small=_limits(demand, assessment.level))


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
