"""Contract follow-up (måluppfyllelse): clinics × demands, and the answers and levels it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
    DEMANDS_BY_CODE,
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
from portal.domain.insight.demands import DemandList
from portal.domain.insight.targets import target_on
from portal.domain.registry.annual import counts_of_share, figure_of_period, totals_of_share
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator, Target
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer
from portal.domain.reporting.texts import storable
from portal.domain.sources.facts import Fact
from portal.domain.sources.visits import VISITS, MedicineUnitVisit, visits_of
from portal.services.context import Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import why_nothing
from portal.services.refused import Refused


SHORTEST_TEXT, LONGEST_TEXT = 5, 500
LEVEL_DECIMALS = 2
MEETINGS = DEMANDS_BY_CODE["information_meetings"]
RUN_MONTHS = 24  # how far back a run of broken months is followed
REPORT_ORDER, FEWEST_MET = "rapporten", "uppfyllda"  # a demand's code is an order, too


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
        """Return the clinics as the report has them, or those first that meet least; see `orders`."""
        if order == REPORT_ORDER:
            return self.clinics
        if order == FEWEST_MET:
            return tuple(sorted(self.clinics, key=lambda clinic: self.met_of_judged(clinic)[0]))
        demand = next(demand for demand in self.demands if demand.code == order)
        return tuple(sorted(self.clinics, key=lambda clinic: self.of(clinic, demand).worst_first))

    @property
    def orders(self) -> tuple[str, ...]:
        """In what orders the clinics can stand."""
        return REPORT_ORDER, FEWEST_MET, *(demand.code for demand in self.demands)


def matrix(portal: Portal, user: User, year: int) -> ContractMatrix:
    """Return the year's matrix: the region sees every clinic, a clinic user its own rows."""
    with portal.reading(user) as scoped:
        key = ("contract", year, portal.clock.today, scope_of(user), audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _matrix(portal, scoped, year))


@dataclass(frozen=True, kw_only=True, slots=True)
class YearVerdicts:
    """How some clinics stood in a year; not since when."""

    year: int
    demands: tuple[Demand, ...]
    cells: Mapping[tuple[str, str], Assessment]  # by clinic's and demand's code
    levels: Mapping[str, Level | None]  # in force on the last day of its months, by demand

    def of(self, clinic: Clinic, demand: Demand) -> Assessment:
        return self.cells[clinic.code, demand.code]


def verdicts(portal: Portal, user: User, year: int) -> YearVerdicts:
    """Return how the clinics that the user may see stood in a year: as the matrix, at half its cost."""
    with portal.reading(user) as scoped:
        key = ("contract-year", year, portal.clock.today, scope_of(user), audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _judge(portal, scoped, scoped, [year])[0])


def history(portal: Portal, user: User, codes: Sequence[str]) -> list[YearVerdicts]:
    """Return how those clinics stood each year that has months, the oldest first, of what the user may see."""
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
        key = ("contract-years", tuple(codes), portal.clock.today, scope_of(user), version)
        years = benchmarks.years(portal)[::-1]
        return portal.memo.get(key, lambda: _judge(portal, scoped, scoped.of_clinics(codes), years))


def _judge(
    portal: Portal, scoped: ScopedConnection, of_clinics: ScopedConnection, years: Sequence[int]
) -> list[YearVerdicts]:
    """Read what all the years of some of the clinics rest on in one go, and judge one after the other."""
    if not years:
        return []
    in_scope = clinics.list_in_scope(of_clinics)
    read = _read(of_clinics, portal.demands, Month(years[0], 1), years)
    lasts = {year: values.latest_month(scoped, year=year) or Month(year, 12) for year in years}
    bases = [_basis(read, year, lasts[year], portal.clock.today) for year in years]
    return [
        YearVerdicts(
            year=basis.year,
            demands=basis.demands.demands,
            cells=_cells(in_scope, basis),
            levels=basis.levels,
        )
        for basis in bases
    ]


