"""Report a month: read, check, preview, and the one way in for data: commit.

Two doors, one rule set: a file and the form both become a `parsing.Parsed` and go the same way.
The preview is never trusted: commit checks again, inside one transaction that stores submission,
values, event, audit row and the accepted file together, or nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from db import planner
from db.registry import clinics
from db.reporting import drafts, files, kept_uploads, submissions, values
from db.reporting.submissions import Key
from db.scoping import ScopedConnection
from portal.domain.accounts.access import RegionUser, User, check_may_see_clinic
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting import checks
from portal.domain.reporting.problems import MonthEntries, Problem, Severity
from portal.domain.reporting.submissions import State, Submission, needs_answer
from portal.domain.reporting.texts import clean
from portal.services.context import DEMO_LABEL, STOCKHOLM, Portal, Writing
from portal.services.reporting.month_preview import (
    ClinicPast,
    MergedMonth,
    MonthPreview,
    merge,
    past_of,
    preview_of,
    released_about,
    series_of,
    with_month_before,
)
from portal.services.reporting.versioning import (
    NOTHING_CONFIRMED,
    Confirmation,
    Receipt,
    Sending,
    SentFile,
    deserves_version,
    new_submission,
    receipt_of,
    sending_of,
)
from portal.uploads import marking, parsing, template
from portal.uploads.reading import CLINIC_LIMITS, REGION_LIMITS, ReadingLimits, read


MANY = 100  # months of one file, from which on the database counts its tables anew
PART = 1_000  # months that are stored together


class Rejected(Exception):
    """The upload has errors; nothing was stored. `notices`: what else the reader says about the file."""

    def __init__(self, problems: Sequence[Problem], notices: Sequence[str] = ()) -> None:
        super().__init__(", ".join(sorted({problem.code for problem in problems})))
        self.problems, self.notices = tuple(problems), tuple(notices)


class NeedsConfirmation(Rejected):
    """Only warnings: they are confirmed once, with a note."""


class Conflict(Exception):
    """Someone else sent a newer version since the preview; the message says who and when."""

    def __init__(self, current: Submission) -> None:
        super().__init__(
            f"{current.sent_by} skickade version {current.version} av {current.month.label} "
            f"{current.sent_at.astimezone(STOCKHOLM):%Y-%m-%d kl. %H.%M}. "
            "Se över och skicka igen om din ska gälla."
        )
        self.current = current


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file read and checked, not stored."""

    name: str
    sha256: str
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    months: tuple[MonthPreview, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.blocks)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.blocks)

    @property
    def base_versions(self) -> dict[Key, int]:
        return {(month.clinic.code, month.month): month.base_version for month in self.months}


@dataclass(frozen=True, kw_only=True, slots=True)
class LookedAt:
    """A file's months checked and laid over what is stored, beside what the database holds about them."""

    problems: tuple[Problem, ...]
    past: ClinicPast
    months: tuple[MergedMonth, ...]


def write_template(portal: Portal, user: User, *, clinic: str, months: Sequence[Month]) -> bytes:
    """Return the blankett for the clinic: prefilled where a month has been sent."""
    check_may_see_clinic(user, clinic)
    reference = min(months).previous
    with portal.reading(user) as scoped:
        own_clinic = clinics.find(scoped, code=clinic)
        if own_clinic is None:
            check_may_see_clinic(user, "")  # unknown reads as foreign
            raise LookupError(clinic)
        answers = values.of_clinic(scoped, clinic=clinic, first=reference, last=max(months))
    prefilled = {
        (month, measure): answer for month in months for measure, answer in answers.get(month, {}).items()
    }
    return template.write(
        own_clinic,
        list(months),
        values=prefilled,
        reference=reference,
        reference_values=answers.get(reference, {}),
        label=DEMO_LABEL if portal.is_demo else "",
    )


