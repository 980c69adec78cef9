"""The contract's demands (avtalskrav): declared rules, and how each is judged. Declared here only.

Avtal Vårdval BUP itself is not among the sources: the demands stand as Region Dalarna's follow-up
report for 2024 renders them. Where that gives no number, none is made up: a level is then set by
the region, and until it is, the demand cannot be judged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise, takewhile

from portal.domain.insight.statistics.shares import wilson_interval
from portal.domain.registry.annual import FEWEST_CASES, Figure
from portal.domain.registry.indicators import THIRTY_DAYS, Target
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason


class Verdict(StrEnum):
    """How a clinic stands against a demand; always shown as symbol and word."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return _VERDICTS[self][0]

    @property
    def symbol(self) -> str:
        return _VERDICTS[self][1]

    @property
    def answer(self) -> str:
        """The shortest that says it in words, where room is scarce."""
        return _VERDICTS[self][2]

    @property
    def is_broken(self) -> bool:
        return self in (Verdict.PARTLY, Verdict.NOT_MET)


_VERDICTS = {
    Verdict.MET: ("uppfyllt", "✓", "ja"),
    Verdict.PARTLY: ("delvis uppfyllt", "◐", "delvis"),
    Verdict.NOT_MET: ("inte uppfyllt", "✗", "nej"),
    Verdict.UNKNOWN: ("kan inte bedömas", "?", "oklart"),
}


JUDGED = (Verdict.MET, Verdict.PARTLY, Verdict.NOT_MET)
WORST_FIRST = (Verdict.NOT_MET, Verdict.PARTLY, Verdict.MET, Verdict.UNKNOWN)


class JudgedBy(StrEnum):
    """What a demand is judged by."""

    SHARE = "share"  # a share that the clinic's months give
    MEETINGS = "meetings"  # a yearly count from Läkemedelsenheten
    ANSWER = "answer"  # what the clinic or the region answered, dated


class Reply(StrEnum):
    """The answer to a demand that no measure shows."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        return {"yes": "ja", "partly": "delvis", "no": "nej"}[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """From which value on a demand is met, and from which partly; in percent, or meetings a year.

    `partly` None: nothing counts as partly. `basis` says in Swedish where the level comes from.
    """

    met: float
    partly: float | None = None
    valid_from: date
    basis: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """One demand, with the rule in words and the paragraph it comes from."""

    code: str
    label: str
    short: str  # for a column's heading
    rule: str
    source: str
    judged_by: JudgedBy
    valid_from: date
    indicator: str | None = None  # what it is judged by: an indicator, or a figure of the region's sources
    levels: tuple[Level, ...] = ()
    note: str = ""

    @property
    def unit(self) -> str:
        """The unit of its levels; empty where it is judged by an answer."""
        return {JudgedBy.SHARE: "procent", JudgedBy.MEETINGS: "träffar", JudgedBy.ANSWER: ""}[self.judged_by]

    @property
    def is_answered_here(self) -> bool:
        """Whether its answers are entered beside the matrix: nothing else knows them."""
        return self.judged_by is JudgedBy.ANSWER and self.indicator is None

    def level_on(self, day: date, set_by_region: Iterable[Level] = ()) -> Level | None:
        """Return the level in force that day: the newest of the region's own, otherwise the declared.

        Of two from the same day the later entered counts: give them in the order of entry.
        """
        for levels in (tuple(set_by_region), self.levels):
            valid = [
                (level.valid_from, place) for place, level in enumerate(levels) if level.valid_from <= day
            ]
            if valid:
                return levels[max(valid)[1]]
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandAnswer:
    """A dated answer about one clinic and demand; it holds until a newer one."""

    clinic: str
    demand: str
    reply: Reply
    valid_from: date
    source: str  # who says so, and where


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenRun:
    """The newest months in a row below a limit; `last`: the newest one below, when later ones were not."""

    months: int = 0
    since: Month | None = None
    last: Month | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """One cell: the verdict, and the figure that it rests on.

    `value` and `interval` are percent (or meetings); the interval is given where a share rests on
    fewer than SMALL cases. `reason` says in Swedish why the demand cannot be judged.
    """

    verdict: Verdict
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    interval: tuple[float, float] | None = None
    level: Level | None = None
    reply: Reply | None = None
    source: str = ""
    reason: str = ""
    broken: BrokenRun = (
        BrokenRun()
    )  # how long the demand has not been met in full, up to the period's last month
    below_partly: BrokenRun = BrokenRun()  # the same about the lower level, where the period lies below that

    @property
    def rests_on_few(self) -> bool:
        """Whether there are too few cases for the figure to say anything."""
        return self.reason == TOO_FEW

    @property
    def worst_first(self) -> tuple[int, float]:
        """Sorts by verdict, those that can't be judged last, and by value within it."""
        return WORST_FIRST.index(self.verdict), self.value or 0

    @property
    def is_close(self) -> bool:
        """Whether a limit lies inside the interval: a few cases more or less would change the verdict."""
        if self.interval is None or self.level is None:
            return False
        low, high = self.interval
        limits = (self.level.met, self.level.partly)
        return any(limit is not None and low < limit < high for limit in limits)


