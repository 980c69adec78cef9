"""Volume against cost: what the region paid for beside what was done, two years next to each other.

Money comes from the region's source Ekonomi, volume from the clinics' months. Nothing here says why a figure
moved: two things that grow in the same year need not have to do with each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.insight.queue import FIRST_VISIT, STARTED, WAITING
from portal.domain.registry.indicators import PATIENTS
from portal.domain.registry.rounding import difference
from portal.domain.registry.values import change, share
from portal.domain.sources.year import SourceFigure


BUDGET, TRANSFER, EPISODES, PRICE = "budget", "budget_transfer", "episodes_by_type", "episode_price"
COST, REIMBURSED, OF_BUDGET = "episode_cost", "reimbursed_episodes", "cost_of_budget"
KRONOR, PERCENT = "kronor", "procent"
NOT_ENTERED = "inte ifyllt"

# The clinics' indicators that tell how much was done, and who waits still.
VOLUMES = (PATIENTS, *STARTED, "care_plans", "care_episodes")
VOLUNTARY = ("care_episodes",)  # optional for the clinics: not what the region has paid for
PER = (  # what the reimbursement is divided by
    (PATIENTS, "aktuell patient"),
    (REIMBURSED, "ersatt vårdepisod"),
    (FIRST_VISIT.started, FIRST_VISIT.noun),
)


class CostGroup(StrEnum):
    MONEY = "money"
    VOLUME = "volume"
    QUEUE = "queue"
    PER = "per"

    @property
    def label(self) -> str:
        return {
            "money": "Pengar",
            "volume": "Volym",
            "queue": "Väntande",
            "per": "Ersättning per patient, vårdepisod och besök",
        }[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A year's amount, or in words why there is none."""

    value: float | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """One amount in two years. `is_comparable`: both are about as long a time."""

    code: str
    label: str
    group: CostGroup
    unit: str
    basis: str = ""
    now: Amount
    before: Amount
    is_comparable: bool = True
    clinics: tuple[int, int] | None = (
        None  # whose amounts it is, or is divided by: this year, the year before
    )

    @property
    def change(self) -> float | None:
        """This year's amount less last year's as they are printed, whole, in the line's own unit."""
        if not self.is_comparable or self.now.value is None or self.before.value is None:
            return None
        return difference(self.now.value, self.before.value)

    @property
    def percent(self) -> float | None:
        """The change in percent of last year's amount; None for a share, and from nothing or below."""
        if self.change is None or self.unit == PERCENT or (self.before.value or 0) <= 0:
            return None
        return change(self.now.value, self.before.value, in_points=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Volume:
    """An indicator's regional amounts in two years."""

    code: str
    label: str
    unit: str
    is_stock: bool
    now: Amount
    before: Amount
    clinics: tuple[int, int]  # how many have an amount this year, and the year before
    open_clinics: int = 0  # in either year; 0 where it isn't known

    def basis(self, *, is_whole_year: bool) -> str:
        stock, flow = ("vid årets slut", "under året") if is_whole_year else ("senaste månaden", "hittills")
        now, before = self.clinics
        is_voluntary = self.code in VOLUNTARY
        of = f" av {self.open_clinics}" if is_voluntary and self.open_clinics else ""
        from_ = f"{now}{of} mottagningar" + (f" ({before or 'ingen'} året före)" if before != now else "")
        why = ": ett frivilligt mått, alltså inte alla ersatta vårdepisoder" if is_voluntary else ""
        return f"{stock if self.is_stock else flow}, {from_}{why}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CostComparison:
    """A year beside the one before: lines in order of showing. `is_whole_year`: all of its months are over."""

    year: int
    is_whole_year: bool
    lines: tuple[CostLine, ...]

    def of(self, code: str) -> CostLine:
        return next(line for line in self.lines if line.code == code)

    def group(self, group: CostGroup) -> tuple[CostLine, ...]:
        return tuple(line for line in self.lines if line.group is group)

    def lacking(self, *groups: CostGroup, before: bool = False) -> tuple[CostLine, ...]:
        """Return the lines that have to be entered and are not, this year's or the year before's.

        A year without a transfer lacks none, and what is divided lacks only what it is divided from.
        """
        lines = [
            line for line in self.lines if line.group in groups and line.code not in (TRANSFER, OF_BUDGET)
        ]
        return tuple(line for line in lines if (line.before if before else line.now).value is None)


def compare(
    year: int, figures: Iterable[SourceFigure], volumes: Iterable[Volume], *, is_whole_year: bool
) -> CostComparison:
    """Set the year's money and volume beside the year before's.

    `figures` are those of the source Ekonomi. Months of a year that is not over are not held against a
    whole one: such lines have no change.
    """
    entered = [figure for figure in figures if not figure.clinic]
    volume_lines = [_volume(volume, is_whole_year) for volume in volumes]
    budget, transfer = _region_lines(entered, is_whole_year)
    money = [budget, transfer, *_episode_lines(entered, budget, is_whole_year)]
    line_of = {line.code: line for line in (*money, *volume_lines)}
    per = [_divided(line_of[COST], line_of[code], words) for code, words in PER if code in line_of]
    return CostComparison(year=year, is_whole_year=is_whole_year, lines=(*money, *volume_lines, *per))


def _region_lines(figures: list[SourceFigure], is_whole_year: bool) -> list[CostLine]:
    figure_of = {figure.field.indicator: figure for figure in figures if not figure.breakdown}
    budget, transfer = figure_of.get(BUDGET), figure_of.get(TRANSFER)
    return [
        _money(BUDGET, "Budget", "för hela året", _amounts(budget, NOT_ENTERED)),
        _money(
            TRANSFER,
            "Omfördelat till vårdvalet",
            "till vårdvalet under året; minus är bort från det",
            _amounts(transfer, NOT_ENTERED),
            is_comparable=is_whole_year,
        ),
    ]


def _amounts(figure: SourceFigure | None, otherwise: str) -> tuple[Amount, Amount]:
    if figure is None:
        return Amount(why=otherwise), Amount(why=otherwise)
    return _amount(figure.value, otherwise), _amount(figure.previous, otherwise)


def _amount(value: float | None, otherwise: str) -> Amount:
    return Amount(value=value) if value is not None else Amount(why=otherwise)


def _money(
    code: str, label: str, basis: str, amounts: tuple[Amount, Amount], *, is_comparable: bool = True
) -> CostLine:
    now, before = amounts
    return CostLine(
        code=code,
        label=label,
        group=CostGroup.MONEY,
        unit=KRONOR,
        basis=basis,
        now=now,
        before=before,
        is_comparable=is_comparable,
    )


def _episode_lines(figures: list[SourceFigure], budget: CostLine, is_whole_year: bool) -> list[CostLine]:
    """Return the reimbursed episodes, what they cost, and that against the budget."""
    counts, prices = _by_type(figures, EPISODES), _by_type(figures, PRICE)
    both = [_cost(_column(counts, place), _column(prices, place)) for place in (0, 1)]
    number = [_sum(_column(counts, place)) for place in (0, 1)]
    episodes = CostLine(
        code=REIMBURSED,
        label="Ersatta vårdepisoder",
        group=CostGroup.MONEY,
        unit="vårdepisoder",
        basis="alla typer",
        now=number[0],
        before=number[1],
        is_comparable=is_whole_year,
    )
    cost = _money(
        COST,
        "Ersättning för vårdepisoder",
        "antal × standardersättning, alla typer",
        (both[0], both[1]),
        is_comparable=is_whole_year,
    )
    return [episodes, cost, _of_budget(cost, budget)]


def _by_type(figures: list[SourceFigure], indicator: str) -> dict[str, tuple[float | None, float | None]]:
    """Return type of episode → this year's and last year's figure."""
    return {
        figure.breakdown.partition(":")[2]: (figure.value, figure.previous)
        for figure in figures
        if figure.field.indicator == indicator and figure.breakdown
    }


def _column(pairs: Mapping[str, tuple[float | None, float | None]], place: int) -> dict[str, float]:
    picked = {kind: values[place] for kind, values in pairs.items()}
    return {kind: value for kind, value in picked.items() if value is not None}


def _sum(counts: Mapping[str, float]) -> Amount:
    return Amount(value=sum(counts.values())) if counts else Amount(why=NOT_ENTERED)


def _cost(counts: Mapping[str, float], prices: Mapping[str, float]) -> Amount:
    """Return Σ episodes × price; none while a type lacks either, for then the sum would be too low."""
    if not counts and not prices:
        return Amount(why=NOT_ENTERED)
    lacks = [f"ersättning saknas för {kind}" for kind in counts if kind not in prices]
    lacks += [f"antal saknas för {kind}" for kind in prices if kind not in counts]
    if lacks:
        return Amount(why="; ".join(lacks))
    total = sum(count * prices[kind] for kind, count in counts.items())
    return Amount(value=total)


def _of_budget(cost: CostLine, budget: CostLine) -> CostLine:
    return CostLine(
        code=OF_BUDGET,
        label="Ersättning i procent av budgeten",
        group=CostGroup.MONEY,
        unit=PERCENT,
        basis="omfördelade medel inte tillagda; om de ingår i budgeten framgår inte av källan",
        now=_ratio(cost.now, budget.now, 100),
        before=_ratio(cost.before, budget.before, 100),
        is_comparable=cost.is_comparable,
    )


def _ratio(over: Amount, under: Amount, times: float = 1) -> Amount:
    if over.value is None or under.value is None:
        return Amount(why="kan inte räknas")
    quotient = share(over.value, under.value)
    return Amount(why="inget att dela med") if quotient is None else Amount(value=times * quotient)


def _volume(volume: Volume, is_whole_year: bool) -> CostLine:
    return CostLine(
        code=volume.code,
        label=volume.label,
        group=CostGroup.QUEUE if volume.code in WAITING else CostGroup.VOLUME,
        unit=volume.unit,
        basis=volume.basis(is_whole_year=is_whole_year),
        now=volume.now,
        before=volume.before,
        is_comparable=is_whole_year,
        clinics=volume.clinics,
    )


def _divided(cost: CostLine, by: CostLine, words: str) -> CostLine:
    return CostLine(
        code=f"per_{by.code}",
        label=f"Per {words}",
        group=CostGroup.PER,
        unit=KRONOR,
        basis=by.basis,
        now=_ratio(cost.now, by.now),
        before=_ratio(cost.before, by.before),
        clinics=by.clinics,
        is_comparable=cost.is_comparable,
    )
