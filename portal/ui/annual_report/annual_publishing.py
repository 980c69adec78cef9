"""Freeze, publish and take out the annual report; and what has changed since it was frozen."""

import json

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.content import AnnualReport, ReportPoint
from portal.domain.annual_report.corrections import Changes, Difference
from portal.domain.annual_report.giveaway import Giveaway
from portal.domain.annual_report.readiness import Standing
from portal.domain.annual_report.small_numbers import SmallNumber, small_numbers
from portal.domain.reporting.texts import plain
from portal.reports.cover import Format
from portal.services.administration import exports
from portal.services.annual_report import documents, freezing, publishing, readiness
from portal.services.annual_report.documents import Edition
from portal.services.insight import benchmarks
from portal.ui.annual_report import (
    annual_arranging,
    annual_readiness,
    annual_view,
    annual_writing,
    small_numbers_view,
)
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import numeric
from portal.ui.page import acting, address, asking, downloads, frame
from portal.ui.page.asking import Question


MOST_CHANGES = 60
MAKE = "Gör dokumenten"
FREEZE, PUBLISH = "Fastställ …", "Publicera …"
WHY = "Varför rättas rapporten? Skälet står i den nya versionen"
FROZEN_IS = (
    "Siffror, texter, definitioner och vilka inlämningar de bygger på sparas, med en kontrollsumma.",
    "Senare rättelser ändrar inte den fastställda versionen: de blir en ny.",
    "Bara regionen ser den tills den publiceras.",
)
PUBLISHED_IS = (
    "Alla som loggar in kan läsa och hämta den, med siffror per mottagning.",
    "Patientnämndens ärenden visas aldrig per mottagning.",
    "Det går inte att ångra: en rättelse blir en ny version.",
)


def show_next_step(user: User, edition: Edition) -> None:
    """Offer what can be done with this state of the report, which asks first; for the region."""
    if not isinstance(user, RegionUser):
        return
    year, frozen = edition.report.year, edition.frozen
    if frozen is None:
        versions = freezing.list_frozen(portal(), user, year)
        if versions and versions[0].sha256 == documents.digest(portal(), edition):
            st.markdown(f"Oförändrat sedan version {versions[0].version}")
        elif st.button(FREEZE, type="primary", icon=":material/lock:"):
            asking.ask(_freezing_question(user, edition.report), _freeze, year)
    elif frozen.is_published:
        return
    elif freezing.waits_for_another(portal(), user, frozen):
        st.markdown("Du fastställde: en annan person publicerar")
    elif st.button(PUBLISH, type="primary", icon=":material/public:"):
        asking.ask(_publishing_question(user, edition), _publish, year, frozen.version, frozen.sha256)


def _freezing_question(user: User, report: AnnualReport) -> Question:
    year, unsaved = report.year, annual_writing.unsaved(report).values()
    items = readiness.of_report(portal(), user, year).items
    lacks = [f"{item.what}: {item.standing.label}" for item in items if item.standing is not Standing.READY]
    if unsaved:
        lacks.insert(0, f"**Text som inte är sparad kommer inte med:** {', '.join(sorted(set(unsaved)))}.")
    return Question(
        title=f"Fastställa årsuppföljningen {year}?",
        consequences=FROZEN_IS,
        missing=(*lacks, annual_readiness.STILL) if lacks else (),
        button=_freeze_button(year),
        why=WHY if freezing.list_frozen(portal(), user, year) else "",
    )


def _freeze_button(year: int) -> str:
    return f"Fastställ årsuppföljningen {year}"


def _publishing_question(user: User, edition: Edition) -> Question:
    disclosed = publishing.giveaway_of(portal(), user, edition.report)
    changes = freezing.changes_since(portal(), user, edition.report)
    version = edition.frozen.version if edition.frozen else 0
    remarks = [
        _few(edition),
        _giveaway(disclosed),
        f"{_count(changes)} efter fastställandet." if changes else "",
    ]
    return Question(
        title=f"Publicera årsuppföljningen {edition.report.year}, version {version}?",
        consequences=PUBLISHED_IS,
        missing=tuple(filter(None, remarks)),
        button=f"Publicera version {version}",
    )


def _few(edition: Edition) -> str:
    """Say how many figures rest on a handful, before they are shown to everybody: those of the list in the draft."""
    few = portal().rules.smallest_count
    count = sum(not number.is_share and number.cases is not None for number in _small_numbers(edition))
    return f"{formats.plural(count, 'litet tal', 'små tal')} bygger på 1–{few - 1} fall." if count else ""


def _small_numbers(edition: Edition) -> list[SmallNumber]:
    return small_numbers(edition.report, portal().rules)


def _giveaway(disclosed: Giveaway) -> str:
    """Say what this version and the months that the clinics read tell together of single clinics' months."""
    if not disclosed.months:
        return ""
    stocks = formats.plural(disclosed.stocks, "kö eller patientantal", "köer och patientantal")
    return (
        f"Med rapporten och regionens månadssummor kan andra uppskatta {formats.number(disclosed.close)} av "
        f"{formats.number(disclosed.months)} av mottagningarnas månadsvärden inom 10\u00a0% ({formats.number(disclosed.percent)}\u00a0%). "
        f"{stocks} i årets sista månad står exakt i rapporten."
    )


