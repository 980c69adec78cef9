"""Contract follow-up (måluppfyllelse): clinics × demands, and the answers and levels it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from db import audit
from db.administration import targets
from db.insight import contract
from db.insight.contract import EnteredAnswer, EnteredLevel
from db.registry import clinics
from db.reporting import values
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region, scope_of
from portal.domain.insight.contract import (
    ADJUSTABLE,
    ANSWERABLE,
    DEMANDS,
    DEMANDS_BY_CODE,
    FROM_SOURCES,
    JUDGED,
    Assessment,
    Demand,
    DemandAnswer,
    JudgedBy,
    Level,
    Reply,
    Verdict,
    judge_answer,
    judge_meetings,
    judge_share,
    other_target,
    unknown,
)
from portal.domain.insight.targets import target_on
from portal.domain.registry.annual import Totals, figure_of_period
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Target
from portal.domain.registry.months import Month, months_between
from portal.domain.reporting.texts import storable
from portal.domain.sources.facts import Fact
from portal.services.context import Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import why_nothing
from portal.services.refused import Refused


SHORTEST_TEXT, LONGEST_TEXT = 5, 500
LEVEL_DECIMALS = 2
MEETINGS = DEMANDS_BY_CODE["information_meetings"]
VISITS = "medicine_unit_visits"
RUN_MONTHS = 24  # how far back a run of broken months is followed
REPORT_ORDER, FEWEST_MET = "rapporten", "uppfyllda"  # a demand's code is an order, too
ORDERS = (REPORT_ORDER, FEWEST_MET, *DEMANDS_BY_CODE)


@dataclass(frozen=True, kw_only=True, slots=True)
class MedicineUnitVisit:
    """What the region has entered about Läkemedelsenheten and a clinic in a year; None: not entered."""

    contacted: bool | None = None
    visited: bool | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarterShare:
    """A clinic's pooled share of three months, in percent; None: no cases."""

    first: Month
    last: Month
    share: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractMatrix:
    """How each clinic stands against each demand, for one year up to its last reported month."""

    year: int
    first: Month
    last: Month
    demands: tuple[Demand, ...]
    clinics: tuple[Clinic, ...]
    cells: Mapping[tuple[str, str], Assessment]  # by clinic's and demand's code
    levels: Mapping[str, Level | None]  # in force on the period's last day, by demand
    visits: Mapping[str, MedicineUnitVisit]  # by clinic's code; no demand of its own
    other_targets: Mapping[str, Target]  # by demand: in force that day beside its level, and not the same
    quarters: Mapping[tuple[str, str], tuple[QuarterShare, ...]]  # by clinic and demand, oldest first

    def of(self, clinic: Clinic, demand: Demand) -> Assessment:
        return self.cells[clinic.code, demand.code]

    def count(self, demand: Demand, *verdicts: Verdict) -> int:
        """Return how many clinics stand like that against the demand."""
        return sum(self.of(clinic, demand).verdict in verdicts for clinic in self.clinics)

    def met_of_judged(self, clinic: Clinic) -> tuple[int, int]:
        """Return how many demands the clinic meets, and of how many that could be judged."""
        verdicts = [self.of(clinic, demand).verdict for demand in self.demands]
        return verdicts.count(Verdict.MET), sum(verdict in JUDGED for verdict in verdicts)

    def in_order(self, order: str) -> tuple[Clinic, ...]:
        """Return the clinics as the report has them, or those first that meet least; see ORDERS."""
        if order == REPORT_ORDER:
            return self.clinics
        if order == FEWEST_MET:
            return tuple(sorted(self.clinics, key=lambda clinic: self.met_of_judged(clinic)[0]))
        demand = DEMANDS_BY_CODE[order]
        return tuple(sorted(self.clinics, key=lambda clinic: self.of(clinic, demand).worst_first))


def matrix(portal: Portal, user: User, year: int) -> ContractMatrix:
    """Return the year's matrix: the region sees every clinic, a clinic user its own rows."""
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    key = ("contract", year, portal.clock.today, scope_of(user), version)
    return portal.memo.get(key, lambda: _read(portal, user, year))


