"""What clinics answered, as rows: one clinic's months, one period of all clinics, a year in sums."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.sql.expression import FromClause

from db.scoping import ScopedConnection, table
from portal.domain.registry.annual import Totals
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason, Ratio


submission = table("submission")
value = table("submission_value")

Answers = dict[str, Answer]


def of_submissions(scoped: ScopedConnection, *, submission_ids: Sequence[int]) -> dict[int, Answers]:
    """Return the answers of those submissions, by submission and measure."""
    answers_by_submission: dict[int, Answers] = {id_: {} for id_ in submission_ids}
    for start in range(0, len(submission_ids), 900):
        part = submission_ids[start : start + 900]
        query = select(value.c.submission_id, value.c.measure, value.c.value, value.c.reason).where(
            value.c.submission_id.in_(part), scoped.in_scope(value.c.clinic_code)
        )
        for id_, measure, count, reason in scoped.connection.execute(query):
            answers_by_submission[id_][measure] = _answer(count, reason)
    return answers_by_submission


def of_clinic(scoped: ScopedConnection, *, clinic: str, first: Month, last: Month) -> dict[Month, Answers]:
    """Return one clinic's current answers, by month and measure."""
    query = (
        select(submission.c.month, value.c.measure, value.c.value, value.c.reason)
        .select_from(_current())
        .where(
            submission.c.clinic_code == clinic,
            submission.c.month.between(str(first), str(last)),
            scoped.in_scope(submission.c.clinic_code),
        )
    )
    answers_by_month: dict[Month, Answers] = {}
    months: dict[str, Month] = {}
    for month, measure, count, reason in scoped.connection.execute(query):
        key = months.get(month) or months.setdefault(month, Month.parse(month))
        answers_by_month.setdefault(key, {})[measure] = _answer(count, reason)
    return answers_by_month


def of_month(scoped: ScopedConnection, *, month: Month, measures: Sequence[str]) -> dict[str, Answers]:
    """Return the current answers of one month, by clinic and measure."""
    query = (
        select(submission.c.clinic_code, value.c.measure, value.c.value, value.c.reason)
        .select_from(_current())
        .where(
            submission.c.month == str(month),
            value.c.measure.in_(measures),
            scoped.in_scope(submission.c.clinic_code),
        )
    )
    answers_by_clinic: dict[str, Answers] = {}
    for clinic, measure, count, reason in scoped.connection.execute(query):
        answers_by_clinic.setdefault(clinic, {})[measure] = _answer(count, reason)
    return answers_by_clinic


def of_months(
    scoped: ScopedConnection, *, first: Month, last: Month, measures: Sequence[str]
) -> dict[str, dict[Month, Answers]]:
    """Return the current answers of a run of months, by clinic, month and measure."""
    query = (
        select(submission.c.clinic_code, submission.c.month, value.c.measure, value.c.value, value.c.reason)
        .select_from(_current())
        .where(
            submission.c.month.between(str(first), str(last)),
            value.c.measure.in_(measures),
            scoped.in_scope(submission.c.clinic_code),
        )
    )
    answers_by_clinic: dict[str, dict[Month, Answers]] = {}
    months: dict[str, Month] = {}
    for clinic, month, measure, count, reason in scoped.connection.execute(query):
        key = months.get(month) or months.setdefault(month, Month.parse(month))
        answers_by_clinic.setdefault(clinic, {}).setdefault(key, {})[measure] = _answer(count, reason)
    return answers_by_clinic


def monthly_totals(
    scoped: ScopedConnection, *, measures: Sequence[str], first: Month, last: Month
) -> dict[tuple[Month, str], tuple[int | None, int, int]]:
    """Return per month and measure the scope's total, how many clinics have a value, and how many answered."""
    query = (
        select(
            submission.c.month,
            value.c.measure,
            func.sum(value.c.value),
            func.count(value.c.value),
            func.count(),
        )
        .select_from(_current())
        .where(
            submission.c.month.between(str(first), str(last)),
            value.c.measure.in_(measures),
            scoped.in_scope(submission.c.clinic_code),
        )
        .group_by(submission.c.month, value.c.measure)
    )
    return {
        (Month.parse(month), measure): (None if total is None else int(total), valued, answered)
        for month, measure, total, valued, answered in scoped.connection.execute(query)
    }


def monthly_sums(
    scoped: ScopedConnection, *, measures: Sequence[str], first: Month, last: Month
) -> dict[tuple[Month, str], int]:
    """Return the scope's total per month and measure, from current versions."""
    query = (
        select(submission.c.month, value.c.measure, func.sum(value.c.value))
        .select_from(_current())
        .where(
            submission.c.month.between(str(first), str(last)),
            value.c.measure.in_(measures),
            value.c.value.is_not(None),
            scoped.in_scope(submission.c.clinic_code),
        )
        .group_by(submission.c.month, value.c.measure)
    )
    return {
        (Month.parse(month), measure): int(total)
        for month, measure, total in scoped.connection.execute(query)
    }