def show_state(user: User, edition: Edition) -> None:
    """Show how the draft stands before it is frozen, or a version since it was; for the region."""
    frozen = edition.frozen
    if frozen is None:
        annual_readiness.show(user, edition.report.year)
        small_numbers_view.show(edition)
        annual_arranging.show(user, edition.report.year)
        return
    st.html(markup.heading(2, "Om versionen"))
    st.markdown(f"Fastställd av {plain(frozen.frozen_by)} {formats.moment(frozen.frozen_at)}.")
    if frozen.published_at:
        st.markdown(
            f"Publicerad av {plain(frozen.published_by)} {formats.moment(frozen.published_at)}: "
            "alla inloggade kan läsa den."
        )
    if frozen.reason:
        st.markdown(
            plain(f"Rättat sedan version {frozen.version - 1}: {frozen.corrected}. Skäl: {frozen.reason}")
        )
    _show_changes(freezing.changes_since(portal(), user, edition.report))
    small_numbers_view.show(edition)
    st.caption(f"Kontrollsumma {frozen.sha256}")


def _show_changes(changes: Changes) -> None:
    if not changes:
        st.markdown(":material/check: Inget är ändrat efter fastställande.")
        return
    st.markdown(f":material/update: **{_count(changes)}** efter fastställandet.")
    rows = [_change_row(difference) for difference in changes.figures[:MOST_CHANGES]]
    headings = ("Siffra", "Avsnitt", "Gäller", "Period", "Fastställt", "Nu")
    if rows:
        st.html(markup.table(headings, rows, caption=_caption(len(changes.figures))))
    for section in changes.texts:
        st.markdown(f"{plain(section.heading)} läses annorlunda.")


def _count(changes: Changes) -> str:
    parts = []
    if changes.figures:
        parts.append(formats.plural(len(changes.figures), "siffra", "siffror"))
    if changes.texts:
        parts.append(formats.plural(len(changes.texts), "avsnitts text", "avsnitts texter"))
    return f"{formats.listed(parts)} {'är ändrad' if parts[0].startswith('1 ') and len(parts) == 1 else 'är ändrade'}"


def _change_row(difference: Difference) -> markup.TableRow:
    point = difference.point
    return markup.row(
        point.label,
        difference.section.number,
        point.part_label,
        point.period,
        numeric(_figure(difference.frozen)),
        numeric(_figure(difference.live)),
    )


def _caption(count: int) -> str:
    more = f", de {MOST_CHANGES} första av {count}" if count > MOST_CHANGES else ""
    return f"Ändrat efter fastställande{more}"


def _figure(point: ReportPoint | None) -> str:
    if point is None:
        return "fanns inte"
    if point.value is None:
        return point.reason
    cases = "" if point.denominator is None or point.unit != "procent" else _cases(point)
    return f"{formats.number(point.value, 0 if point.value == int(point.value) else 1)}{cases}"


def _cases(point: ReportPoint) -> str:
    return f" ({formats.number(point.numerator)} av {formats.number(point.denominator)})"


def show_documents(user: User, edition: Edition) -> None:
    """Make the documents of what is shown, with progress, and hand them out."""
    with st.popover("Hämta", icon=":material/download:"):
        if isinstance(user, RegionUser) and edition.frozen is None:
            _offer_data(user, edition.report.year)
        if not all(documents.is_made(portal(), edition, kind) for kind in Format):
            if not st.button(MAKE, icon=":material/description:"):
                return
            _make(edition)
        for kind in Format:
            _download(edition, kind)


def _make(edition: Edition) -> None:
    progress_bar = st.progress(0.0, text="Gör dokumenten …")
    for place, kind in enumerate(Format):

        def show_step(step: int, steps: int, label: str, place: int = place, kind: Format = kind) -> None:
            progress_bar.progress((place + step / steps) / len(Format), text=f"{kind.label}: {label}")

        documents.make(portal(), edition, kind, show_step)
    progress_bar.empty()


def _download(edition: Edition, kind: Format) -> None:
    version = edition.frozen.version if edition.frozen else None
    st.download_button(
        f"Ladda ner {kind.label}",
        data=documents.make(portal(), edition, kind),
        file_name=frame.file_name(f"{edition.name}{kind.ending}"),
        mime=kind.mime,
        on_click=_note_download,
        args=(edition.report.year, version, kind.value),
        icon=":material/download:",
    )


@acting.acting
def _note_download(user: User, year: int, version: int | None, kind: str) -> None:
    edition = documents.open_edition(portal(), user, year=year, version=version)
    documents.record_download(portal(), user, edition, Format(kind))


def _offer_data(user: User, year: int) -> None:
    figures = benchmarks.year_figures(portal(), user, year)
    downloads.offer(
        "Ladda ner årets siffror (JSON)",
        name=f"arsuppfoljning-{year}.json",
        make=lambda _user: json.dumps(exports.year_as_json(figures), ensure_ascii=False, indent=2).encode(),
    )
    downloads.offer(
        "Ladda ner årets siffror (CSV)",
        name=f"arsuppfoljning-{year}.csv",
        make=lambda _user: exports.year_as_csv(figures),
    )


@acting.acting
def _freeze(user: User, year: int) -> None:
    frozen = freezing.freeze(portal(), user, year, asking.reason(_freeze_button(year)))
    address.hold(annual_view.version_parameter(year), str(frozen.version))
    session.note_message(f"Version {frozen.version} är fastställd.")


@acting.acting
def _publish(user: User, year: int, version: int, sha256: str) -> None:
    freezing.publish(portal(), user, year=year, version=version, sha256=sha256)
    session.note_message(f"Version {version} är publicerad: alla inloggade kan läsa den.")