@dataclass(frozen=True, kw_only=True)
class _Basis:
    """What was read for the matrix; holds no rule of its own."""

    last: Month
    year_is_over: bool
    totals: Mapping[str, Totals]
    monthly: Mapping[tuple[str, str], list[tuple[Month, int, int]]]
    answers: list[DemandAnswer]  # in the order they were entered
    levels: Mapping[str, Level | None]
    other_targets: Mapping[str, Target]
    meetings: Mapping[str, Fact]  # of the year, by clinic
    of_sources: list[Fact]  # of the year and the one before


PAIRS = [
    (indicator.numerator or "", indicator.denominator or "")
    for demand in DEMANDS
    if demand.judged_by is JudgedBy.SHARE
    for indicator in [INDICATORS_BY_CODE[demand.indicator or ""]]
]


def matrices(portal: Portal, user: User) -> list[ContractMatrix]:
    """Return the matrix of every year that has months, the oldest first, of what the user may see."""
    return [matrix(portal, user, year) for year in reversed(benchmarks.years(portal))]


def _read(portal: Portal, user: User, year: int) -> ContractMatrix:
    with portal.reading(user) as scoped:
        in_scope = clinics.list_in_scope(scoped)
        basis = _read_basis(scoped, year, year_is_over=portal.clock.today.year > year)
    pairs = product(in_scope, DEMANDS)
    cells = {(clinic.code, demand.code): _assess(clinic, demand, year, basis) for clinic, demand in pairs}
    visits = {clinic.code: _visit(clinic.code, year, basis.of_sources) for clinic in in_scope}
    return ContractMatrix(
        year=year,
        first=Month(year, 1),
        last=basis.last,
        demands=DEMANDS,
        clinics=tuple(in_scope),
        cells=cells,
        levels=basis.levels,
        visits=visits,
        other_targets=basis.other_targets,
        quarters=_quarters(in_scope, basis),
    )


