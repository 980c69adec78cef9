"""Sentences about the year, made from the figures by rules, with the words that the region uses."""

from collections.abc import Mapping, Sequence

from portal import formats
from portal.domain.annual_report.headlines import MOST_SENTENCES, importance, surprise
from portal.domain.annual_report.wording import change_words
from portal.domain.registry.annual import has_few_cases
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.values import MissingReason, change
from portal.services.insight.benchmarks import Year, YearOfIndicator


def of_indicator(indicator_year: YearOfIndicator, year: Year) -> list[str]:
    """Return what is said about one indicator's year: the figure with its change, then its bases."""
    if indicator_year.indicator.code == "medicine_unit_visits":
        return [medicine_unit(indicator_year, year.year)]
    sentences = [year_sentence(indicator_year, year)]
    if text := bases(indicator_year):
        sentences.append(text)
    if indicator_year.indicator.code == "patient_board_cases":
        sentences += patient_board(indicator_year, year.year)
    return sentences


def year_sentence(indicator_year: YearOfIndicator, year: Year, *, is_short: bool = False) -> str:
    """Say the year's figure and its change, after the pattern of the region's report, or shorter for its summary.

    A sum of some months stands alone: less than the whole year before is no decrease.
    """
    indicator, now = indicator_year.indicator, indicator_year.region
    if indicator.kind is Kind.INDEX and (parts := _index_parts(indicator_year)):
        return f"{indicator.label} {year.year}: {parts}."
    if now.value is None:
        return f"{indicator.label}: för {year.year} finns inget värde ({formats.reason(now.reason)})."
    start = _opening(indicator, year, now.value)
    if not indicator_year.is_comparable:
        return f"{start}."
    if indicator_year.before.value is None:
        return f"{start}.{_why_no_year_before(indicator_year, year.year - 1)}"
    return f"{start}, {_beside_year_before(indicator_year, year.year - 1, is_short=is_short)}."


def _index_parts(indicator_year: YearOfIndicator) -> str:
    """Return each dimension with its index, beside the enquiry before: `Tillgänglighet 71,5 (69,0 år 2022)`."""
    parts = []
    for name, (now, before) in sorted(indicator_year.breakdowns.items()):
        if now is None:
            continue
        part = f"{name.partition(':')[2]} {formats.number(now, 1)}"
        if before is not None:
            part += f" ({formats.number(before, 1)} år {indicator_year.year_before})"
        parts.append(part)
    return ", ".join(parts)


def _why_no_year_before(indicator_year: YearOfIndicator, year: int) -> str:
    """Give the reason, unless no clinic had begun then: that needs no saying."""
    has_before = any(earlier.value is not None for _, _, earlier in indicator_year.clinics)
    if indicator_year.indicator.from_clinics and not has_before:
        return ""
    return f" För {year}: {formats.reason(indicator_year.before.reason)}."


def _beside_year_before(indicator_year: YearOfIndicator, year: int, *, is_short: bool) -> str:
    indicator = indicator_year.indicator
    when = f"vid slutet av {year}" if indicator.is_snapshot else f"under {year}"
    earlier = f"{formats.value(indicator, indicator_year.before.value)} {when}"
    if indicator.kind is Kind.QUOTIENT or indicator_year.change is None:
        return f"mot {earlier}"
    words = change_words(indicator_year.change, in_points=indicator.is_share)
    if not words:
        return f"i nivå med {earlier}"
    if is_short:
        return f"{words} från {earlier}"
    size = formats.changed(indicator, indicator_year.change)
    return f"vilket är {words} jämfört med {earlier} ({size})"


def _opening(indicator: Indicator, year: Year, value: float) -> str:
    figure = formats.value(indicator, value)
    when = year.end if indicator.is_snapshot else year.span
    if not indicator.from_clinics:
        when = str(year.year)
    if indicator.opening:
        return indicator.opening.format(year=when, value=figure)
    unit = "" if indicator.is_share else f" {indicator.unit}"
    return f"{indicator.label} {when}: {figure}{unit}"


def bases(indicator_year: YearOfIndicator) -> str:
    """Name both averages of a share with how many cases they rest on; of a sum whose it is, where not all have one."""
    figure = indicator_year.region
    clinics = _clinics_behind(indicator_year)
    if not indicator_year.indicator.is_share:
        is_of_some = figure.value is not None and " av " in clinics
        return f"Summan gäller {clinics}." if is_of_some else ""
    if figure.pooled is None:
        return ""
    cases = f" ({formats.number(figure.numerator)} av {formats.number(figure.denominator)})"
    parts = [f"sammanslaget {formats.percent(figure.pooled, 1)}{cases if figure.denominator else ''}"]
    if figure.mean_of_clinics is not None:
        parts.append(f"medeltal per mottagning {formats.percent(figure.mean_of_clinics, 1)}")
    text = ", ".join(parts)
    return text[0].upper() + text[1:] + f" ({clinics})."


def _clinics_behind(indicator_year: YearOfIndicator) -> str:
    """Return how many clinics stand behind the region's figure: `11 mottagningar`, `9 av 11 mottagningar`."""
    behind = indicator_year.region.clinics
    not_open = (MissingReason.NOT_STARTED, MissingReason.CLOSED)
    count = sum(now.value is not None or now.reason not in not_open for _, now, _ in indicator_year.clinics)
    if not behind or behind >= count:
        return formats.plural(behind, "mottagning", "mottagningar")
    return f"{formats.number(behind)} av {formats.plural(count, 'mottagning', 'mottagningar')}"


