"""The parts of Granska: the queue, one submission with its deviations first, approve or return."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User, check_may_review
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import TRANSITIONS, MonthState, State
from portal.domain.reporting.texts import plain
from portal.services.review import month_news, reviews
from portal.services.review.deviations import Deviation
from portal.services.review.reviews import ReviewCase, Waiting
from portal.services.review.status import Grid
from portal.ui.base import formats, markup, session, tiles
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import tag
from portal.ui.base.tiles import Tile, TileLine
from portal.ui.login import auth
from portal.ui.page import address
from portal.ui.page.acting import acting
from portal.ui.reporting import submissions_view
from portal.ui.words import month_links


CASE = "review-case"  # of the box with the cases that wait
COMMENT = "comment"  # begins the names of the boxes, one for each case
HELD = "Innehåller ett osannolikt värde: ingår i regionens värden först när du godkänt."
SHORT = {  # what a check's message says beyond the range and the months that stand on the tile
    "history.range": "",
    "history.zero": "0 är ovanligt: de närmaste månaderna har alla minst fem.",
    "history.implausible": "Mer än fem gånger det vanliga.",
}


def show_title(case: ReviewCase | None) -> None:
    """Name whose month is reviewed."""
    if case is None:
        st.title("Granska")
        return
    st.title(f"Granska {_month_of(case)}")
    name = _case_name((case.clinic.code, case.submission.month, case.submission.version))
    st.html(markup.tag("span", data_portal_top=name))  # another name: the page is read from its top


def _month_of(case: ReviewCase) -> str:
    """`BUP Mora januari 2025`"""
    return f"{plain(case.clinic.name)} {case.submission.month.label}"


def show_progress(grid: Grid) -> None:
    """Say how far each month is that still has something to review, and the newest month."""
    open_months = [month for month in reversed(grid.months) if grid.count(month, MonthState.SENT)]
    months = open_months[:3] or [grid.months[-1]]
    more = len(open_months) - len(months)
    lines = [progress(grid, month) for month in months]
    st.caption(
        "  \n".join([*lines, f"Och {formats.plural(more, 'månad', 'månader')} till."] if more else lines)
    )


def progress(grid: Grid, month: Month) -> str:
    """Return `Januari 2025: 5 av 11 inne (4 godkända, 1 att granska); dessutom 1 återlämnad`."""
    owed = len(grid.clinics) - grid.count(month, MonthState.NOT_OWED)
    approved = grid.count(month, MonthState.APPROVED)
    waiting = grid.count(month, MonthState.SENT)
    returned = grid.count(month, MonthState.RETURNED)
    parts = [formats.plural(approved, "godkänd", "godkända")] if approved else []
    parts += [f"{waiting} att granska"] if waiting else []
    inside = f" ({', '.join(parts)})" if parts else ""
    beside = f"; dessutom {formats.plural(returned, 'återlämnad', 'återlämnade')}" if returned else ""
    return f"{month.label.capitalize()}: {approved + waiting} av {owed} inne{inside}{beside}"


def choose_case(user: User) -> ReviewCase | None:
    """Return the submission asked for in the address, otherwise one of those that wait."""
    waiting = reviews.queue(portal(), user)
    case_in_address = _case_in_address(user)
    key = _key(case_in_address) if case_in_address else None
    keys = [queue_entry.key for queue_entry in waiting]
    if case_in_address and key not in keys and not _is_just_reviewed(case_in_address):
        _lead_to_queue(waiting)
        return case_in_address
    if not waiting:
        st.success("Inget väntar på granskning.", icon=":material/check_circle:")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        clinic, month, _ = _choose_waiting(waiting, key if key and key in keys else keys[0])
        _show_plain(user, waiting)
    _hold(clinic, month)
    return reviews.open_case(portal(), user, clinic=clinic, month=Month.parse(month))


def _lead_to_queue(waiting: Sequence[Waiting]) -> None:
    if waiting:
        st.html(markup.links([(f"Det som väntar på granskning ({len(waiting)})", "/granska")]))


def _choose_waiting(waiting: Sequence[Waiting], first: tuple[str, Month, int]) -> list[str]:
    """Let people choose among the cases that wait; returns its clinic, month and version."""
    session.put_choice(CASE, _case_name(first))
    if len(waiting) == 1:
        return _case_name(first).split()
    labels = {_case_name(queue_entry.key): _label(queue_entry) for queue_entry in waiting}
    return st.selectbox(
        f"Väntar på granskning ({len(waiting)}), äldst först",
        list(labels),
        key=CASE,
        format_func=labels.__getitem__,
        on_change=_write_case,
    ).split()


def _case_name(key: tuple[str, Month, int]) -> str:
    return " ".join(map(str, key))


def _write_case() -> None:
    auth.still_user()
    clinic, month, _ = session.value_of(CASE).split()
    _hold(clinic, month)


def _hold(clinic: str, month: str) -> None:
    """Let the address say which case is open: a reload opens it again, whatever has been sent meanwhile."""
    address.hold("mottagning", clinic)
    address.hold("manad", month)


def _key(case: ReviewCase) -> tuple[str, Month, int]:
    return case.clinic.code, case.submission.month, case.submission.version


def _is_just_reviewed(case: ReviewCase) -> bool:
    return session.is_reviewed(case.clinic.code, str(case.submission.month))


def _label(queue_entry: Waiting) -> str:
    submission = queue_entry.submission
    version = f", version {submission.version}" if submission.version > 1 else ""
    marks = [f"{queue_entry.clinic.name}, {submission.month.label}{version}"]
    if submission.is_held:
        marks.append("osannolikt värde")
    if queue_entry.warnings:
        marks.append(formats.plural(queue_entry.warnings, "avvikelse", "avvikelser"))
    if queue_entry.is_answer:
        marks.append("svar på återlämning")
    return " · ".join(marks)


def _show_plain(user: User, waiting: Sequence[Waiting]) -> None:
    """Offer to approve at once what nothing stands out in; exactly those that are shown."""
    plain_entries = [
        queue_entry
        for queue_entry in waiting
        if queue_entry.is_plain and queue_entry.may_be_approved_by(user)
    ]
    if len(plain_entries) < 2:  # one has its own button
        return
    keys = [queue_entry.key for queue_entry in plain_entries]
    keys_as_text = [(clinic, str(month), version) for clinic, month, version in keys]
    st.button(
        f"Godkänn {len(plain_entries)} utan avvikelser",
        icon=":material/done_all:",
        on_click=_approve_plain,
        args=(keys_as_text,),
        help="Inget värde ligger utanför det väntade. Svar på en återlämning granskas var för sig.",
    )


def _case_in_address(user: User) -> ReviewCase | None:
    clinic, month = address.text_of("mottagning") or "", address.text_of("manad") or ""
    try:
        return reviews.open_case(portal(), user, clinic=clinic, month=Month.parse(month))
    except ValueError:
        return None


def show_deviations(case: ReviewCase, user: User) -> None:
    """Show what deviates from the clinic's own past as small charts, and what the clinic says about it."""
    submission = case.submission
    st.html(markup.paragraph(_state(case), css="note"))
    if submission.waits_for_approval:
        st.warning(HELD, icon=":material/front_hand:")
    if not case.deviations:
        st.html(tag("p", *_nothing_warned_of(case, user), class_="portal-lead"))
        return
    count = formats.plural(len(case.deviations), "värde avviker", "värden avviker")
    parts = [
        markup.heading(2, f"{count} från mottagningens egna månader"),
        tiles.large([_tile(case, deviation) for deviation in case.deviations]),
    ]
    if submission.note:
        parts.append(markup.paragraph(f"”{submission.note}”", lead="Mottagningen förklarar:"))
    else:
        parts.append(markup.paragraph("Mottagningen har inte skrivit någon förklaring."))
    st.html(markup.joined(parts))


