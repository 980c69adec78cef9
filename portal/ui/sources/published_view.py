"""Published figures on Regionens källor, folded: what is printed elsewhere beside what the portal has, and the way in."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.annual_report.chapters import SOURCES
from portal.domain.registry.rounding import half_up
from portal.domain.reporting.texts import plain
from portal.domain.sources import published
from portal.services.annual_report.points import part_label
from portal.services.insight import benchmarks
from portal.services.sources import published_figures
from portal.services.sources.published_figures import Comparison
from portal.ui.base import formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import acting, downloads, folds
from portal.ui.sources.sources_form_view import show_faults


LABELS = {
    published.FIELD: "Uppgift",
    published.PERIOD: "Period",
    published.VALUE: "Publicerat värde",
    published.SOURCE: "Källa",
    published.ISSUED: "Utgiven (år)",
    published.PROVENANCE: "Sida eller tabell",
}
PERIODS = "2024, 2024-11 eller 2024-01..2024-11 (månadernas medel)"
HEADINGS = ("Uppgift", "Period", "Publicerat", "Portalen", "Skillnad", "Källa")


def show(user: User, year: int) -> None:
    """Show what is printed of the year beside the portal's figures, and how more is entered; for the region."""
    with folds.on_demand("Publicerade tal bredvid portalens", key=f"published-{year}") as is_open:
        if not is_open:
            return
        comparisons = published_figures.comparisons(portal(), user, year)
        if comparisons:
            rows = [_row(comparison) for comparison in comparisons]
            st.html(markup.table(HEADINGS, rows, caption=_caption(comparisons)))
        else:
            st.text(f"Inget publicerat tal för {year} är infört.")
        _show_form(year)
        _show_file(user, year)
        if comparisons:
            _show_withdrawing(year, comparisons)


def _caption(comparisons: list[Comparison]) -> str:
    differing = sum(comparison.beside.differs for comparison in comparisons)
    agreeing = sum(comparison.beside.computed is not None for comparison in comparisons) - differing
    return f"{agreeing} av {len(comparisons)} stämmer med portalens, {differing} skiljer sig"


def _row(comparison: Comparison) -> markup.TableRow:
    printed, beside = comparison.printed, comparison.beside
    basis = printed.basis if printed.version else ""  # what came with the portal has notes for its makers
    small = ", ".join(filter(None, (_part(printed), basis)))
    return markup.row(
        TableCell(printed.label, small=small),
        printed.period.replace(published.RUN, "–"),
        _value(printed.value, printed.unit),
        _value(beside.computed, printed.unit),
        _difference(beside),
        TableCell(_source(printed), small=printed.provenance),
    )


def _value(value: float | None, unit: str) -> TableCell:
    return markup.missing("–") if value is None else numeric(f"{formats.exact(half_up(value, 1))} {unit}")


def _difference(beside: benchmarks.PublishedBeside) -> TableCell:
    if beside.difference is None:
        return markup.missing("–")
    return numeric(formats.signed(beside.difference, 1) if beside.differs else "ingen")


def _part(printed: published.PublishedFigure) -> str:
    return part_label(printed.breakdown) if printed.breakdown else ""


def _source(printed: published.PublishedFigure) -> str:
    return ", ".join(filter(None, (SOURCES.get(printed.source, printed.source), printed.issued)))


def _show_form(year: int) -> None:
    with st.form(session.form_name(f"published-form-{year}"), border=False):
        st.markdown("**För in ett publicerat tal**")
        keys = {column: f"published-{year}-{column}" for column in LABELS}
        with st.container(horizontal=True):
            for column, label in LABELS.items():
                if column == published.FIELD:
                    st.selectbox(label, list(published.LABELS.values()), key=keys[column])
                else:
                    period = PERIODS if column == published.PERIOD else None
                    st.text_input(label, key=f"published-{year}-{column}", width=230, help=period)
        st.form_submit_button("För in talet", on_click=_enter, args=(year, keys))


@acting.acting
def _enter(user: User, year: int, keys: dict[str, str]) -> None:
    texts = {column: session.value_of(key) for column, key in keys.items()}
    figure = published_figures.enter(portal(), user, texts)
    session.start_next_form(f"published-form-{year}")
    session.forget_texts(f"published-{year}-")
    session.note_message(f"{figure.label} {figure.period} är infört.")


def _show_file(user: User, year: int) -> None:
    downloads.offer(
        "Mall med det som är infört (CSV)",
        name=f"publicerat-{year}.csv",
        make=lambda clicker: published_figures.template_csv(portal(), clicker, year),
    )
    file = st.file_uploader(
        "Fil med publicerade tal (Excel eller CSV, högst 2 MB)",
        key=session.uploader_key(f"published-file-{year}"),
    )
    if file is None:
        refusals.say_lost_file()
        return
    upload = published_figures.preview(portal(), user, name=file.name, content=file.getvalue())
    if upload.problems:
        show_faults(upload.problems)
        return
    st.markdown(
        f"**{formats.plural(len(upload.new), 'nytt eller ändrat tal', 'nya eller ändrade tal')}** i filen."
    )
    if upload.new:
        arguments = (upload.name, file.getvalue())
        st.button(
            "Läs in talen", type="primary", on_click=_commit, args=arguments, key=f"published-read-{year}"
        )


@acting.acting
def _commit(user: User, name: str, content: bytes) -> None:
    count = published_figures.commit(portal(), user, name=name, content=content)
    session.start_next_upload()
    session.note_message(
        f"{formats.plural(count, 'publicerat tal är infört', 'publicerade tal är införda')}."
    )


def _show_withdrawing(year: int, comparisons: list[Comparison]) -> None:
    by_key = {" ".join(comparison.printed.key): comparison.printed for comparison in comparisons}
    chosen = st.selectbox(
        "Ta bort ett tal som inte ska jämföras",
        list(by_key),
        index=None,
        format_func=lambda key: plain(f"{by_key[key].label} {_part(by_key[key])} {by_key[key].period}"),
        key=f"published-out-{year}",
    )
    if chosen:
        st.button(
            "Ta bort talet", on_click=_withdraw, args=(by_key[chosen].key,), key=f"published-out-{year}-yes"
        )


@acting.acting
def _withdraw(user: User, key: tuple[str, str, str]) -> None:
    published_figures.withdraw(portal(), user, key)
    session.note_message("Talet är borttaget ur jämförelsen. Det står kvar i händelseloggen.")