VALVAL_STARTED = date(2022, 2, 1)
REPORT = "Årsuppföljning Vårdval BUP Dalarna 2024"
ALL = 100  # percent
SMALL = 100  # a share of fewer cases is shown with its interval
NO_LEVEL = "ingen nivå är satt"
TOO_FEW = f"färre än {FEWEST_CASES} fall"
NO_ANSWER = "inget svar är inlagt"
YEAR_IS_NOT_OVER = "året är inte slut"

ALL_BUT_PARTLY = (
    "Uppfyllt är alla, så som målet är skrivet. Delvis är minst {share}, {where}: "
    "de enda procentnivåer som källorna har."
)
AGREEMENT_2009 = "2009 års nationella överenskommelse"


def _thirty_days(code: str, label: str, rule: str, *, section: str, partly: float, where: str) -> Demand:
    basis = ALL_BUT_PARTLY.format(share=f"{partly:g} %", where=where)
    return Demand(
        code=code,
        label=label,
        short=label,
        rule=rule,
        source=f"{REPORT}, avsnitt {section}",
        judged_by=JudgedBy.SHARE,
        valid_from=VALVAL_STARTED,
        indicator=code,
        levels=(Level(met=100, partly=partly, valid_from=VALVAL_STARTED, basis=basis),),
        note=THIRTY_DAYS,
    )