def _nothing_warned_of(case: ReviewCase, user: User) -> list[str]:
    """Say that no check warns, and lead to the month's movements, as Månaden has them, that are the clinic's."""
    submission = case.submission
    stories = month_news.stories_of_clinic(portal(), user, clinic=submission.clinic, month=submission.month)
    if not stories:
        return ["Inget värde avviker från mottagningens egna månader."]
    links: list[str] = []
    for indicator in (story.lead.indicator for story in stories):
        href = month_links.to_months(submission.clinic, indicator.code, why=submission.month)
        links += [", " if links else "", tag("a", indicator.label, href=href, target="_self")]
    return ["Ingen kontroll varnar. Större än slumpen i månaden: ", *links, "."]


def _state(case: ReviewCase) -> str:
    """`Version 2, skickad 3 februari 2025 kl. 14.16 av mora`, with what has become of it."""
    submission = case.submission
    state = "" if submission.state is State.SENT else f": {submission.state.label}"
    sent = f"skickad {formats.moment(submission.sent_at)} av {submission.sent_by}"
    return f"Version {submission.version}, {sent}{state}"


def _tile(case: ReviewCase, deviation: Deviation) -> Tile:
    """Return a deviating value with its months: a dot beside the grey of what was to be expected."""
    line = next(line for line in case.lines if line.measure == deviation.measure)
    expected = f"Väntat {formats.bounds(line.expected)}. " if line.expected else ""
    said = (SHORT.get(problem.code, problem.message) for problem in deviation.problems)
    return Tile(
        label=MEASURES_BY_CODE[deviation.measure].label,
        value=formats.answer(line.sent),
        region=f"{expected}Månaden före {formats.answer(line.month_before)}, i fjol {formats.answer(line.year_before)}",
        line=_line(deviation, line_text=expected),
        reason=" ".join(said).removeprefix(f"{case.clinic.name}: ").strip(),
        href=_to_months(case, deviation),
    )


