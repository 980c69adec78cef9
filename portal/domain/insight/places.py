"""Access by municipality (kommun): what its clinics have, and how far it is to one where there is none.

The municipality is the clinic's, not the child's: where the children live is not reported.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.insight.queue import INVESTIGATION, SHARES, WAITING
from portal.domain.registry.annual import FEWEST_CASES, Figure, RegionalFigure, regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import Nearest
from portal.domain.registry.region import Region
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import change
from portal.domain.sources.year import per_1000


TO_CLEAR = INVESTIGATION.to_clear
SHOWN: tuple[Indicator, ...] = tuple(
    INDICATORS_BY_CODE[code] for code in (PATIENTS, *SHARES, *WAITING, TO_CLEAR)
)
NOTHING = RegionalFigure()

Figures = Mapping[str, RegionalFigure]
ClinicFigures = Sequence[tuple[Clinic, Mapping[str, Figure]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class MunicipalityAccess:
    """A municipality, or the county. Shares and months to clear are sums over sums (sammanslaget)."""

    code: str
    name: str
    clinics: tuple[Clinic, ...]  # open in the period's last month
    figures: Figures  # by indicator
    before: RegionalFigure  # current patients in the same month of the year before
    silent: int  # open clinics with patients in that month of the year before, and no value now
    children: int | None  # inhabitants of 0-17 years
    nearest: Nearest | None  # where there is no clinic of its own

    @property
    def patients(self) -> float | None:
        return self.of(PATIENTS).value

    @property
    def grown(self) -> float | None:
        """Percent more current patients than a year before; None while a clinic of then owes its value now."""
        if self.silent:
            return None
        return change(self.patients, self.before.value, in_points=False)

    @property
    def per_1000(self) -> float | None:
        """The clinics' current patients per 1 000 children of the municipality."""
        return per_1000(self.patients, self.children)

    def of(self, code: str) -> RegionalFigure:
        return self.figures.get(code, NOTHING)

    def count(self, operator: Operator) -> int:
        return sum(clinic.operator is operator for clinic in self.clinics)


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """All of the region's municipalities in a period, from north to south, and the county as a whole."""

    last: Month  # stocks are those of its end
    places: tuple[MunicipalityAccess, ...]
    county: MunicipalityAccess
    population_year: int | None  # whose 31 December the children are counted on; None: not entered

    @property
    def without_clinic(self) -> tuple[MunicipalityAccess, ...]:
        return tuple(place for place in self.places if not place.clinics)

    @property
    def farthest(self) -> tuple[MunicipalityAccess, ...]:
        """The municipalities without a clinic that have the longest way to one, in whole kilometres."""
        return farthest(self.without_clinic)

    @property
    def largest_fall(self) -> MunicipalityAccess | None:
        """The municipality whose clinics lost the largest part of their patients in a year; None: nobody did."""
        fallen = [place for place in self.places if (place.grown or 0) < 0]
        return min(fallen, key=lambda place: place.grown or 0, default=None)

    @property
    def slowest(self) -> MunicipalityAccess | None:
        """The municipality whose queue to an investigation takes longest to clear at the period's pace."""
        with_pace = [place for place in self.places if place.of(TO_CLEAR).value is not None]
        return max(with_pace, key=lambda place: place.of(TO_CLEAR).value or 0, default=None)

    def lowest(self, share: str) -> MunicipalityAccess | None:
        """The municipality with the lowest share, of those with enough cases; None when fewer than two have."""
        with_cases = [place for place in self.places if (place.of(share).denominator or 0) >= FEWEST_CASES]
        if len(with_cases) < 2:
            return None
        return min(with_cases, key=lambda place: place.of(share).value or 0)

    def depend_on(self, code: str) -> tuple[MunicipalityAccess, ...]:
        """The municipalities without a clinic whose nearest one lies there."""
        return tuple(p for p in self.without_clinic if p.nearest and p.nearest.code == code)


def farthest(places: Iterable[MunicipalityAccess]) -> tuple[MunicipalityAccess, ...]:
    """Return those with the longest way to a clinic; more than one where whole kilometres are the same."""
    distances = [(place, half_up(place.nearest.km)) for place in places if place.nearest]
    longest = max((km for _, km in distances), default=None)
    return tuple(place for place, km in distances if km == longest)


def pooled(indicator: Indicator, figures: Iterable[Figure]) -> RegionalFigure:
    """Put clinics together: sums, and every percentage or quotient as sum over sum."""
    together = regional_figure(indicator, figures)
    return replace(together, value=together.pooled) if together.pooled is not None else together


def by_municipality(
    clinic_figures: ClinicFigures,
    before: Mapping[str, Figure],
    *,
    last: Month,
    children: Mapping[str, int],
    population_year: int | None,
    region: Region,
) -> Places:
    """Put every clinic's figures of a period together by municipality.

    `clinic_figures` has each clinic's figures by indicator, `before` the patients a year earlier by clinic,
    `children` the inhabitants of 0-17 years by municipality.
    """
    with_clinic = {clinic.municipality_code for clinic, _ in clinic_figures if clinic.is_open(last)}
    places = []
    for municipality in region.north_to_south:
        code = municipality.code
        own = [pair for pair in clinic_figures if pair[0].municipality_code == code]
        place = _put_together(code, municipality.name, own, before, last)
        near = None if code in with_clinic else region.nearest(code, with_clinic)
        places.append(replace(place, children=children.get(code), nearest=near))
    return Places(
        last=last,
        places=tuple(places),
        county=_put_together("", "Länet", clinic_figures, before, last),
        population_year=population_year if children else None,
    )


def _put_together(
    code: str, name: str, clinic_figures: ClinicFigures, before: Mapping[str, Figure], last: Month
) -> MunicipalityAccess:
    earlier = {clinic.code: before[clinic.code] for clinic, _ in clinic_figures if clinic.code in before}
    open_ = tuple(clinic for clinic, _ in clinic_figures if clinic.is_open(last))
    now = {clinic.code for clinic, figures in clinic_figures if figures[PATIENTS].value is not None}
    then = {clinic for clinic, figure in earlier.items() if figure.value is not None}
    silent = sum(clinic.code in then - now for clinic in open_)
    return MunicipalityAccess(
        code=code,
        name=name,
        clinics=open_,
        figures=_together(clinic_figures),
        before=pooled(INDICATORS_BY_CODE[PATIENTS], earlier.values()),
        silent=silent,
        children=None,
        nearest=None,
    )


def _together(clinic_figures: ClinicFigures) -> Figures:
    return {i.code: pooled(i, (figures[i.code] for _, figures in clinic_figures)) for i in SHOWN}