def due_months(portal: Portal, user: User, *, clinic: str) -> list[Month]:
    """Return the months the clinic owes and may still send or correct, newest first."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        own_clinic = clinics.find(scoped, code=clinic)
    if own_clinic is None:
        return []
    return own_clinic.owed_months(first=portal.calendar.first_month, today=portal.clock.today)[::-1]


def preview(portal: Portal, user: User, *, name: str, content: bytes) -> Upload:
    """Read and check a file for the clinics the user may send for; stores nothing."""
    return preview_parsed(portal, user, _parse(portal, user, name, content), name=name)


def preview_parsed(portal: Portal, user: User, parsed: parsing.Parsed, *, name: str) -> Upload:
    """Check what a file or the form says, and show what it would become; stores nothing."""
    _check_own(user, parsed.months)
    with portal.reading(user) as scoped:
        looked_at = _look_at(portal, scoped, parsed)
        released = released_about(scoped, looked_at.past)
    previews = tuple(preview_of(month, looked_at.past, released) for month in looked_at.months)
    return Upload(
        name=name,
        sha256=parsed.sha256,
        problems=looked_at.problems,
        notices=parsed.notices,
        months=previews,
    )


def look_at(portal: Portal, user: User, parsed: parsing.Parsed) -> LookedAt:
    """Check the same, without what a person compares a month with: of a history file nobody looks at each."""
    _check_own(user, parsed.months)
    with portal.reading(user) as scoped:
        return _look_at(portal, scoped, parsed)


def _look_at(portal: Portal, scoped: ScopedConnection, parsed: parsing.Parsed) -> LookedAt:
    past = past_of(scoped, parsed.months)
    clinics_by_code = _clinics_in_scope(scoped)
    problems = with_month_before(scoped, _problems(portal, parsed, past, clinics_by_code), past)
    return LookedAt(problems=problems, past=past, months=merge(parsed.months, past, clinics_by_code))


def commit(
    portal: Portal,
    user: User,
    *,
    name: str,
    content: bytes,
    confirmation: Confirmation = NOTHING_CONFIRMED,
) -> Receipt:
    """Store a file's months as new versions, all or nothing; the same file again changes nothing.

    Raises Rejected, NeedsConfirmation, Conflict, AccessDenied.
    """
    parsed = _parse(portal, user, name, content)
    return commit_parsed(portal, user, parsed, file=SentFile(name, content), confirmation=confirmation)


def commit_parsed(
    portal: Portal,
    user: User,
    parsed: parsing.Parsed,
    *,
    file: SentFile | None,
    confirmation: Confirmation = NOTHING_CONFIRMED,
    keys: Collection[Key] | None = None,
) -> Receipt:
    """Store what a file or (None) the form says; `keys` limits it to some of the clinic-months.

    The file is kept once with every clinic it holds. Raises as commit does.
    """
    _check_previewed(parsed, confirmation)
    chosen = parsed if keys is None else _limited(parsed, keys)
    _check_own(user, chosen.months)
    sending = sending_of(user, file, parsed.sha256, confirmation)
    with portal.writing(user) as scoped:
        past = past_of(scoped, chosen.months)
        clinics_by_code = _clinics_in_scope(scoped)
        problems = _problems(portal, chosen, past, clinics_by_code)
        _check_acceptable(problems, confirmation, parsed.notices)
        months = merge(chosen.months, past, clinics_by_code)
        deserving = [month for month in months if deserves_version(month)]
        _check_bases(deserving, confirmation.base_versions)
        _check_answered(deserving, answer=confirmation.reason or confirmation.note)
        held_keys = _held(portal, problems, deserving, past, clinics_by_code)
        if deserving:
            _keep_file(portal, scoped, sending, _clinics_of_file(parsed, keys, clinics_by_code))
        ids = _add_versions(portal, scoped, sending, deserving, held_keys)
        _audit_sent(scoped, deserving, ids, parsed.sha256)
        if len(deserving) > MANY:
            planner.note_sizes(scoped)
        if file is None:
            _remove_drafts(scoped, user, months)
        else:
            kept_uploads.remove_sent(scoped, username=user.username, sha256=parsed.sha256)
    return replace(receipt_of(months, deserving, parsed.sha256), notices=parsed.notices)


def _add_versions(
    portal: Portal,
    scoped: ScopedConnection,
    sending: Sending,
    deserving: Sequence[MergedMonth],
    held_keys: Collection[Key],
) -> list[int]:
    """Store the months a part at a time, so that a large history's rows don't all lie in memory; returns the ids."""
    ids: list[int] = []
    for start in range(0, len(deserving), PART):
        part = deserving[start : start + PART]
        new = [new_submission(portal, month, sending, is_held=month.key in held_keys) for month in part]
        ids += submissions.add_many(scoped, new)
    return ids


def marked_copy(portal: Portal, user: User, *, name: str, content: bytes) -> bytes:
    """Return the user's own workbook with the faulty cells marked; raises marking.CannotMark."""
    parsed = _parse(portal, user, name, content)
    problems = preview_parsed(portal, user, parsed, name=name).problems
    if not marking.can_mark(problems):
        raise marking.CannotMark
    return marking.mark(content, read(name, content, limits=limits_of(user)), problems)