def _to_months(case: ReviewCase, deviation: Deviation) -> str:
    """Return the address of what may explain a deviating value; empty of a measure that no indicator is made of."""
    if deviation.indicator is None:
        return ""
    return month_links.to_months(case.clinic.code, deviation.indicator.code, why=case.submission.month)


def _line(deviation: Deviation, *, line_text: str) -> TileLine:
    counts = zip(deviation.months, deviation.counts, strict=True)
    reported = [f"{formats.number(count)} i {month.label}" for month, count in counts if count is not None]
    ends = ", ".join(dict.fromkeys([*reported[:1], *reported[-1:]]))
    return TileLine(
        own=deviation.counts,
        usual=deviation.expected,
        text=f"{MEASURES_BY_CODE[deviation.measure].label}: {ends}. {line_text}".strip(),
        is_outside=True,
    )


def decide(case: ReviewCase, user: User) -> None:
    """Approve, or return with a comment; whichever the state allows. The buttons name the clinic."""
    try:
        check_may_review(user, sent_by=case.submission.sent_by)
    except AccessDenied as denied:
        st.info(str(denied), icon=":material/group:")
        return
    allowed = TRANSITIONS[case.submission.state]
    key = (case.clinic.code, str(case.submission.month), case.submission.version)
    label = _month_of(case)
    arguments = (label, *key)
    if not allowed:
        st.info("Månaden är återlämnad. Mottagningen skickar en ny version.")
        return
    session.keep_texts(COMMENT)
    left_column, right_column = st.columns(2)
    if State.APPROVED in allowed:
        left_column.markdown("Godkänn om värdena stämmer: de ingår då i regionens värden.")
        left_column.button(f"Godkänn {label}", type="primary", on_click=_approve, args=arguments)
    right_column.text_area(
        "Vad ska mottagningen se över?",
        key=_comment_key(*key),
        max_chars=reviews.LONGEST_COMMENT,
        height=68,
    )
    right_column.button(f"Återlämna {label}", on_click=_send_back, args=arguments)


def show_behind(case: ReviewCase) -> None:
    """Fold what has happened and all the values; what was said before stands open in an answer to it."""
    has_happened = submissions_view.conversation(case)
    if case.submission.version == 1:
        has_happened = tiles.fold("Vad som har hänt", has_happened)
    values = tiles.fold(f"Alla {len(case.lines)} värden", submissions_view.lines(case))
    st.html(markup.joined([has_happened, values]))


def _comment_key(clinic: str, month: str, version: int) -> str:
    """Name the box by its case: what is written to one clinic never stands in the next one's."""
    return f"{COMMENT} {clinic} {month} {version}"


@acting
def _approve(user: User, label: str, clinic: str, month: str, version: int) -> None:
    reviews.approve(portal(), user, clinic=clinic, month=Month.parse(month), version=version)
    _go_on(clinic, month, f"{label} är godkänd.")


@acting
def _approve_plain(user: User, shown_keys: Sequence[tuple[str, str, int]]) -> None:
    only = {(clinic, Month.parse(month), version) for clinic, month, version in shown_keys}
    approvals = reviews.approve_plain(portal(), user, only=only)
    unapproved = len(shown_keys) - len(approvals)
    changed = f" {unapproved} hade ändrats under tiden och ligger kvar." if unapproved else ""
    address.clear()
    session.note_message(
        f"{formats.plural(len(approvals), 'inlämning godkänd', 'inlämningar godkända')}.{changed}"
    )


@acting
def _send_back(user: User, label: str, clinic: str, month: str, version: int) -> None:
    with at_fields(comment=_comment_key(clinic, month, version)):
        reviews.send_back(
            portal(),
            user,
            clinic=clinic,
            month=Month.parse(month),
            comment=session.value_of(_comment_key(clinic, month, version)),
            version=version,
        )
    _go_on(clinic, month, f"{label} är återlämnad med din kommentar.")


def _go_on(clinic: str, month: str, outcome: str) -> None:
    """Leave the submission that the address names: the next in the queue is shown, beneath what became of this one."""
    session.note_reviewed(clinic, month)
    session.note_message(outcome)
    address.clear()