Sheets = Mapping[str, Mapping[Month, Mapping[str, Answer]]]  # by clinic and month, of the shares' measures


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What was read for some years; holds no rule of its own."""

    demands: DemandList
    sheets: Sheets
    entered: list[DemandAnswer]  # in the order they were entered
    levels: list[EnteredLevel]
    facts: list[Fact]  # of the years and the one before them


def _read(scoped: ScopedConnection, demands: DemandList, first: Month, years: Sequence[int]) -> _Read:
    indicators = [VISITS, *(demand.indicator or "" for demand in demands.from_sources)]
    measures = sorted({measure for indicator in demands.shares.values() for measure in indicator.measures})
    last = Month(years[-1], 12)
    return _Read(
        demands=demands,
        sheets=values.of_months(scoped, first=first, last=last, measures=measures, with_empty=True),
        entered=[row.answer for row in contract.list_answers(scoped)],
        levels=contract.list_levels(scoped),
        facts=facts.list_of_clinics(scoped, indicators=indicators, years=[years[0] - 1, *years]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Basis:
    """What a year's verdicts go by."""

    demands: DemandList
    shares: Mapping[str, Indicator]  # of the demands
    year: int
    last: Month
    year_is_over: bool
    sheets: Sheets
    answers: Mapping[tuple[str, str], list[DemandAnswer]]  # by clinic and demand, in their order
    levels: Mapping[str, Level | None]
    meetings: Mapping[str, Fact]  # of the year, by clinic


def _basis(read: _Read, year: int, last: Month, today: date) -> _Basis:
    of_sources = _facts_of(read, year)
    answers: dict[tuple[str, str], list[DemandAnswer]] = {}
    for answer in [*read.entered, *_answers_of_sources(read.demands, of_sources)]:
        answers.setdefault((answer.clinic, answer.demand), []).append(answer)
    meetings = [fact for fact in of_sources if (fact.indicator, fact.year) == (MEETINGS.indicator, year)]
    return _Basis(
        demands=read.demands,
        shares=read.demands.shares,
        year=year,
        last=last,
        year_is_over=today.year > year,
        sheets=read.sheets,
        answers=answers,
        levels=_levels_on(last.last_day, read),
        meetings={fact.clinic: fact for fact in meetings},
    )


def _facts_of(read: _Read, year: int) -> list[Fact]:
    """Return what the region's sources say of the year and the one before."""
    return [fact for fact in read.facts if fact.year in (year - 1, year)]


def _matrix(portal: Portal, scoped: ScopedConnection, year: int) -> ContractMatrix:
    in_scope = clinics.list_in_scope(scoped)
    last = values.latest_month(scoped, year=year) or Month(year, 12)
    run = months_between(last.plus(1 - RUN_MONTHS), last)
    read = _read(scoped, portal.demands, run[0], [year])
    basis = _basis(read, year, last, portal.clock.today)
    monthly = _monthly(in_scope, read, run)
    visits = visits_of([clinic.code for clinic in in_scope], year, _facts_of(read, year))
    return ContractMatrix(
        year=year,
        first=Month(year, 1),
        last=last,
        demands=read.demands.demands,
        clinics=tuple(in_scope),
        cells=_cells(in_scope, basis, monthly),
        levels=basis.levels,
        visits=visits,
        other_targets=_other_targets(scoped, basis, last.last_day),
        quarters=_quarters(monthly, last),
    )


Monthly = Mapping[tuple[str, str], list[tuple[Month, int, int]]]  # by clinic and demand; oldest month first


def _monthly(in_scope: list[Clinic], read: _Read, months: Sequence[Month]) -> Monthly:
    """Return each share's months that have both counts."""
    monthly, shares = {}, read.demands.shares
    for clinic in in_scope:
        of_clinic = read.sheets.get(clinic.code, {})
        sent = [(month, sheet) for month in months if (sheet := of_clinic.get(month))]
        for demand, share in shares.items():
            counts = [(month, counts_of_share(share, sheet)) for month, sheet in sent]
            monthly[clinic.code, demand] = [(month, *both) for month, both in counts if both]
    return monthly