def record_rejection(portal: Portal, user: User, *, name: str, problems: Sequence[Problem]) -> None:
    """Keep that a file was refused: which kinds of problems, never what stood in it."""
    codes = sorted({problem.code for problem in problems})
    foreign = any(code == "clinic.foreign" for code in codes)
    with portal.writing(user) as scoped:
        scoped.record(
            "upload.cross_clinic_attempt" if foreign else "upload.rejected",
            outcome="refused",
            details={"problems": codes, "count": len(problems)},
        )


def _parse(portal: Portal, user: User, name: str, content: bytes) -> parsing.Parsed:
    with portal.reading(user) as scoped:
        own = _clinics_in_scope(scoped)
    return parsing.parse(name, content, clinics=own, limits=limits_of(user))


def _clinics_in_scope(scoped: ScopedConnection) -> dict[str, Clinic]:
    return {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}


def limits_of(user: User) -> ReadingLimits:
    """Return how much of a file is read: the region sends history too."""
    return REGION_LIMITS if isinstance(user, RegionUser) else CLINIC_LIMITS


def _check_own(user: User, months: Sequence[MonthEntries]) -> None:
    for clinic in {entries.clinic for entries in months}:
        check_may_see_clinic(user, clinic)


def _limited(parsed: parsing.Parsed, keys: Collection[Key]) -> parsing.Parsed:
    """Keep those clinic-months, and the problems that are theirs or the whole file's."""
    chosen_keys = frozenset(keys)
    months = tuple(entries for entries in parsed.months if (entries.clinic, entries.month) in chosen_keys)
    problems = tuple(
        problem
        for problem in parsed.problems
        if problem.clinic is None or problem.month is None or (problem.clinic, problem.month) in chosen_keys
    )
    return replace(parsed, months=months, problems=problems)


def _problems(
    portal: Portal, parsed: parsing.Parsed, past: ClinicPast, clinics_by_code: Mapping[str, Clinic]
) -> tuple[Problem, ...]:
    of_rules = checks.run(
        parsed.months,
        clinics=clinics_by_code,
        calendar=portal.calendar,
        today=portal.clock.today,
        known=checks.KnownMonths(answers=past.answers, history=series_of(past), breaks=past.breaks),
    )
    # What the reader has already said about a cell is not said again as a missing value, and neither is
    # said again that a part stands without the whole that is missing.
    unread = {_answer_key(problem) for problem in parsed.problems if problem.measure}
    of_rules = [problem for problem in of_rules if not _is_follow_on(problem, unread)]
    missing = {_answer_key(problem) for problem in of_rules if problem.code == "value.missing"}
    of_rules = [
        problem
        for problem in of_rules
        if problem.code == "value.missing" or not _is_follow_on(problem, missing)
    ]
    problems = [*parsed.problems, *of_rules]
    return tuple(sorted(problems, key=lambda problem: problem.severity is Severity.WARNING))


_AnswerKey = tuple[str | None, Month | None, str | None]  # clinic, month and measure


def _answer_key(problem: Problem) -> _AnswerKey:
    return problem.clinic, problem.month, problem.measure


def _is_follow_on(problem: Problem, reported: Collection[_AnswerKey]) -> bool:
    """Tell whether a problem only follows from a cell that was already reported."""
    measures = {problem.measure}
    if problem.code == "part.without_whole":
        measures.add(MEASURES_BY_CODE[problem.measure or ""].not_above)
    if problem.code == "whole.without_part":
        measures |= {code for code, part in MEASURES_BY_CODE.items() if part.not_above == problem.measure}
    return any((problem.clinic, problem.month, measure) in reported for measure in measures)


def _held(
    portal: Portal,
    problems: Sequence[Problem],
    deserving: Sequence[MergedMonth],
    past: ClinicPast,
    clinics_by_code: Mapping[str, Clinic],
) -> set[Key]:
    """Return the months that wait for the region before a release (R11).

    In a correction every value is looked at, not only the changed ones: a change elsewhere must not
    let an implausible value through. What the region has approved is not asked about again.
    """
    corrected_months = [
        MonthEntries(clinic=merged_month.clinic.code, month=merged_month.month, answers=merged_month.answers)
        for merged_month in deserving
        if merged_month.base is not None and merged_month.base.state is not State.APPROVED
    ]
    without_stored = checks.KnownMonths(
        history=series_of(past) if corrected_months else {}, breaks=past.breaks
    )
    again = checks.run(
        corrected_months,
        clinics=clinics_by_code,
        calendar=portal.calendar,
        today=portal.clock.today,
        known=without_stored,
    )
    return {
        (problem.clinic, problem.month)
        for problem in (*problems, *again)
        if problem.clinic and problem.month and checks.holds_release((problem,))
    }