DEMANDS: tuple[Demand, ...] = (
    _thirty_days(
        "first_visit_within_30d",
        "Första besök inom 30 dagar",
        "Barnet får ett första besök inom 30 dagar från det att remissen är mottagen och bedömd.",
        section="4.5.2",
        partly=80,
        where=f"nivån för första besök i {AGREEMENT_2009}",
    ),
    _thirty_days(
        "investigation_within_30d",
        "Utredning inom 30 dagar",
        "Utredningen startar inom 30 dagar från beslutet att den ska göras.",
        section="4.5.3",
        partly=60,
        where=f"nivån för utredning och behandling (då inom 60 dagar) i {AGREEMENT_2009}",
    ),
    _thirty_days(
        "treatment_within_30d",
        "Behandling inom 30 dagar",
        "Behandlingen påbörjas inom 30 dagar från beslutet att den ska påbörjas.",
        section="4.5.4",
        partly=60,
        where=f"nivån för utredning och behandling (då inom 60 dagar) i {AGREEMENT_2009}",
    ),
    Demand(
        code="telephone_hours",
        label="Telefon vardagar 8–16, även lunchtid",
        short="Telefontider",
        rule="Mottagningen är tillgänglig per telefon för rådgivning, bedömning och tidsbokning minst "
        "vardagar klockan 8.00–16.00 (40 timmar per vecka), även under lunchtid.",
        source=f"Avtal Vårdval BUP, enligt {REPORT}, avsnitt 4.5.1",
        judged_by=JudgedBy.ANSWER,
        valid_from=VALVAL_STARTED,
        note="Inget mått visar öppettiderna: mottagningens svar eller regionens kontroll läggs in med "
        "datum. Delvis är till exempel stängt över lunch.",
    ),
    Demand(
        code="same_day_answers",
        label="Telefonsamtal besvaras samma dag",
        short="Telefontillgänglighet",
        rule="Samtalen besvaras samma dag. Måttet är andelen av alla inkomna samtal.",
        source=f"{REPORT}, avsnitt 4.5.1",
        judged_by=JudgedBy.SHARE,
        valid_from=VALVAL_STARTED,
        indicator="calls_answered_same_day",
        note="Rapporten kallar måttet måluppfyllelse men anger ingen nivå. Kravet bedöms när regionen har "
        "satt en.",
    ),
    Demand(
        code="care_plan_by_third_visit",
        label="Vårdplan senast vid tredje besöket",
        short="Vårdplan",
        rule="En vårdplan är dokumenterad i journalen och kommunicerad med patienten senast vid det "
        "tredje besöket.",
        source=f"Avtal Vårdval BUP, enligt {REPORT}, avsnitt 4.3.2",
        judged_by=JudgedBy.SHARE,
        valid_from=VALVAL_STARTED,
        indicator="care_plan_by_third_visit",
        levels=(
            Level(
                met=100,
                valid_from=VALVAL_STARTED,
                basis="Uppfyllt är alla, så som kravet är skrivet. Källan har ingen nivå för delvis; "
                "regionen kan sätta en.",
            ),
        ),
        note="Bygger på två frivilliga mått. Antalet skrivna vårdplaner säger inte när de skrevs.",
    ),
    Demand(
        code="information_meetings",
        label="Läkemedelsenhetens informationsträffar",
        short="Informationsträffar",
        rule="Mottagningen deltar i Läkemedelsavdelningens informationsträffar 1–2 gånger per år.",
        source=f"{REPORT}, avsnitt 4.2.1",
        judged_by=JudgedBy.MEETINGS,
        valid_from=VALVAL_STARTED,
        indicator="medicine_unit_meetings",
        levels=(
            Level(
                met=1,
                valid_from=VALVAL_STARTED,
                basis="Minst en träff per år: den lägre gränsen av 1–2 gånger per år.",
            ),
        ),
        note="Läkemedelsenhetens uppgift per mottagning. Ett år utan träff bedöms när året är slut.",
    ),
    Demand(
        code="synergi_connected",
        label="Ansluten till Synergi",
        short="Synergi",
        rule="Mottagningen är ansluten till Synergi, regionens verktyg för avvikelser, tillbud och risker.",
        source=f"{REPORT}, avsnitt 4.2.2",
        judged_by=JudgedBy.ANSWER,
        valid_from=VALVAL_STARTED,
        indicator="synergi_connected",
        note="Regionens uppgift per mottagning och år: ja eller nej. Den gäller tills en nyare finns.",
    ),
)

DEMANDS_BY_CODE = {demand.code: demand for demand in DEMANDS}


def other_target(demand: Demand, level: Level | None, target: Target | None) -> Target | None:
    """Return the target that is in force beside the demand's level where it asks for something else."""
    if demand.judged_by is not JudgedBy.MEETINGS or target is None:
        return None
    return None if level is not None and target.value == level.met else target


Monthly = Sequence[tuple[Month, float, float]]  # month, numerator, denominator; oldest first


def unknown(reason: str, **details: object) -> Assessment:
    return Assessment(verdict=Verdict.UNKNOWN, reason=reason, **details)  # type: ignore[arg-type]


