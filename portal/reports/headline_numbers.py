"""What stands above a chapter in large figures: the region's, against the year before and as printed."""

from dataclasses import dataclass

from portal import formats
from portal.domain.annual_report import headlines
from portal.domain.annual_report.content import SUMMARY, AnnualReport, Section
from portal.domain.annual_report.headlines import HeadlineFigure
from portal.domain.registry.indicators import Kind


AGREES = "som portalen räknar"
MONTHS = "mån"


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineNumber:
    """One large figure with what is said of it; `css` is its mark: better, worse, missing."""

    label: str
    value: str
    detail: str = ""
    css: str = ""


def above(section: Section, report: AnnualReport) -> list[HeadlineNumber]:
    """Return the numbers that open a section: of the summary, the year's largest changes."""
    if section.passage == SUMMARY:
        return [_whole(figure) for figure in headlines.messages(headlines.of_report(report))]
    return numbers(headlines.of_section(section, report))


def numbers(figures: list[HeadlineFigure]) -> list[HeadlineNumber]:
    """Return a number per figure; of one alone its change and the printed one stand for themselves."""
    if len(figures) != 1:
        return [_whole(headline) for headline in figures]
    (headline,) = figures
    return [_own(headline), *_moved(headline), *_printed(headline)]


def value(headline: HeadlineFigure, amount: float | None) -> str:
    """`80 %`, `3 av 4`, `7,4 mån`, or in words why there is none."""
    indicator, now = headline.indicator, headline.now
    if amount is None:
        return now.reason
    if indicator.kind is Kind.RATIO:
        return f"{formats.number(amount)} av {formats.number(now.denominator)}"
    unit = f"\u00a0{MONTHS}" if indicator.kind is Kind.QUOTIENT else ""
    return f"{formats.value(indicator, amount)}{unit}"


def change(headline: HeadlineFigure, *, names_year: bool = True) -> str:
    """`−30 procentenheter från 64 % (2023) · ▼ sämre`; nothing where there is nothing to compare with.

    Among several figures of the report's own year the year before is not named, nor months beside a value in months.
    """
    amount, mark = headline.change, headline.mark
    if amount is None:
        return ""
    earlier = f"från {value(headline, headline.before)}"
    if names_year:
        earlier = f"{earlier} ({_year_before(headline)})"
    elif headline.indicator.kind is Kind.QUOTIENT:
        earlier = earlier.removesuffix(f"\u00a0{MONTHS}")
    if mark is None:
        return f"oförändrat {earlier}"
    why = f": {headline.why}" * bool(headline.why)
    step = formats.changed(headline.indicator, amount)
    if headline.indicator.kind is Kind.QUOTIENT:
        step = step.partition("\u00a0")[0]  # `−1,8 från 8,4 mån`: the unit stands once
    return f"{step} {earlier}{_in_the_same(headline)} · {mark.symbol}\u00a0{mark.label}{why}"


def _in_the_same(headline: HeadlineFigure) -> str:
    """`, +7 % i samma mottagningar`: without those that one of the years has nothing of."""
    return "" if headline.same is None else f", {formats.signed(headline.same)}\u00a0% i samma mottagningar"


def css(headline: HeadlineFigure) -> str:
    return str(headline.mark or "") if headline.now.value is not None else "missing"


def _year_before(headline: HeadlineFigure) -> int:
    return int(headline.now.period) - 1


def _whole(headline: HeadlineFigure) -> HeadlineNumber:
    """Return one of several figures; the report's title says the year, once for them all."""
    return HeadlineNumber(
        label=headline.indicator.label,
        value=value(headline, headline.now.value),
        detail=change(headline, names_year=False),
        css="" if headline.now.value is not None else css(headline),
    )


def _own(headline: HeadlineFigure) -> HeadlineNumber:
    now = headline.now
    cases = ""
    if headline.indicator.is_share and now.denominator:
        cases = f", {formats.number(now.numerator)} av {formats.number(now.denominator)}"
    return HeadlineNumber(
        label=headline.indicator.label,
        value=value(headline, now.value),
        detail=f"{now.period}, {now.basis}{cases}" if now.value is not None else now.period,
        css="" if now.value is not None else css(headline),
    )


def _moved(headline: HeadlineFigure) -> list[HeadlineNumber]:
    amount, mark = headline.change, headline.mark
    if amount is None:
        return []
    number, _, unit = formats.changed(headline.indicator, amount).partition("\u00a0")
    if unit == "%":
        number, unit = f"{number}\u00a0%", ""
    parts = [
        unit,
        f"från {value(headline, headline.before)}",
        f"{mark.symbol}\u00a0{mark.label}" if mark else "",
    ]
    detail = ", ".join(part for part in parts if part)
    return [
        HeadlineNumber(
            label=f"mot {_year_before(headline)}",
            value=number if mark else "oförändrat",
            detail=detail,
            css=css(headline),
        ),
        *_of_the_same(headline),
    ]


def _of_the_same(headline: HeadlineFigure) -> list[HeadlineNumber]:
    """Return the change without new and lost clinics, as large as the one with them."""
    if headline.same is None:
        return []
    return [HeadlineNumber(label="i samma mottagningar", value=f"{formats.signed(headline.same)}\u00a0%")]


def _printed(headline: HeadlineFigure) -> list[HeadlineNumber]:
    if headline.published is None:
        return []
    printed = formats.value(headline.indicator, headline.published)
    own = formats.value(headline.indicator, headline.now.value)
    return [
        HeadlineNumber(
            label="Publicerat", value=printed, detail=AGREES if printed == own else f"beräknat {own}"
        )
    ]
