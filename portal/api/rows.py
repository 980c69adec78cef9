"""The rows that programs read. The Swedish titles are the headings in CSV and stand in the description."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Target
from portal.domain.registry.measures import Measure, MeasureKind
from portal.domain.registry.rounding import for_rounding_again
from portal.domain.release.standing import Released
from portal.services.administration.exports import DECIMALS
from portal.services.programs.figures import ClinicFigure
from portal.services.programs.months import ClinicMonth


Number = int | float


class ProgramRow(BaseModel):
    """One row of an answer."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def headings(cls) -> list[str]:
        return [field.title or name for name, field in cls.model_fields.items()]


class ClinicRead(ProgramRow):
    clinic: str = Field(title="mottagning")
    name: str = Field(title="namn")
    municipality: str = Field(title="kommun")
    opened: str | None = Field(title="öppnade", description="månad som 2025-01; null: från början")
    closed: str | None = Field(title="stängde", description="sista månaden; null: öppen")

    @classmethod
    def of(cls, clinic: Clinic) -> "ClinicRead":
        return cls(
            clinic=clinic.code,
            name=clinic.name,
            municipality=clinic.municipality,
            opened=str(clinic.opened) if clinic.opened else None,
            closed=str(clinic.closed) if clinic.closed else None,
        )


class IndicatorRead(ProgramRow):
    indicator: str = Field(title="indikator")
    label: str = Field(title="namn")
    group: str = Field(title="grupp")
    unit: str = Field(title="enhet")
    basis: str = Field(title="grund", description="vilket regionalt värde som är huvudvärdet")
    better: str = Field(title="riktning")
    is_optional: bool = Field(title="frivillig")

    @classmethod
    def of(cls, indicator: Indicator) -> "IndicatorRead":
        return cls(
            indicator=indicator.code,
            label=indicator.label,
            group=indicator.group.label,
            unit=indicator.unit,
            basis=indicator.headline.label,
            better=indicator.better.label,
            is_optional=indicator.is_optional,
        )


class DefinitionRead(ProgramRow):
    code: str = Field(title="kod")
    kind: str = Field(title="slag", description="indikator eller mått")
    label: str = Field(title="namn")
    definition: str = Field(title="vad som räknas")
    unit: str = Field(title="enhet")
    numerator: str | None = Field(title="täljare", description="måttets kod")
    denominator: str | None = Field(title="nämnare", description="måttets kod")
    counts_rest: bool = Field(
        title="räknar resten", description="andelen är nämnaren utom täljaren, delat med nämnaren"
    )
    source: str = Field(title="källa")
    caveat: str = Field(title="att tänka på")
    target: str | None = Field(title="mål", description="det mål som gäller i dag")

    @classmethod
    def of_indicator(cls, indicator: Indicator, *, source: str, target: Target | None) -> "DefinitionRead":
        return cls(
            code=indicator.code,
            kind="indikator",
            label=indicator.label,
            definition=indicator.definition,
            unit=indicator.unit,
            numerator=indicator.numerator,
            denominator=indicator.denominator,
            counts_rest=indicator.counts_rest,
            source=source,
            caveat=indicator.caveat,
            target=target.text if target else None,
        )

    @classmethod
    def of_measure(cls, measure: Measure) -> "DefinitionRead":
        return cls(
            code=measure.code,
            kind="ögonblicksbild" if measure.kind is MeasureKind.STOCK else "flöde",
            label=measure.label,
            definition=measure.definition,
            unit=measure.unit,
            numerator=None,
            denominator=None,
            counts_rest=False,
            source="",
            caveat=measure.note,
            target=None,
        )


class MonthRead(ProgramRow):
    clinic: str = Field(title="mottagning")
    month: str = Field(title="månad")
    state: str = Field(title="läge")
    version: int = Field(title="version", description="0: inte skickad")
    last_day: date = Field(title="sista dag")
    release_date: date = Field(title="släppdag")
    is_released: bool = Field(title="släppt")

    @classmethod
    def of(cls, month: ClinicMonth) -> "MonthRead":
        return cls(
            clinic=month.clinic.code,
            month=str(month.own.month),
            state=month.own.state.label,
            version=month.own.version,
            last_day=month.own.last_day,
            release_date=month.release_date,
            is_released=month.is_released,
        )


class ReleasedRead(ProgramRow):
    month: str = Field(title="månad")
    indicator: str = Field(title="indikator")
    is_shown: bool = Field(
        title="visas", description="false: värdet visas inte, se definitionen av Visas inte"
    )
    value: Number | None = Field(title="värde", description="huvudvärdet; för antal summan")
    per_100_patients: Number | None = Field(title="per 100 patienter")
    pooled: Number | None = Field(title="sammanslaget")
    mean_of_clinics: Number | None = Field(title="medeltal per mottagning")

    @classmethod
    def of(cls, released: Released) -> "ReleasedRead":
        return cls(
            month=str(released.month),
            indicator=released.indicator,
            is_shown=released.is_shown,
            value=plain(released.value),
            per_100_patients=plain(released.rate),
            pooled=plain(released.pooled),
            mean_of_clinics=plain(released.mean_of_clinics),
        )


class FigureRead(ProgramRow):
    clinic: str = Field(title="mottagning")
    month: str = Field(title="månad")
    indicator: str = Field(title="indikator")
    value: Number | None = Field(title="värde")
    numerator: Number | None = Field(title="täljare")
    denominator: Number | None = Field(title="nämnare")
    per_100_patients: Number | None = Field(title="per 100 patienter")
    missing_reason: str | None = Field(title="skäl", description="varför värdet saknas; aldrig noll")
    region: Number | None = Field(
        title="regionen",
        description="det släppta värde som mottagningen jämförs med, för antal per 100 patienter; null: inget visas",
    )
    unit: str = Field(title="enhet")

    @classmethod
    def of(cls, row: ClinicFigure) -> "FigureRead":
        indicator, own = row.indicator, row.own
        return cls(
            clinic=row.clinic.code,
            month=str(row.month),
            indicator=indicator.code,
            value=plain(own.value),
            numerator=plain(own.numerator),
            denominator=plain(own.denominator),
            per_100_patients=plain(own.rate) if indicator.is_rate else None,
            missing_reason=own.reason.label if own.reason else None,
            region=plain(row.regional),
            unit=indicator.unit,
        )


def plain(value: float | None) -> Number | None:
    """With as many decimals as the pages' files, and whole numbers without: both formats say the same."""
    rounded = None if value is None else for_rounding_again(value, DECIMALS)
    return int(rounded) if rounded is not None and rounded == int(rounded) else rounded