def judge_share(figure: Figure, level: Level | None, monthly: Monthly = ()) -> Assessment:
    """Judge a clinic's pooled share of the period; `monthly` says how long it has been so."""
    if figure.value is None:
        return unknown((figure.reason or MissingReason.NO_DATA).label, level=level)
    numerator, denominator = figure.numerator or 0, figure.denominator or 0
    share = Assessment(
        verdict=Verdict.UNKNOWN,
        value=figure.value,
        numerator=numerator,
        denominator=denominator,
        interval=_interval(numerator, denominator),
        level=level,
    )
    if level is None:
        return replace(share, reason=NO_LEVEL)
    if denominator < FEWEST_CASES:
        return replace(share, reason=TOO_FEW)
    verdict = _against(figure.value, level)
    return replace(
        share,
        verdict=verdict,
        broken=_broken_run(monthly, level.met) if verdict.is_broken else BrokenRun(),
        below_partly=_broken_run(monthly, level.partly) if verdict is Verdict.NOT_MET else BrokenRun(),
    )


def _interval(numerator: float, denominator: float) -> tuple[float, float] | None:
    """Return the 95 % interval of a share that rests on few cases, in percent."""
    bounds = wilson_interval(numerator, denominator) if denominator < SMALL else None
    return (100 * bounds[0], 100 * bounds[1]) if bounds else None


def _against(value: float, level: Level) -> Verdict:
    if value >= level.met:
        return Verdict.MET
    if level.partly is not None and value >= level.partly:
        return Verdict.PARTLY
    return Verdict.NOT_MET


def _broken_run(monthly: Monthly, limit: float | None) -> BrokenRun:
    """Return how long the share has been below a limit. Months without cases are passed over."""
    if limit is None:
        return BrokenRun()
    with_cases = [(month, 100 * over / under) for month, over, under in monthly if under]
    newest_first = with_cases[::-1]
    run = [month for month, _ in takewhile(lambda share: share[1] < limit, newest_first)]
    if run:
        return BrokenRun(months=len(run), since=run[-1])
    last = next((month for month, share in newest_first if share < limit), None)
    return BrokenRun(last=last)


def judge_meetings(
    attended: float | None, level: Level | None, *, year_is_over: bool, reason: str = "", source: str = ""
) -> Assessment:
    """Judge a year's number of meetings; too few are too few only when the year is over."""
    if attended is None:
        return unknown(reason or MissingReason.NOT_REPORTED.label, level=level, source=source)
    if level is None:
        return unknown(NO_LEVEL, value=attended, source=source)
    verdict = _against(attended, level)
    if verdict.is_broken and not year_is_over:
        return unknown(YEAR_IS_NOT_OVER, value=attended, level=level, source=source)
    return Assessment(verdict=verdict, value=attended, level=level, source=source)


_REPLIES = {Reply.YES: Verdict.MET, Reply.PARTLY: Verdict.PARTLY, Reply.NO: Verdict.NOT_MET}


def judge_answer(answers: Iterable[DemandAnswer], *, last: Month, first: Month | None = None) -> Assessment:
    """Judge by the answer in force at the end of `last`; `first`: the clinic's first month that counts.

    Of two answers from the same day the later entered counts: give them in the order of entry.
    """
    valid = [answer for answer in answers if Month.of(answer.valid_from) <= last]
    if not valid:
        return unknown(NO_ANSWER)
    in_order = sorted(valid, key=lambda answer: answer.valid_from)
    newest = in_order[-1]
    return Assessment(
        verdict=_REPLIES[newest.reply],
        reply=newest.reply,
        source=newest.source,
        broken=_run_of_answers(in_order, first, last),
    )


def _run_of_answers(answers: list[DemandAnswer], first: Month | None, last: Month) -> BrokenRun:
    """Return how long the answer has been another than yes, up to `last`."""
    run = list(takewhile(lambda answer: answer.reply is not Reply.YES, reversed(answers)))
    if not run:
        return BrokenRun(last=_lapsed(answers))
    began = Month.of(run[-1].valid_from)
    since = max(began, first) if first else began
    return BrokenRun(months=since.until(last) + 1, since=since)


def _lapsed(answers: list[DemandAnswer]) -> Month | None:
    """Return the month in which a yes put an end to another answer; None where all were yes."""
    ends = [
        Month.of(after.valid_from)
        for before, after in pairwise(answers)
        if before.reply is not Reply.YES and after.reply is Reply.YES
    ]
    return max(ends, default=None)
