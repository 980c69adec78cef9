"""Releases as rows: what was computed from what, and the regional figures clinics may read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select

from db.scoping import ScopedConnection, table
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.months import Month
from portal.domain.release.printed import PARTS
from portal.domain.release.standing import Released


release = table("release")
release_input = table("release_input")
figure = table("released_figure")
answer = table("submission_value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    id: int
    month: Month
    number: int
    released_by: str
    released_at: datetime


def list_newest(scoped: ScopedConnection, *, first: Month, last: Month) -> dict[Month, Release]:
    """Return the newest release of each month that has one. The same for everyone."""
    query = (
        select(release)
        .where(release.c.month.between(str(first), str(last)))
        .order_by(release.c.month, release.c.number)
    )
    return {
        Month.parse(row.month): Release(
            id=row.id,
            month=Month.parse(row.month),
            number=row.number,
            released_by=row.released_by,
            released_at=row.released_at,
        )
        for row in scoped.connection.execute(query)
    }


def latest_month(scoped: ScopedConnection) -> Month | None:
    """Return the newest month that has been released. The same for everyone."""
    month = scoped.connection.execute(select(func.max(release.c.month))).scalar()
    return Month.parse(month) if month else None


def newest_changes(scoped: ScopedConnection, *, month: Month) -> tuple[str, ...]:
    """Return which indicators' figures the month's newest release that changed any did. The same for everyone.

    One after it that changed nothing to read is passed over: otherwise it would tell that somebody has corrected.
    None of a first release, and of one from before this was noted.
    """
    query = select(release.c.rules).where(release.c.month == str(month)).order_by(release.c.number.desc())
    noted = (json.loads(rules).get("changed", ()) for rules in scoped.connection.scalars(query))
    return tuple(next(filter(None, noted), ()))


def list_inputs(scoped: ScopedConnection, *, release_id: int) -> dict[str, int]:
    """Return clinic → submission that a release was computed from. Region only by scope."""
    query = select(release_input.c.clinic_code, release_input.c.submission_id).where(
        release_input.c.release_id == release_id, scoped.in_scope(release_input.c.clinic_code)
    )
    return {row.clinic_code: row.submission_id for row in scoped.connection.execute(query)}


def list_printed(scoped: ScopedConnection, *, month: Month) -> dict[int, dict[str, tuple[str, ...]]]:
    """Return, by release of the month, which parts of which indicators' figures it put before the clinics (R12).

    A release from before the parts were noted had them all.
    """
    query = (
        select(release.c.id, release.c.rules).where(release.c.month == str(month)).order_by(release.c.number)
    )
    printed = {}
    for row in scoped.connection.execute(query):
        noted = json.loads(row.rules)
        parts = noted.get("printed", {})
        printed[row.id] = {code: tuple(parts.get(code, PARTS)) for code in noted.get("shown", ())}
    return printed


def newest_inputs(scoped: ScopedConnection, *, first: Month, last: Month) -> dict[Month, dict[str, int]]:
    """Return, for each released month, clinic → submission behind its newest release. Region only by scope."""
    newest = (
        select(release.c.month, func.max(release.c.number).label("number"))
        .where(release.c.month.between(str(first), str(last)))
        .group_by(release.c.month)
        .subquery()
    )
    query = (
        select(release.c.month, release_input.c.clinic_code, release_input.c.submission_id)
        .join(newest, and_(release.c.month == newest.c.month, release.c.number == newest.c.number))
        .join(release_input, release_input.c.release_id == release.c.id)
        .where(scoped.in_scope(release_input.c.clinic_code))
    )
    inputs: dict[Month, dict[str, int]] = {}
    for month, clinic, submission in scoped.connection.execute(query):
        inputs.setdefault(Month.parse(month), {})[clinic] = submission
    return inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRelease:
    """A release before it has an id."""

    month: Month
    number: int
    released_by: str
    released_at: datetime
    rules: str  # as JSON, with the indicators that it shows
    inputs: Mapping[str, int]  # clinic → submission


def add(scoped: ScopedConnection, new: NewRelease) -> int:
    """Store a release with what it was computed from; returns its id. Region only."""
    scoped.check_every_clinic()
    query = insert(release).values(
        month=str(new.month),
        number=new.number,
        released_by=new.released_by,
        released_at=new.released_at,
        rules=new.rules,
    )
    id_ = int(scoped.connection.execute(query.returning(release.c.id)).scalar_one())
    if new.inputs:
        scoped.connection.execute(
            insert(release_input),
            [
                {"release_id": id_, "clinic_code": clinic, "submission_id": submission}
                for clinic, submission in new.inputs.items()
            ],
        )
    return id_


def replace_figures(
    scoped: ScopedConnection,
    *,
    month: Month,
    release_id: int,
    figures: Mapping[str, RegionalFigure | None],
) -> None:
    """Put in the figures that this release may replace; None hides the figure."""
    scoped.check_every_clinic()
    if not figures:
        return
    scoped.connection.execute(
        delete(figure).where(figure.c.month == str(month), figure.c.indicator.in_(list(figures)))
    )
    scoped.connection.execute(
        insert(figure),
        [
            {"month": str(month), "indicator": code, "release_id": release_id, **_figure_values(regional)}
            for code, regional in figures.items()
        ],
    )


def _figure_values(regional: RegionalFigure | None) -> dict[str, object]:
    return {
        "is_shown": regional is not None,
        "value": regional.value if regional else None,
        "pooled": regional.pooled if regional else None,
        "mean_of_clinics": regional.mean_of_clinics if regional else None,
        "rate": regional.rate if regional else None,
        "numerator": regional.numerator if regional else None,
        "denominator": regional.denominator if regional else None,
    }


def list_figures(
    scoped: ScopedConnection, *, first: Month, last: Month, indicators: Sequence[str] | None = None
) -> dict[tuple[Month, str], Released]:
    """Return released figures by month and indicator; without the sums behind them."""
    query = select(
        figure.c.month,
        figure.c.indicator,
        figure.c.is_shown,
        figure.c.value,
        figure.c.pooled,
        figure.c.mean_of_clinics,
        figure.c.rate,
        figure.c.release_id,
    ).where(figure.c.month.between(str(first), str(last)))
    if indicators is not None:
        query = query.where(figure.c.indicator.in_(indicators))
    figures = {}
    for row in scoped.connection.execute(query):
        month = Month.parse(row.month)
        figures[month, row.indicator] = Released(
            indicator=row.indicator,
            month=month,
            is_shown=bool(row.is_shown),
            value=row.value,
            pooled=row.pooled,
            mean_of_clinics=row.mean_of_clinics,
            rate=row.rate,
            release_id=row.release_id,
        )
    return figures


def list_sums(
    scoped: ScopedConnection, *, first: Month, last: Month, indicators: Sequence[str]
) -> dict[tuple[Month, str], int]:
    """Return the sums that shown figures were made from, by month and indicator; raises OutOfScope but for the region.

    Clinics read the rate where the sum would tell of somebody.
    """
    scoped.check_every_clinic()
    query = select(figure.c.month, figure.c.indicator, figure.c.numerator).where(
        figure.c.month.between(str(first), str(last)),
        figure.c.indicator.in_(indicators),
        figure.c.is_shown,
        figure.c.numerator.is_not(None),
    )
    return {
        (Month.parse(month), indicator): int(numerator)
        for month, indicator, numerator in scoped.connection.execute(query)
    }


def count_answered(
    scoped: ScopedConnection, *, first: Month, last: Month, indicators: Sequence[str]
) -> dict[tuple[Month, str], int]:
    """Return by month and indicator how many clinics had answered what the figure now was computed from. Region only.

    Whoever has answered since stands in no figure until the month is released anew.
    """
    scoped.check_every_clinic()
    query = (
        select(figure.c.month, figure.c.indicator, func.count())
        .join(release_input, release_input.c.release_id == figure.c.release_id)
        .join(
            answer,
            and_(
                answer.c.submission_id == release_input.c.submission_id,
                answer.c.measure == figure.c.indicator,
            ),
        )
        .where(
            figure.c.month.between(str(first), str(last)),
            figure.c.indicator.in_(indicators),
        )
        .group_by(figure.c.month, figure.c.indicator)
    )
    return {
        (Month.parse(month), indicator): answered
        for month, indicator, answered in scoped.connection.execute(query)
    }


def year_sums(scoped: ScopedConnection, *, first: Month, last: Month) -> dict[str, tuple[int, int, int]]:
    """Return per indicator the sums behind its released months and how many are shown (R6)."""
    query = (
        select(
            figure.c.indicator,
            func.sum(figure.c.numerator).label("numerator"),
            func.sum(figure.c.denominator).label("denominator"),
            func.count().label("months"),
        )
        .where(
            figure.c.month.between(str(first), str(last)),
            figure.c.is_shown,
            figure.c.value.is_not(None),
        )
        .group_by(figure.c.indicator)
    )
    return {
        row.indicator: (int(row.numerator or 0), int(row.denominator or 0), int(row.months))
        for row in scoped.connection.execute(query)
    }
