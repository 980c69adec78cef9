"""What the annual report's chapters say first: the region's figures against the year before and as printed."""

from portal.domain.annual_report.headlines import HeadlineFigure
from portal.domain.registry.indicators import Kind
from portal.ui.base import formats
from portal.ui.base.tiles import NumberTile


SHORT = {  # what a passage is called in the contents, where its heading is long
    "3": "Mottagningar",
    "4.1": "SIP",
    "4.2": "Säker vård",
    "4.3": "Patienter",
    "4.4": "C-GAS",
    "4.5.1": "Telefon",
    "4.5.2": "Första besök",
    "4.5.3": "Utredning",
    "4.5.4": "Behandling",
    "4.5.5": "Video",
    "4.6": "Jämlik vård",
    "4.7": "Köer",
    "4.8": "Avtalet",
    "6": "Utveckling",
}
AGREES = "som portalen räknar"
MONTHS = "mån"


def numbers(headlines: list[HeadlineFigure]) -> list[NumberTile]:
    """Return a tile per figure; of one alone its change and the printed one have tiles of their own."""
    if len(headlines) != 1:
        return [_whole(headline) for headline in headlines]
    (headline,) = headlines
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


def change(headline: HeadlineFigure) -> str:
    """`−30 procentenheter från 64 % år 2023 · ▼ sämre`; nothing where there is nothing to compare with."""
    amount, mark = headline.change, headline.mark
    if amount is None:
        return ""
    earlier = f"från {value(headline, headline.before)} år {_year_before(headline)}"
    if mark is None:
        return f"oförändrat {earlier}"
    return f"{formats.changed(headline.indicator, amount)} {earlier} · {mark.symbol}\u00a0{mark.label}"


def css(headline: HeadlineFigure) -> str:
    return str(headline.mark or "") if headline.now.value is not None else "missing"


def _year_before(headline: HeadlineFigure) -> int:
    return int(headline.now.period) - 1


def _whole(headline: HeadlineFigure) -> NumberTile:
    return NumberTile(
        label=headline.indicator.label,
        value=value(headline, headline.now.value),
        detail=change(headline),
        css="" if headline.now.value is not None else css(headline),
    )


def _own(headline: HeadlineFigure) -> NumberTile:
    now = headline.now
    cases = ""
    if headline.indicator.is_share and now.denominator:
        cases = f", {formats.number(now.numerator)} av {formats.number(now.denominator)}"
    return NumberTile(
        label=headline.indicator.label,
        value=value(headline, now.value),
        detail=f"{now.period}, {now.basis}{cases}" if now.value is not None else now.period,
        css="" if now.value is not None else css(headline),
    )


def _moved(headline: HeadlineFigure) -> list[NumberTile]:
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
        NumberTile(
            label=f"mot {_year_before(headline)}",
            value=number if mark else "oförändrat",
            detail=detail,
            css=css(headline),
        )
    ]


def _printed(headline: HeadlineFigure) -> list[NumberTile]:
    if headline.published is None:
        return []
    printed = formats.value(headline.indicator, headline.published)
    own = formats.value(headline.indicator, headline.now.value)
    return [
        NumberTile(label="Publicerat", value=printed, detail=AGREES if printed == own else f"beräknat {own}")
    ]