def latest_month(scoped: ScopedConnection, *, year: int) -> Month | None:
    """Return the newest month of the year that any clinic has reported."""
    query = select(func.max(submission.c.month)).where(
        submission.c.is_current,
        submission.c.month.between(f"{year}-01", f"{year}-12"),
        scoped.in_scope(submission.c.clinic_code),
    )
    newest = scoped.connection.execute(query).scalar()
    return Month.parse(newest) if newest else None


@dataclass
class _Sums:
    flows: dict[str, tuple[int, int]] = field(default_factory=dict)
    last: Answers = field(default_factory=dict)
    pairs: dict[tuple[str, str], Ratio] = field(default_factory=dict)
    reasons: dict[str, MissingReason] = field(default_factory=dict)


def totals(
    scoped: ScopedConnection, *, first: Month, last: Month, pairs: Sequence[tuple[str, str]]
) -> dict[str, Totals]:
    """Return every clinic's period in sums, by clinic: two queries however long the history.

    `pairs` are (numerator, denominator): they are summed over the months that have both.
    """
    sums: dict[str, _Sums] = {}
    rows = scoped.connection.execute(_totals_query(scoped, first, last))
    for code, measure, total, months, last_value, last_reason, any_reason in rows:
        clinic = sums.get(code) or sums.setdefault(code, _Sums())
        if months:
            clinic.flows[measure] = (int(total), months)
        if last_value is not None or last_reason is not None:
            clinic.last[measure] = _answer(last_value, last_reason)
        if any_reason:
            clinic.reasons[measure] = MissingReason(any_reason)
    if pairs:
        for code, over, under, numerator, denominator in scoped.connection.execute(
            _pairs_query(scoped, first, last, pairs)
        ):
            sums[code].pairs[over, under] = Ratio(int(numerator), int(denominator))
    return {
        code: Totals(
            flows=clinic_sums.flows,
            last=clinic_sums.last,
            pairs=clinic_sums.pairs,
            reasons=clinic_sums.reasons,
        )
        for code, clinic_sums in sums.items()
    }


def _totals_query(scoped: ScopedConnection, first: Month, last: Month) -> Select:
    is_last = submission.c.month == str(last)
    return (
        select(
            submission.c.clinic_code,
            value.c.measure,
            func.sum(value.c.value).label("total"),
            func.count(value.c.value).label("months"),
            func.max(case((is_last, value.c.value))).label("last_value"),
            func.max(case((is_last, value.c.reason))).label("last_reason"),
            func.max(value.c.reason).label("any_reason"),
        )
        .select_from(_current())
        .where(
            submission.c.month.between(str(first), str(last)),
            scoped.in_scope(submission.c.clinic_code),
        )
        .group_by(submission.c.clinic_code, value.c.measure)
    )


def _pairs_query(
    scoped: ScopedConnection,
    first: Month,
    last: Month,
    pairs: Sequence[tuple[str, str]],
    *,
    by_month: bool = False,
) -> Select:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a numerator has one denominator")
    under = value.alias()
    # The denominator named by the numerator: its row is found by key. An OR over the pairs would
    # compare every measure with every other (13 ms instead of 2 for a year).
    partner = case(dict(pairs), value=value.c.measure)
    query = (
        select(
            submission.c.clinic_code,
            value.c.measure.label("over"),
            under.c.measure.label("under"),
            func.sum(value.c.value).label("numerator"),
            func.sum(under.c.value).label("denominator"),
        )
        .select_from(
            _current().join(
                under, and_(under.c.submission_id == value.c.submission_id, under.c.measure == partner)
            )
        )
        .where(
            submission.c.month.between(str(first), str(last)),
            value.c.value.is_not(None),
            under.c.value.is_not(None),
            value.c.measure.in_([over for over, _ in pairs]),
            scoped.in_scope(submission.c.clinic_code),
        )
        .group_by(submission.c.clinic_code, value.c.measure, under.c.measure)
    )
    if by_month:
        return query.add_columns(submission.c.month).group_by(submission.c.month).order_by(submission.c.month)
    return query


def monthly_pairs(
    scoped: ScopedConnection, *, first: Month, last: Month, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[Month, int, int]]]:
    """Return the months of each clinic and numerator that have both counts, oldest first."""
    query = _pairs_query(scoped, first, last, pairs, by_month=True)
    months_by_numerator: dict[tuple[str, str], list[tuple[Month, int, int]]] = {}
    months: dict[str, Month] = {}
    for code, over, _, numerator, denominator, month in scoped.connection.execute(query):
        key = months.get(month) or months.setdefault(month, Month.parse(month))
        months_by_numerator.setdefault((code, over), []).append((key, int(numerator), int(denominator)))
    return months_by_numerator


def _current() -> FromClause:
    return submission.join(value, and_(value.c.submission_id == submission.c.id, submission.c.is_current))


def _answer(count: int | None, reason: str | None) -> Answer:
    return Answer(value=count) if count is not None else Answer(reason=MissingReason(str(reason)))
