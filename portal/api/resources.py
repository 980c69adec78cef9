"""What programs may read: each resource with its address, its question and its row, declared here and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.api.questions import FigureQuestion, Question, ReleaseQuestion
from portal.api.rows import (
    ClinicRead,
    DefinitionRead,
    FigureRead,
    IndicatorRead,
    MonthRead,
    ProgramRow,
    ReleasedRead,
)
from portal.domain.accounts.access import User
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, MONTHLY_INDICATORS
from portal.domain.registry.measures import MEASURES
from portal.services.accounts import login_sessions
from portal.services.administration import targets
from portal.services.context import Portal
from portal.services.programs import figures, months


@dataclass(frozen=True, slots=True)
class RowsRead:
    """A page of rows, and how many there are in all."""

    rows: Sequence[ProgramRow]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """`read` goes through the services of the pages, with the user's own scope."""

    name: str
    summary: str
    question: type[Question]
    row: type[ProgramRow]
    read: Callable[[Portal, User, Question], RowsRead]

    @property
    def path(self) -> str:
        return f"/api/v1/{self.name}"


def _read_clinics(portal: Portal, user: User, question: Question) -> RowsRead:
    return _page(
        [ClinicRead.of(clinic) for clinic in login_sessions.list_own_clinics(portal, user)], question
    )


def _read_indicators(_portal: Portal, _user: User, question: Question) -> RowsRead:
    return _page([IndicatorRead.of(indicator) for indicator in MONTHLY_INDICATORS], question)


def _read_definitions(portal: Portal, user: User, question: Question) -> RowsRead:
    in_force = targets.in_force(portal, user)
    indicators = [
        DefinitionRead.of_indicator(
            indicator, source=portal.region.in_words(indicator.source), target=in_force[indicator.code]
        )
        for indicator in INDICATORS
    ]
    measures = [
        DefinitionRead.of_measure(measure) for measure in MEASURES if measure.code not in INDICATORS_BY_CODE
    ]
    return _page([*indicators, *measures], question)


def _read_months(portal: Portal, user: User, question: Question) -> RowsRead:
    return _page([MonthRead.of(month) for month in months.of_clinics(portal, user)], question)


def _read_releases(portal: Portal, user: User, question: Question) -> RowsRead:
    part = figures.released(portal, user, question.choice, question.stretch)
    return RowsRead([ReleasedRead.of(row) for row in part.rows], part.total)


def _read_figures(portal: Portal, user: User, question: Question) -> RowsRead:
    part = figures.of_clinics(portal, user, question.choice, question.stretch)
    return RowsRead([FigureRead.of(row) for row in part.rows], part.total)


def _page(rows: Sequence[ProgramRow], question: Question) -> RowsRead:
    stretch = question.stretch
    return RowsRead(rows[stretch.start : stretch.start + stretch.most], len(rows))


RESOURCES = (
    Resource(
        name="clinics",
        summary="De mottagningar som kontot får se",
        question=Question,
        row=ClinicRead,
        read=_read_clinics,
    ),
    Resource(
        name="indicators",
        summary="Indikatorerna som följs månad för månad",
        question=Question,
        row=IndicatorRead,
        read=_read_indicators,
    ),
    Resource(
        name="definitions",
        summary="Vad varje indikator och mått betyder",
        question=Question,
        row=DefinitionRead,
        read=_read_definitions,
    ),
    Resource(
        name="months",
        summary="Hur långt varje månad har kommit",
        question=Question,
        row=MonthRead,
        read=_read_months,
    ),
    Resource(
        name="releases",
        summary="Regionens släppta värden",
        question=ReleaseQuestion,
        row=ReleasedRead,
        read=_read_releases,
    ),
    Resource(
        name="figures",
        summary="Egna värden bredvid regionens släppta",
        question=FigureQuestion,
        row=FigureRead,
        read=_read_figures,
    ),
)
RESOURCES_BY_PATH = {resource.path: resource for resource in RESOURCES}
