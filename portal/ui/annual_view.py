"""The parts of Årsuppföljning: the report's chapters in order, computed and published side by side."""

import json

import streamlit as st

from portal.domain.annual import Figure
from portal.domain.clinics import Clinic
from portal.domain.indicators import PATIENTS, Indicator, Kind
from portal.domain.report import CHAPTERS, Chapter
from portal.domain.values import change
from portal.services import benchmarks, exports
from portal.services.benchmarks import PublishedBeside, Year, YearOfIndicator
from portal.ui import charts, formats, frame, markup, sentences
from portal.ui.context import portal
from portal.ui.markup import Cell, numeric


BREAKDOWNS = {
    "operator": "Regi",
    "problem": "Huvudproblem",
    "sex": "Kön",
    "age": "Ålder",
    "contacted": "Kontaktade mottagningar",
    "visited": "Tog emot besök",
}
WORDS = {"private": "privat"}
SMALL_COUNT = 10
SOURCES = {
    "000_f0e29728e9599efc.txt": "Årsuppföljning Vårdval BUP Dalarna 2024",
    "002_eeee97d56b81d921.txt": "SVT Nyheter Dalarna",
}


def choose_year() -> int:
    years = benchmarks.years(portal())
    return st.selectbox("År", years, index=1 if len(years) > 1 else 0)


def show_title(year: Year) -> None:
    st.title(f"Årsuppföljning {year.year}")
    upto = "" if year.last_month.number == 12 else f" till och med {year.last_month.label}"
    st.caption(
        f"Vårdval BUP, Region Dalarna. Räknat på det som är inskickat{upto}. Publicerade värden står bredvid "
        "de beräknade, med sin källa."
    )


def show_summary(year: Year) -> None:
    """Show the chapters' headline figures in one table, before the chapters."""
    rows = [
        _summary_row(year.of(indicator.code), chapter)
        for chapter in CHAPTERS
        for indicator in chapter.indicators
    ]
    headings = (
        "Indikator",
        "Kapitel",
        str(year.year),
        str(year.year - 1),
        "Förändring",
        "Publicerat",
        "Grund",
    )
    st.html(markup.table(headings, rows, caption="Alla huvudsiffror. Kapitlen med varje mottagning följer."))


def _summary_row(found: YearOfIndicator, chapter: Chapter) -> markup.Row:
    indicator = found.indicator
    return markup.row(
        indicator.label,
        chapter.number,
        _regional(indicator, found),
        numeric(formats.value(indicator, found.before.value))
        if found.before.value is not None
        else markup.missing(formats.reason(found.before.reason)),
        numeric(_change(found)),
        numeric(_printed(found)),
        indicator.headline.label,
    )


def _regional(indicator: Indicator, found: YearOfIndicator) -> Cell:
    if found.region.value is None:
        return markup.missing(formats.reason(found.region.reason))
    if indicator.kind is Kind.RATIO:
        return numeric(f"{formats.number(found.region.value)} av {formats.number(found.region.denominator)}")
    return numeric(formats.value(indicator, found.region.value))


def _change(found: YearOfIndicator) -> str:
    if found.indicator.kind is Kind.QUOTIENT:
        if found.region.value is None or found.before.value is None:
            return "–"
        return formats.signed(found.region.value - found.before.value, 1)
    return formats.change(found.change, in_points=found.change_is_points)


def _printed(found: YearOfIndicator) -> str:
    whole = [row for row in found.published if not row.breakdown and ".." not in row.period]
    if not whole:
        return "–"
    if whole[0].published is None:
        return "inget underlag"
    return formats.value(found.indicator, whole[0].published)


def show_chapters(year: Year) -> None:
    """Show every chapter; one element, since each costs the browser and the server a message."""
    st.html("".join(_chapter(chapter, year) for chapter in CHAPTERS))