def _quarters(in_scope: list[Clinic], basis: _Basis) -> dict[tuple[str, str], tuple[QuarterShare, ...]]:
    """Return the shares of three months each: a month alone has too few cases to be a line."""
    lasts = [basis.last.plus(-3 * back) for back in reversed(range(RUN_MONTHS // 3))]
    quarters_of_month = {last.plus(-back): index for index, last in enumerate(lasts) for back in range(3)}
    spans = [(last.plus(-2), last) for last in lasts]
    quarters = {}
    for clinic, demand in product(in_scope, DEMANDS):
        if demand.judged_by is JudgedBy.SHARE:
            numerator = INDICATORS_BY_CODE[demand.indicator or ""].numerator or ""
            parts, wholes = [0] * len(lasts), [0] * len(lasts)
            for month, over, under in basis.monthly.get((clinic.code, numerator), []):
                parts[quarters_of_month[month]] += over
                wholes[quarters_of_month[month]] += under
            quarters[clinic.code, demand.code] = tuple(map(_quarter, spans, parts, wholes))
    return quarters


def _quarter(span: tuple[Month, Month], part: int, whole: int) -> QuarterShare:
    return QuarterShare(first=span[0], last=span[1], share=100 * part / whole if whole else None)


def _read_basis(scoped: ScopedConnection, year: int, *, year_is_over: bool) -> _Basis:
    last = values.latest_month(scoped, year=year) or Month(year, 12)
    indicators = [VISITS, *(demand.indicator or "" for demand in FROM_SOURCES)]
    of_sources = facts.list_of_clinics(scoped, indicators=indicators, years=[year - 1, year])
    entered = [row.answer for row in contract.list_answers(scoped)]
    levels = _levels_on(scoped, last.last_day)
    meetings = [fact for fact in of_sources if (fact.indicator, fact.year) == (MEETINGS.indicator, year)]
    return _Basis(
        last=last,
        year_is_over=year_is_over,
        totals=values.totals(scoped, first=Month(year, 1), last=last, pairs=PAIRS),
        monthly=values.monthly_pairs(scoped, first=last.plus(1 - RUN_MONTHS), last=last, pairs=PAIRS),
        answers=[*entered, *_answers_of_sources(of_sources)],
        levels=levels,
        other_targets=_other_targets(scoped, levels, last.last_day),
        meetings={fact.clinic: fact for fact in meetings},
        of_sources=of_sources,
    )


def _visit(clinic: str, year: int, of_sources: list[Fact]) -> MedicineUnitVisit:
    """Return whether the unit contacted and visited the clinic that year, as the region entered it."""
    by_part = {
        fact.breakdown: fact
        for fact in of_sources
        if (fact.indicator, fact.clinic, fact.year) == (VISITS, clinic, year) and fact.value is not None
    }
    contacted, visited = by_part.get("contacted"), by_part.get("visited")
    newest = visited or contacted
    return MedicineUnitVisit(
        contacted=bool(contacted.value) if contacted else None,
        visited=bool(visited.value) if visited else None,
        source=newest.source if newest else "",
    )


def _levels_on(scoped: ScopedConnection, day: date) -> dict[str, Level | None]:
    entered = contract.list_levels(scoped)
    return {demand.code: demand.level_on(day, _levels_of(demand.code, entered)) for demand in DEMANDS}


def _levels_of(demand: str, entered: list[EnteredLevel]) -> list[Level]:
    return [row.level for row in entered if row.demand == demand]


def _other_targets(
    scoped: ScopedConnection, levels: Mapping[str, Level | None], day: date
) -> dict[str, Target]:
    set_by_region = targets.list_all(scoped)
    in_force = {
        demand: target_on(INDICATORS_BY_CODE[demand.indicator], set_by_region, day)
        for demand in DEMANDS
        if demand.indicator in INDICATORS_BY_CODE
    }
    by_demand = {
        demand.code: other_target(demand, levels[demand.code], target) for demand, target in in_force.items()
    }
    return {code: target for code, target in by_demand.items() if target}


def _answers_of_sources(of_sources: list[Fact]) -> list[DemandAnswer]:
    """Return a source's yes or no about a year as an answer from that year's first day on."""
    yes_no = {demand.indicator: demand for demand in FROM_SOURCES if demand.judged_by is JudgedBy.ANSWER}
    return [
        DemandAnswer(
            clinic=fact.clinic,
            demand=yes_no[fact.indicator].code,
            reply=Reply.YES if fact.value else Reply.NO,
            valid_from=date(fact.year, 1, 1),
            source=f"Uppgift för {fact.year}: {fact.source}.",
        )
        for fact in of_sources
        if fact.indicator in yes_no and fact.value is not None
    ]


def _assess(clinic: Clinic, demand: Demand, year: int, basis: _Basis) -> Assessment:
    months = months_between(Month(year, 1), basis.last)
    open_months = [month for month in months if clinic.is_open(month)]
    if not open_months:
        return unknown(why_nothing(clinic, basis.last).label)
    match demand.judged_by:
        case JudgedBy.SHARE:
            return _share(clinic, demand, basis)
        case JudgedBy.MEETINGS:
            return _meetings(clinic, demand, basis)
        case JudgedBy.ANSWER:
            answers = _of(clinic.code, demand.code, basis.answers)
            return judge_answer(answers, first=clinic.opened, last=open_months[-1])


def _share(clinic: Clinic, demand: Demand, basis: _Basis) -> Assessment:
    indicator = INDICATORS_BY_CODE[demand.indicator or ""]
    otherwise = why_nothing(clinic, basis.last)
    figure = figure_of_period(indicator, basis.totals.get(clinic.code), otherwise=otherwise)
    monthly = basis.monthly.get((clinic.code, indicator.numerator or ""), ())
    return judge_share(figure, basis.levels[demand.code], monthly)


def _meetings(clinic: Clinic, demand: Demand, basis: _Basis) -> Assessment:
    fact = basis.meetings.get(clinic.code)
    return judge_meetings(
        fact.value if fact else None,
        basis.levels[demand.code],
        year_is_over=basis.year_is_over,
        reason=fact.reason.label if fact and fact.reason else "",
        source=fact.source if fact else "",
    )


def _of(clinic: str, demand: str, answers: list[DemandAnswer]) -> list[DemandAnswer]:
    return [answer for answer in answers if (answer.clinic, answer.demand) == (clinic, demand)]


# What the region enters


def enter_answer(portal: Portal, user: User, answer: DemandAnswer) -> DemandAnswer:
    """Enter what a clinic answered, or the region found; raises Refused, AccessDenied."""
    check_is_region(user)
    _check_answer(portal, answer)
    new = replace(answer, source=_text(answer.source, "vem som svarar", about="source"))
    with portal.writing(user) as scoped:
        if clinics.find(scoped, code=new.clinic) is None:
            raise Refused(f"Mottagningen {new.clinic} finns inte.")
        entered = [row.answer for row in contract.list_answers(scoped)]
        if new in _of(new.clinic, new.demand, entered)[-1:]:
            return new  # a second click changes nothing
        contract.add_answer(scoped, new, by=user.username, at=portal.clock.now)
        valid_from = new.valid_from.isoformat()
        scoped.record(
            "contract.answered",
            clinic=new.clinic,
            subject=new.demand,
            details={"reply": new.reply.value, "valid_from": valid_from, "source": new.source},
        )
    return new


def _check_answer(portal: Portal, answer: DemandAnswer) -> None:
    if answer.demand not in {demand.code for demand in ANSWERABLE}:
        raise Refused(
            "Det kravet bedöms efter rapporterade siffror eller regionens källor och kan inte besvaras här."
        )
    first_month = portal.calendar.first_month
    if Month.of(answer.valid_from) < first_month or answer.valid_from > portal.clock.today:
        raise Refused(
            f"Svaret gäller från en dag mellan {first_month.label} och i dag: "
            f"{answer.valid_from.isoformat()} går inte.",
            about="valid_from",
        )


def set_level(portal: Portal, user: User, *, demand: str, level: Level) -> Level:
    """Set the level from which a demand is met, from a day on; raises Refused, AccessDenied."""
    check_is_region(user)
    if demand not in {adjustable.code for adjustable in ADJUSTABLE}:
        raise Refused("Det kravet bedöms efter ett svar och har ingen nivå.")
    _check_level(DEMANDS_BY_CODE[demand], level)
    new = replace(level, basis=_text(level.basis, "varför nivån gäller", about="basis"))
    with portal.writing(user) as scoped:
        if new in _levels_of(demand, contract.list_levels(scoped))[-1:]:
            return new  # a second click changes nothing
        contract.add_level(scoped, demand, new, by=user.username, at=portal.clock.now)
        scoped.record(
            "contract.level_set",
            subject=demand,
            details={
                "met": new.met,
                "partly": new.partly,
                "valid_from": new.valid_from.isoformat(),
                "basis": new.basis,
            },
        )
    return new


def _check_level(demand: Demand, level: Level) -> None:
    most, unit = (100, "%") if demand.judged_by is JudgedBy.SHARE else (12, "träffar per år")
    if not 0 < level.met <= most:
        raise Refused(f"Nivån för uppfyllt ska vara över 0 och högst {most} {unit}.", about="met")
    if level.partly is not None and not 0 < level.partly < level.met:
        raise Refused("Nivån för delvis ska vara över 0 och lägre än nivån för uppfyllt.", about="partly")


def _text(text: str, asked_for: str, *, about: str) -> str:
    text = storable(text)
    if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
        raise Refused(f"Skriv {asked_for}, med {SHORTEST_TEXT}–{LONGEST_TEXT} tecken.", about=about)
    return text


def list_answers(portal: Portal, user: User) -> list[EnteredAnswer]:
    """Return the answers about the clinics the user may see, the newest entry first."""
    with portal.reading(user) as scoped:
        return contract.list_answers(scoped)[::-1]


def list_levels(portal: Portal, user: User) -> list[EnteredLevel]:
    """Return the levels the region has set, the newest entry first. The same for everyone."""
    with portal.reading(user) as scoped:
        return contract.list_levels(scoped)[::-1]
