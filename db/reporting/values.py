"""What clinics answered, as rows: one clinic's months, one period of all clinics, a year in sums."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FromClause
from sqlalchemy.sql.functions import GenericFunction

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
    months = submission.c.month.between(str(first), str(last))
    sheets = _sheets(scoped, submission.c.clinic_code == clinic, months)
    return {month: answers for _, month, answers in sheets}


def of_month(scoped: ScopedConnection, *, month: Month, measures: Sequence[str]) -> dict[str, Answers]:
    """Return the current answers of one month, by clinic and measure."""
    sheets = _sheets(scoped, submission.c.month == str(month), measures=measures)
    return {clinic: answers for clinic, _, answers in sheets}


def of_months(
    scoped: ScopedConnection,
    *,
    first: Month,
    last: Month,
    measures: Sequence[str] | None = None,
    with_empty: bool = False,
) -> dict[str, dict[Month, Answers]]:
    """Return the current answers of a run of months, by clinic, month and measure; without `measures` of all.

    `with_empty`: also the months that were sent without any of the measures.
    """
    months = submission.c.month.between(str(first), str(last))
    answers_by_clinic: dict[str, dict[Month, Answers]] = {}
    for clinic, month, answers in _sheets(scoped, months, measures=measures, with_empty=with_empty):
        answers_by_clinic.setdefault(clinic, {})[month] = answers
    return answers_by_clinic


def _sheets(
    scoped: ScopedConnection,
    *which: ColumnElement[bool],
    measures: Sequence[str] | None = None,
    with_empty: bool = False,
) -> Iterator[tuple[str, Month, Answers]]:
    """Yield each current version's clinic, month and answers; where it has none of them, only `with_empty`.

    The database puts a version's answers together: a row for each of them costs three times as much.
    """
    written = func.coalesce(cast(value.c.value, String), value.c.reason)
    together = select(cast(_by_measure(value.c.measure, written), String)).where(
        value.c.submission_id == submission.c.id, scoped.in_scope(value.c.clinic_code)
    )
    if measures is not None:
        together = together.where(value.c.measure.in_(measures))
    query = select(submission.c.clinic_code, submission.c.month, together.scalar_subquery()).where(
        submission.c.is_current, scoped.in_scope(submission.c.clinic_code), *which
    )
    for clinic, month, sheet in scoped.connection.execute(query):
        answers = {measure: _written(text) for measure, text in json.loads(sheet or "{}").items()}
        if answers or with_empty:
            yield clinic, Month.parse(month), answers


class _by_measure(GenericFunction[str]):
    """The answers of a version as JSON; SQLite and PostgreSQL name it differently."""

    type = String()
    inherit_cache = True


@compiles(_by_measure, "sqlite")
def _on_sqlite(together: _by_measure, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_object({compiler.process(together.clauses, **options)})"


@compiles(_by_measure, "postgresql")
def _on_postgresql(together: _by_measure, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_object_agg({compiler.process(together.clauses, **options)})"


@lru_cache(maxsize=5_000)  # most counts are small, and come again and again
def _written(text: str) -> Answer:
    """Return the answer that is written like that: a count in digits, or a reason."""
    return Answer(int(text)) if text.isdigit() else Answer(reason=MissingReason(text))


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
    _add_pairs(scoped, sums, (first, last), pairs)
    return {
        code: Totals(
            flows=clinic_sums.flows,
            last=clinic_sums.last,
            pairs=clinic_sums.pairs,
            reasons=clinic_sums.reasons,
        )
        for code, clinic_sums in sums.items()
    }


def _add_pairs(
    scoped: ScopedConnection,
    sums: dict[str, _Sums],
    period: tuple[Month, Month],
    pairs: Sequence[tuple[str, str]],
) -> None:
    """Add the pairs' sums: of counts that are there in every month sent the plain ones, the others are asked for."""
    sent = dict(iter(scoped.connection.execute(_months_query(scoped, *period)))) if pairs else {}
    with_gaps = set()
    for (code, clinic), (over, under) in product(sums.items(), pairs):
        numerator, denominator = clinic.flows.get(over), clinic.flows.get(under)
        if numerator and denominator:
            if numerator[1] == denominator[1] == sent[code]:
                clinic.pairs[over, under] = Ratio(numerator[0], denominator[0])
            else:
                with_gaps.add(code)
    if with_gaps:
        query = _pairs_query(scoped.of_clinics(with_gaps), *period, pairs)
        for code, over, under, total_over, total_under in scoped.connection.execute(query):
            sums[code].pairs[over, under] = Ratio(int(total_over), int(total_under))


def _months_query(scoped: ScopedConnection, first: Month, last: Month) -> Select:
    """Ask how many months each clinic has sent."""
    return (
        select(submission.c.clinic_code, func.count())
        .where(
            submission.c.is_current,
            submission.c.month.between(str(first), str(last)),
            scoped.in_scope(submission.c.clinic_code),
        )
        .group_by(submission.c.clinic_code)
    )


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
) -> Select:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a numerator has one denominator")
    under = value.alias()
    # The denominator named by the numerator: its row is found by key. An OR over the pairs would
    # compare every measure with every other (13 ms instead of 2 for a year).
    partner = case(dict(pairs), value=value.c.measure)
    return (
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


def _current() -> FromClause:
    return submission.join(value, and_(value.c.submission_id == submission.c.id, submission.c.is_current))


@lru_cache(maxsize=5_000)
def _answer(count: int | None, reason: str | None) -> Answer:
    return Answer(value=count) if count is not None else Answer(reason=MissingReason(str(reason)))