def _chapter(chapter: Chapter, year: Year) -> str:
    parts = [markup.heading(2 if chapter.level < 3 else 3, f"{chapter.number} {chapter.title}")]
    if chapter.text:
        parts.append(markup.paragraph(chapter.text))
    if chapter.number == "3":
        parts += _clinics(year)
    parts += [part for indicator in chapter.indicators for part in _indicator(year.of(indicator.code), year)]
    return "".join(parts)


def _clinics(year: Year) -> list[str]:
    beside = next((row for row in year.published if row.indicator == "clinics"), None)
    count = sum(_was_open(clinic, year.year) for clinic in year.clinics)
    private = sum(_was_open(clinic, year.year) and clinic.operator == "private" for clinic in year.clinics)
    text = f"{count} mottagningar i registret var öppna under {year.year}, varav {private} i privat regi."
    opened = [
        f"{clinic.name} ({clinic.opened.label})"
        for clinic in year.clinics
        if clinic.opened and clinic.opened.year == year.year
    ]
    parts = [markup.paragraph(text + (f" Nya under året: {', '.join(opened)}." if opened else ""))]
    if beside:
        note = (
            f"Rapportens tabell har {formats.number(beside.published)} rader. Rapporten nämner också en "
            "mottagning som gick i konkurs i slutet av 2024; den är inte namngiven och finns inte i registret."
        )
        parts.append(markup.paragraph(note, css="note"))
    return parts


def _was_open(clinic: Clinic, year: int) -> bool:
    began = clinic.opened is None or clinic.opened.year <= year
    return began and (clinic.closed is None or clinic.closed.year >= year)


def _indicator(found: YearOfIndicator, year: Year) -> list[str]:
    indicator = found.indicator
    parts = [markup.paragraph(sentences.year_sentence(found, year.year), lead=f"{indicator.label}.")]
    if bases := sentences.bases(indicator, found.region):
        parts.append(markup.paragraph(bases))
    if indicator.code == PATIENTS and found.like_for_like:
        parts.append(markup.paragraph(sentences.like_for_like(*found.like_for_like)))
    if found.clinics:
        parts.append(_clinic_table(found, year))
    if found.breakdowns:
        parts.append(_breakdown_table(found, year))
    if any(not row.breakdown for row in (*found.published, *found.published_before)):
        parts.append(_published_table(found))
    if indicator.caveat:
        parts.append(markup.paragraph(indicator.caveat, css="note"))
    return parts


def _clinic_table(found: YearOfIndicator, year: Year) -> str:
    indicator = found.indicator
    drawn = [charts.comparable_value(indicator, now) or 0 for _, now, _ in found.clinics]
    longest = max(drawn) or 1
    rows = [
        _clinic_row(found, clinic, now, before, bar=value / longest)
        for (clinic, now, before), value in zip(found.clinics, drawn, strict=True)
    ]
    rows.append(
        markup.row(
            "Regionen",
            _regional(indicator, found),
            numeric(formats.value(indicator, found.before.value))
            if found.before.value is not None
            else markup.missing(formats.reason(found.before.reason)),
            numeric(_change(found)),
            numeric(_basis(indicator, found.region.rate, found.region.numerator, found.region.denominator)),
            css="total",
        )
    )
    headings = [
        "Mottagning",
        str(year.year),
        str(year.year - 1),
        "Förändring",
        f"Per 100 patienter {year.year}" if indicator.is_rate else f"Underlag {year.year}",
    ]
    if indicator.code == PATIENTS:  # neither a rate nor a share: nothing to say in the last column
        headings.pop()
        rows = [markup.Row(row.cells[:-1], row.css) for row in rows]
    figure = f"Figur {indicator.figure}. " if indicator.figure else ""
    return markup.table(
        headings, rows, caption=f"{figure}{indicator.label} per mottagning ({indicator.unit})"
    )


