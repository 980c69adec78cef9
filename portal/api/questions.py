"""What may stand after the question mark of an address, each with the words that say how it is written."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams

from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.months import Month
from portal.services.programs.figures import FigureChoice, Stretch


MOST_ROWS, USUAL_ROWS, LAST_PAGE = 10_000, 1_000, 100_000
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
CODES = frozenset(indicator.code for indicator in MONTHLY_INDICATORS)


class BadQuestion(Exception):
    """The address asks for something that there is not; the message is Swedish and can be shown."""


def _checked_month(text: str) -> str:
    try:
        Month.parse(text)
    except ValueError:
        raise PydanticCustomError("month", "no month") from None
    return text


def _checked_indicator(code: str) -> str:
    if code not in CODES:
        raise PydanticCustomError("indicator", "no indicator")
    return code


MonthText = Annotated[
    str, AfterValidator(_checked_month), WithJsonSchema({"type": "string", "pattern": MONTH})
]
IndicatorCode = Annotated[
    str, AfterValidator(_checked_indicator), WithJsonSchema({"type": "string", "enum": sorted(CODES)})
]


class Question(BaseModel):
    """What may be asked of every resource: the format, and which page of how many rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["json", "csv"] = Field("json", description="json eller csv (för svenskt Excel)")
    page: int = Field(1, ge=1, le=LAST_PAGE, description=f"sidans nummer, 1–{LAST_PAGE}")
    size: int = Field(USUAL_ROWS, ge=1, le=MOST_ROWS, description=f"rader per sida, 1–{MOST_ROWS}")

    @property
    def stretch(self) -> Stretch:
        return Stretch(start=(self.page - 1) * self.size, most=self.size)

    @property
    def choice(self) -> FigureChoice:
        return FigureChoice()


class ReleaseQuestion(Question):
    """Which indicator and months besides."""

    indicator: IndicatorCode = Field("", description="en indikators kod, som i /indicators")
    first: MonthText = Field("", description="första månaden, som 2025-01")
    last: MonthText = Field("", description="sista månaden, som 2025-12")

    @property
    def choice(self) -> FigureChoice:
        first, last = (Month.parse(text) if text else None for text in (self.first, self.last))
        return FigureChoice(indicator=self.indicator, first=first, last=last)


class FigureQuestion(ReleaseQuestion):
    """Which clinic besides."""

    clinic: str = Field("", min_length=1, max_length=100, description="en mottagnings kod, som i /clinics")

    @property
    def choice(self) -> FigureChoice:
        return replace(super().choice, clinic=self.clinic)


def asked(kind: type[Question], parameters: QueryParams) -> Question:
    """Return what is asked; raises BadQuestion, in words, for the first thing that is wrong."""
    pairs = parameters.multi_items()
    names = [name for name, _ in pairs]
    fields = kind.model_fields
    if unknown := set(names) - fields.keys():
        raise BadQuestion(f"{len(unknown)} parameter finns inte. Här finns: {', '.join(fields)}.")
    for name in fields:
        if names.count(name) > 1:
            raise BadQuestion(f"Parametern {name} får stå en gång.")
    try:
        return kind.model_validate(dict(pairs))
    except ValidationError as fault:
        name = str(fault.errors()[0]["loc"][0])
        raise BadQuestion(f"Parametern {name} skrivs så: {fields[name].description}.") from None
