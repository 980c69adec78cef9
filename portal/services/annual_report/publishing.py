"""What a frozen report would give away once it is published, in figures of that version."""

from db.release import releases
from db.reporting import values
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report.content import AnnualReport
from portal.domain.annual_report.giveaway import Giveaway, Key, giveaway
from portal.domain.registry.months import Month
from portal.services.context import Portal


def giveaway_of(portal: Portal, user: User, report: AnnualReport) -> Giveaway:
    """Count what the version and the monthly sums tell of the submissions that it rests on; raises AccessDenied."""
    check_is_region(user)
    months = {submission.id: Month.parse(submission.month) for submission in report.submissions}
    with portal.reading(user) as scoped:
        answers = values.of_submissions(scoped, submission_ids=list(months))
        figures = releases.list_figures(scoped, first=Month(report.year, 1), last=Month(report.year, 12))
    counts: dict[Key, dict[Month, int]] = {}
    for submission in report.submissions:
        for measure, answer in answers[submission.id].items():
            if answer.value is not None:
                of_measure = counts.setdefault((submission.clinic, measure), {})
                of_measure[months[submission.id]] = answer.value
    sums = {key: figure.value for key, figure in figures.items() if figure.is_shown and figure.value}
    return giveaway(report, counts, sums)
