"""Freeze, publish and take out the annual report; and what has changed since it was frozen."""

import json
from functools import partial

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.content import Difference, ReportPoint
from portal.domain.annual_report.giveaway import Giveaway
from portal.domain.reporting.texts import plain
from portal.reports.cover import Format
from portal.services.administration import exports
from portal.services.annual_report import documents, freezing, publishing
from portal.services.annual_report.documents import Edition
from portal.services.annual_report.freezing import Changes
from portal.services.insight import benchmarks
from portal.ui.annual_report import annual_readiness, annual_view
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import numeric
from portal.ui.page import address, downloads, frame
from portal.ui.page.acting import acting_or


MESSAGE = "report"
MOST_CHANGES = 60
MAKE = "Gör Word, PDF och Excel"
PUBLISHING = (
    "Publicera visar rapporten för alla som loggar in, med siffror per mottagning som i regionens egen "
    "årsuppföljning. Patientnämndens ärenden visas aldrig per mottagning. Det går inte att ångra: en rättelse "
    "blir en ny version."
)


def show_state(user: User, edition: Edition) -> None:
    """Say where the report stands and what can be done; for the region."""
    if not isinstance(user, RegionUser):
        return
    if message := session.take_note(MESSAGE):
        st.error(message)
    if edition.frozen is None:
        _show_draft(user, edition)
    else:
        _show_frozen(user, edition)


def _show_draft(user: User, edition: Edition) -> None:
    year = edition.report.year
    frozen = freezing.list_frozen(portal(), user, year)
    with st.container(border=True):
        annual_readiness.show(user, year)
        if frozen and frozen[0].sha256 == edition.digest:
            st.markdown(f":material/check: Oförändrat sedan version {frozen[0].version}.")
            return
        st.markdown(
            "Fastställ sparar siffror, texter, definitioner och vilka inlämningar de bygger på, med en "
            "kontrollsumma. Senare rättelser ändrar inte den fastställda versionen."
        )
        st.button("Fastställ", type="primary", icon=":material/lock:", on_click=_freeze, args=(year,))


def _show_frozen(user: User, edition: Edition) -> None:
    frozen = edition.frozen
    if frozen is None:
        return
    with st.container(border=True):
        st.markdown(
            f":material/lock: Fastställd av {plain(frozen.frozen_by)} {formats.moment(frozen.frozen_at)}. "
            f"Kontrollsumma {frozen.sha256[:12]}…"
        )
        if frozen.published_at:
            st.markdown(
                f":material/public: Publicerad av {plain(frozen.published_by)} "
                f"{formats.moment(frozen.published_at)}: alla inloggade kan läsa den."
            )
        else:
            disclosed = publishing.giveaway_of(portal(), user, edition.report)
            st.markdown(PUBLISHING + _few(edition) + _giveaway(disclosed))
            key = f"publish-{frozen.year}-{frozen.version}"
            sure = st.checkbox(_tick(disclosed), key=key)
            st.button(
                "Publicera",
                type="primary",
                disabled=not sure,
                on_click=_publish,
                args=(frozen.year, frozen.version, frozen.sha256),
            )
        _show_changes(freezing.changes_since(portal(), user, edition.report))


def _few(edition: Edition) -> str:
    """Say how many figures of single clinics rest on a handful, before they are shown to everybody."""
    count = sum(point.is_few for _, point in edition.report.points)
    return (
        f" {formats.plural(count, 'siffra', 'siffror')} per mottagning bygger på 1–4 fall." if count else ""
    )


def _giveaway(disclosed: Giveaway) -> str:
    """Say what this version and the months that the clinics read tell together of single clinics' months."""
    if not disclosed.months:
        return ""
    stocks = formats.plural(disclosed.stocks, "kö eller patientantal", "köer och patientantal")
    return (
        f"\n\n**Vad som röjs:** med rapporten och regionens månadssummor kan andra uppskatta "
        f"{formats.number(disclosed.close)} av {formats.number(disclosed.months)} av mottagningarnas månadsvärden "
        f"inom 10\u00a0%. {stocks} i årets sista månad står exakt i rapporten."
    )


def _tick(disclosed: Giveaway) -> str:
    text = "Jag har läst rapporten och vill visa den för alla inloggade"
    if not disclosed.months:
        return text
    return f"{text}, fast {formats.number(disclosed.percent)}\u00a0% av mottagningarnas månadsvärden då kan uppskattas inom 10\u00a0%"


def _show_changes(changes: Changes) -> None:
    if not changes:
        st.markdown(":material/check: Inget är ändrat efter fastställande.")
        return
    figures, texts = len(changes.figures), len(changes.texts)
    st.markdown(
        f":material/update: **Ändrat efter fastställande:** {formats.plural(figures, 'siffra', 'siffror')}, "
        f"{formats.plural(texts, 'text', 'texter')}."
    )
    with st.expander("Visa ändringarna"):
        rows = [_change_row(difference) for difference in changes.figures[:MOST_CHANGES]]
        headings = ("Siffra", "Avsnitt", "Gäller", "Period", "Fastställt", "Nu")
        if rows:
            st.html(markup.table(headings, rows, caption=_caption(figures)))
        for section in changes.texts:
            st.markdown(f"Texten i {plain(section.heading)} är en annan.")


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
    """Make the documents, with progress, and hand them out."""
    if not all(documents.is_made(portal(), edition, kind) for kind in Format):
        if not st.button(MAKE, icon=":material/description:"):
            return
        _make(edition)
    with st.container(horizontal=True):
        for kind in Format:
            _download(edition, kind)
        if isinstance(user, RegionUser) and edition.frozen is None:
            _show_data(user, edition.report.year)


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
        file_name=frame.file_name(f"{edition.name}.{kind.value}"),
        mime=kind.mime,
        on_click=_note_download,
        args=(edition.report.year, version, kind.value),
        icon=":material/download:",
    )


@acting_or(partial(session.put_note, MESSAGE))
def _note_download(user: User, year: int, version: int | None, kind: str) -> None:
    edition = documents.open_edition(portal(), user, year=year, version=version)
    documents.record_download(portal(), user, edition, Format(kind))


def _show_data(user: User, year: int) -> None:
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


@acting_or(partial(session.put_note, MESSAGE))
def _freeze(user: User, year: int) -> None:
    frozen = freezing.freeze(portal(), user, year)
    address.hold(annual_view.version_parameter(year), str(frozen.version))
    st.toast(f"Version {frozen.version} är fastställd.")


@acting_or(partial(session.put_note, MESSAGE))
def _publish(user: User, year: int, version: int, sha256: str) -> None:
    freezing.publish(portal(), user, year=year, version=version, sha256=sha256)
    st.toast("Rapporten är publicerad.")