def _check_previewed(parsed: parsing.Parsed, confirmation: Confirmation) -> None:
    """Refuse other bytes than those that were previewed: an upload can be exchanged until it is sent."""
    if confirmation.sha256 not in (None, parsed.sha256):
        raise Rejected(
            [
                Problem(
                    code="file.exchanged",
                    severity=Severity.ERROR,
                    message="Siffrorna är inte längre de som förhandsvisades. Se över dem och skicka igen.",
                )
            ]
        )


def _check_acceptable(
    problems: Sequence[Problem], confirmation: Confirmation, notices: Sequence[str]
) -> None:
    if any(problem.blocks for problem in problems):
        raise Rejected(problems, notices)
    if problems and not (confirmation.has_warnings and clean(confirmation.note)):
        raise NeedsConfirmation(problems, notices)


def _check_answered(deserving: Sequence[MergedMonth], *, answer: str) -> None:
    """Ask for an answer to the region's comment before a returned month is sent again."""
    returned = [
        merged_month
        for merged_month in deserving
        if merged_month.base and needs_answer(merged_month.base.state)
    ]
    if returned and not clean(answer):
        raise NeedsConfirmation(
            [
                Problem(
                    code="answer.missing",
                    severity=Severity.WARNING,
                    clinic=merged_month.clinic.code,
                    month=merged_month.month,
                    message=f"Regionen har återlämnat {merged_month.month.label}. Svara på kommentaren när du skickar.",
                )
                for merged_month in returned
            ]
        )


def _check_bases(deserving: Sequence[MergedMonth], base_versions: Mapping[Key, int] | None) -> None:
    """Refuse a month that someone else has sent since the preview; one's own second click is none."""
    for merged_month in deserving:
        current = merged_month.base
        previewed_version = (base_versions or {}).get(
            (merged_month.clinic.code, merged_month.month), merged_month.base_version
        )
        if current and current.version != previewed_version:
            raise Conflict(current)


def _clinics_of_file(
    parsed: parsing.Parsed, keys: Collection[Key] | None, clinics_by_code: Mapping[str, Clinic]
) -> set[str]:
    """Return every clinic that the file holds, also those whose months did not change.

    Where `keys` leaves nothing out, `parsed` may be a part of the file: then all that the sender may
    send for count as held, so that nobody fetches another clinic's values with their own.
    """
    of_file = {entries.clinic for entries in parsed.months}
    is_whole = keys is None or any((entries.clinic, entries.month) not in keys for entries in parsed.months)
    return of_file if is_whole else of_file | set(clinics_by_code)


def _keep_file(
    portal: Portal, scoped: ScopedConnection, sending: Sending, clinics_of_file: Collection[str]
) -> None:
    if sending.file is not None:
        files.add(
            scoped,
            sha256=sending.sha256,
            name=sending.file_name,
            content=sending.file.content,
            clinics=sorted(clinics_of_file),
            at=portal.clock.now,
        )


def _remove_drafts(scoped: ScopedConnection, user: User, months: Sequence[MergedMonth]) -> None:
    for merged_month in months:
        drafts.remove(
            scoped, username=user.username, clinic=merged_month.clinic.code, month=merged_month.month
        )


def _audit_sent(
    scoped: Writing,
    deserving: Sequence[MergedMonth],
    ids: Sequence[int],
    sha256: str,
) -> None:
    """One row per clinic, naming months, versions and ids: a history file is one event a clinic."""
    sent_by_clinic: dict[str, list[tuple[MergedMonth, int]]] = {}
    for merged_month, id_ in zip(deserving, ids, strict=True):
        sent_by_clinic.setdefault(merged_month.clinic.code, []).append((merged_month, id_))
    for clinic, sent in sorted(sent_by_clinic.items()):
        scoped.record(
            "submission.sent",
            clinic=clinic,
            subject=", ".join(f"{sent_month.month} v{sent_month.new_version}" for sent_month, _ in sent[:3]),
            details={"submissions": [id_ for _, id_ in sent], "sha256": sha256},
        )