def medicine_unit(indicator_year: YearOfIndicator, year: int) -> str:
    """Say how many clinics the medicine unit contacted, and how many of them took a visit."""
    region = indicator_year.region
    contacted, visited = region.denominator, region.numerator
    if contacted is None or visited is None:
        label = indicator_year.indicator.label
        return f"{label}: för {year} finns inget värde ({formats.reason(region.reason)})."
    return (
        f"Läkemedelsenheten har under {year} kontaktat {formats.number(contacted)} mottagningar som inte haft "
        f"något besök under {year - 1}. Av dessa har {formats.number(visited)} tagit emot besök."
    )


def patient_board(indicator_year: YearOfIndicator, year: int) -> list[str]:
    """Name each division of the cases for itself; they are never added or crossed."""
    cases = {name: now for name, (now, _) in indicator_year.breakdowns.items() if now is not None}
    sentences = []
    if (private := cases.get("operator:private")) is not None:
        sentences.append(f"Av ärendena {year} gällde {formats.number(private)} privata aktörer.")
    by_size = sorted(_parts_of("problem", cases), key=lambda part: (-part[1], part[0]))
    divisions = (
        ("Huvudproblem", by_size),
        ("Kön", _with_dashes(_parts_of("sex", cases))),
        ("Ålder", _with_dashes(_parts_of("age", cases))),
    )
    sentences += [f"{heading}: {_listed(parts)}." for heading, parts in divisions if parts]
    return sentences


def _parts_of(division: str, cases: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return one division's parts and their cases, in the order of their names."""
    start = f"{division}:"
    return [(name.removeprefix(start), cases[name]) for name in sorted(cases) if name.startswith(start)]


def _with_dashes(parts: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(part.replace("-", "–"), count) for part, count in parts]


def _listed(parts: list[tuple[str, float]]) -> str:
    return ", ".join(f"{part} ({formats.number(count)})" for part, count in parts)


def clinics(year: Year, open_clinics: Sequence[Clinic]) -> list[str]:
    """Say how many clinics there were, who runs them, and which opened and closed."""
    private = sum(clinic.operator == "private" for clinic in open_clinics)
    count = formats.number(len(open_clinics))
    return [
        f"Under {year.year} var {count} mottagningar öppna. Av dem drevs {formats.number(private)} i privat regi.",
        *_opened(year.year, open_clinics),
        *_closed(year.year, open_clinics),
    ]


def _opened(year: int, open_clinics: Sequence[Clinic]) -> list[str]:
    names = [
        f"{clinic.name} ({clinic.opened.name})"
        for clinic in open_clinics
        if clinic.opened and clinic.opened.year == year
    ]
    word = formats.plural(len(names), "ny mottagning", "nya mottagningar")
    return [f"Under {year} startade {word}: {', '.join(names)}."] if names else []


def _closed(year: int, open_clinics: Sequence[Clinic]) -> list[str]:
    sentences = []
    for clinic in open_clinics:
        if clinic.closed and clinic.closed.year == year:
            why = clinic.why_closed()
            closing = f"{clinic.name} stängde efter {clinic.closed.label}"
            sentences.append(f"{closing}: {why}." if why else f"{closing}.")
    return sentences


def growth(patients: YearOfIndicator, year: Year) -> list[str]:
    """Tell raw growth from that of the clinics that have both years."""
    sentences = []
    now, before = patients.region.value, patients.before.value
    if now is not None and before is not None:
        sentences.append(f"Alla mottagningar: {_moved(now, before)} mellan {year.year - 1} och {year.end}.")
    if patients.like_for_like:
        same_now, same_before, count = patients.like_for_like
        sentences.append(
            f"De {formats.number(count)} mottagningar som har värde båda åren: {_moved(same_now, same_before)}."
        )
    return [*sentences, *_with_one_year(patients, year)]


def _with_one_year(patients: YearOfIndicator, year: Year) -> list[str]:
    """Say how many patients the clinics have that one of the years has no value of: what is not like for like."""
    pairs = [(now.value, before.value) for _, now, before in patients.clinics]
    only_now = [now for now, before in pairs if now is not None and before is None]
    only_before = [before for now, before in pairs if before is not None and now is None]
    earlier = str(year.year - 1)
    counts = ((only_now, year.end, earlier), (only_before, earlier, year.end))
    return [
        f"Mottagningar utan värde för {missing} hade {formats.number(sum(values))} patienter vid slutet av {own}."
        for values, own, missing in counts
        if values
    ]


def _moved(now: float, before: float) -> str:
    moved = change(now, before, in_points=False)
    grown = "" if moved is None else f" ({formats.signed(moved, 1)}\u00a0%)"
    return f"från {formats.number(before)} till {formats.number(now)}{grown}"


def of_the_year(year: Year, indicators: Sequence[Indicator]) -> list[str]:
    """Return a sentence about each of the year's largest and most important changes, the weightiest first.

    Surprise times importance; a figure without a year before it is told last. The patients are weighed by the clinics
    that have both years: a new clinic's are no surprise.
    """
    years = [year.of(indicator.code) for indicator in indicators if indicator.kind is not Kind.INDEX]
    with_value = [of for of in years if of.region.value is not None and not has_few_cases(of.region)]
    ranked = sorted(with_value, key=lambda of: (-_weight(of), -importance(of.indicator)))
    return [year_sentence(of, year, is_short=True) for of in ranked[:MOST_SENTENCES]]


def _weight(indicator_year: YearOfIndicator) -> float:
    if indicator_year.change is None:
        return 0.0
    now, before = indicator_year.region.value, indicator_year.before.value
    if indicator_year.indicator.is_base and indicator_year.like_for_like:
        now, before, _ = indicator_year.like_for_like
    return surprise(indicator_year.indicator, now, before) * importance(indicator_year.indicator)