def _clinic_row(
    found: YearOfIndicator, clinic: Clinic, now: Figure, before: Figure, *, bar: float
) -> markup.Row:
    indicator = found.indicator
    basis = _basis(indicator, now.rate, now.numerator, now.denominator)
    # The bar shows what clinics are compared by: the rate for counts, otherwise the value.
    on_rate = indicator.is_rate
    return markup.row(
        clinic.report_name,
        _value(indicator, now, bar=None if on_rate else bar),
        _value(indicator, before),
        numeric(_clinic_change(indicator, now, before)),
        Cell(basis, css="num", bar=bar if on_rate and now.rate is not None else None),
    )


def _value(indicator: Indicator, figure: Figure, *, bar: float | None = None) -> Cell:
    if figure.value is None:
        return markup.missing(formats.reason(figure.reason))
    return Cell(formats.value(indicator, figure.value), css="num", bar=bar)


def _clinic_change(indicator: Indicator, now: Figure, before: Figure) -> str:
    if now.value is None or before.value is None:
        return "–"
    if indicator.kind is Kind.QUOTIENT:
        return formats.signed(now.value - before.value, 1)
    if not indicator.is_share and before.value < SMALL_COUNT:
        return "–"  # a percentage of a handful says nothing
    moved = change(now.value, before.value, in_points=indicator.is_share)
    return formats.change(moved, in_points=indicator.is_share)


def _basis(
    indicator: Indicator, rate: float | None, numerator: float | None, denominator: float | None
) -> str:
    if indicator.is_rate:
        return formats.number(rate, 1)
    if indicator.denominator is None or numerator is None or denominator is None:
        return "–"
    digits = 0 if indicator.is_share else 1
    return f"{formats.number(numerator)} av {formats.number(denominator, digits)}"


def _breakdown_table(found: YearOfIndicator, year: Year) -> str:
    printed = {row.breakdown: row.published for row in found.published}
    rows = []
    for name, (now, before) in sorted(found.breakdowns.items()):
        kind, _, part = name.partition(":")
        heading = (
            f"{BREAKDOWNS.get(kind, kind)}: {WORDS.get(part, part)}" if part else BREAKDOWNS.get(kind, kind)
        )
        figures = (formats.number(now), formats.number(before), formats.number(printed.get(name)))
        rows.append(markup.row(heading, *map(numeric, figures)))
    headings = ("Indelning", str(year.year), str(year.year - 1), f"Publicerat {year.year}")
    return markup.table(headings, rows, caption=f"{found.indicator.label}, varje indelning för sig")


def _published_table(found: YearOfIndicator) -> str:
    rows = [
        _published_row(found.indicator, row)
        for row in (*found.published, *found.published_before)
        if not row.breakdown
    ]
    return markup.table(
        ("Period", "Publicerat", "Beräknat", "Skillnad", "Källa"), rows, caption="Publicerat bredvid beräknat"
    )


def _published_row(indicator: Indicator, row: PublishedBeside) -> markup.Row:
    difference = "–"
    if row.difference is not None:
        rounded = round(row.difference)
        difference = "ingen" if rounded == 0 else formats.signed(rounded)
    is_mean = ".." in row.period
    return markup.row(
        Cell(row.period.replace("..", " till "), small="medel per månad" if is_mean else ""),
        numeric("inget underlag" if row.published is None else formats.value(indicator, row.published)),
        numeric("inget underlag" if row.computed is None else formats.value(indicator, row.computed)),
        numeric(difference),
        SOURCES.get(row.source, row.source),
    )


def show_download(year: Year) -> None:
    st.download_button(
        "Ladda ner årets siffror (JSON)",
        data=lambda: json.dumps(exports.year_as_json(year), ensure_ascii=False, indent=2),
        file_name=frame.file_name(f"arsuppfoljning-{year.year}.json"),
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        "Ladda ner årets siffror (CSV)",
        data=lambda: exports.year_as_csv(year),
        file_name=frame.file_name(f"arsuppfoljning-{year.year}.csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