def _quarters(monthly: Monthly, last: Month) -> dict[tuple[str, str], tuple[QuarterShare, ...]]:
    """Return the shares of three months each: a month alone has too few cases to be a line."""
    lasts = [last.plus(-3 * back) for back in reversed(range(RUN_MONTHS // 3))]
    quarters_of_month = {last.plus(-back): index for index, last in enumerate(lasts) for back in range(3)}
    spans = [(last.plus(-2), last) for last in lasts]
    quarters = {}
    for key, months in monthly.items():
        parts, wholes = [0] * len(lasts), [0] * len(lasts)
        for month, over, under in months:
            quarter = quarters_of_month[month]
            parts[quarter] += over
            wholes[quarter] += under
        quarters[key] = tuple(map(_quarter, spans, parts, wholes))
    return quarters


def _quarter(span: tuple[Month, Month], part: int, whole: int) -> QuarterShare:
    return QuarterShare(first=span[0], last=span[1], share=100 * part / whole if whole else None)


def _levels_on(day: date, read: _Read) -> dict[str, Level | None]:
    return {
        demand.code: demand.level_on(day, _levels_of(demand.code, read.levels))
        for demand in read.demands.demands
    }


def _levels_of(demand: str, entered: list[EnteredLevel]) -> list[Level]:
    return [row.level for row in entered if row.demand == demand]


def _other_targets(scoped: ScopedConnection, basis: _Basis, day: date) -> dict[str, Target]:
    set_by_region = targets.list_all(scoped)
    in_force = {
        demand: target_on(INDICATORS_BY_CODE[demand.indicator], set_by_region, day)
        for demand in basis.demands.demands
        if demand.indicator in INDICATORS_BY_CODE
    }
    by_demand = {
        demand.code: other_target(demand, basis.levels[demand.code], target)
        for demand, target in in_force.items()
    }
    return {code: target for code, target in by_demand.items() if target}


def _answers_of_sources(demands: DemandList, of_sources: list[Fact]) -> list[DemandAnswer]:
    """Return a source's yes or no about a year as an answer from that year's first day on."""
    yes_no = {
        demand.indicator: demand for demand in demands.from_sources if demand.judged_by is JudgedBy.ANSWER
    }
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


@dataclass(frozen=True, slots=True)
class _Own:
    """What a clinic had in a year."""

    clinic: Clinic
    open_months: list[Month]
    sheets: list[Mapping[str, Answer]]  # of its months


def _cells(
    in_scope: Sequence[Clinic], basis: _Basis, monthly: Monthly | None = None
) -> dict[tuple[str, str], Assessment]:
    """Judge every clinic by every demand; without `monthly` not since when it has been so."""
    months = months_between(Month(basis.year, 1), basis.last)
    cells = {}
    for clinic in in_scope:
        sent = basis.sheets.get(clinic.code, {})
        open_months = [month for month in months if clinic.is_open(month)]
        own = _Own(clinic, open_months, [sent[month] for month in months if month in sent])
        for demand in basis.demands.demands:
            key = (clinic.code, demand.code)
            cells[key] = _assess(own, demand, basis, (monthly or {}).get(key, ()))
    return cells


def _assess(
    own: _Own, demand: Demand, basis: _Basis, monthly: Sequence[tuple[Month, int, int]]
) -> Assessment:
    clinic = own.clinic
    if not own.open_months:
        return unknown(why_nothing(clinic, basis.last).label)
    match demand.judged_by:
        case JudgedBy.SHARE:
            share = basis.shares[demand.code]
            totals, otherwise = totals_of_share(share, own.sheets), why_nothing(clinic, basis.last)
            figure = figure_of_period(share, totals, otherwise=otherwise)
            return judge_share(figure, basis.levels[demand.code], monthly)
        case JudgedBy.MEETINGS:
            return _meetings(clinic, demand, basis)
        case JudgedBy.ANSWER:
            answers = basis.answers.get((clinic.code, demand.code), [])
            return judge_answer(answers, first=clinic.opened, last=own.open_months[-1])


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
    demand = _check_answer(portal, answer)
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
            details={
                "name": demand.short,
                "reply": new.reply.value,
                "valid_from": valid_from,
                "source": new.source,
            },
        )
    return new


def _check_answer(portal: Portal, answer: DemandAnswer) -> Demand:
    """Return the demand that is answered; raises Refused."""
    demand = portal.demands.find(answer.demand)
    if demand is None or demand not in portal.demands.answerable:
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
    return demand


def set_level(portal: Portal, user: User, *, demand: str, level: Level) -> Level:
    """Set the level from which a demand is met, from a day on; raises Refused, AccessDenied."""
    check_is_region(user)
    wanted = portal.demands.find(demand)
    if wanted is None or wanted not in portal.demands.adjustable:
        raise Refused("Det kravet bedöms efter ett svar och har ingen nivå.")
    _check_level(wanted, level)
    new = replace(level, basis=_text(level.basis, "varför nivån gäller", about="basis"))
    with portal.writing(user) as scoped:
        if new in _levels_of(demand, contract.list_levels(scoped))[-1:]:
            return new  # a second click changes nothing
        contract.add_level(scoped, demand, new, by=user.username, at=portal.clock.now)
        scoped.record(
            "contract.level_set",
            subject=demand,
            details={
                "name": wanted.short,
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
