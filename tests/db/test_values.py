"""A period in sums: what SQL adds up is what adding up by hand gives."""

import random

import pytest

from db.reporting import values
from portal.domain.accounts.access import EVERY_CLINIC, ClinicScope
from portal.domain.registry.annual import figure_of_period
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Kind
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import REPORTABLE_REASONS, Answer, MissingReason
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from tests.domain.registry.test_annual import MONTHS, obvious_value, same
from tests.services.region import CONTROLLER, content_of


PAIRS = [
    (indicator.numerator, indicator.denominator)
    for indicator in MONTHLY_INDICATORS
    if indicator.kind is Kind.PERCENT
]


def some_year(seed):
    """Return some months with answers that pass the checks; a part and its whole go together."""
    chance = random.Random(seed)
    year = {}
    for month in chance.sample(MONTHS, chance.randint(1, 12)):
        year[month] = sent = {}
        for measure in MEASURES:  # a part is declared after its whole
            most = chance.choice((3, 200))
            if measure.not_above:
                if measure.not_above not in sent:
                    continue
                most = sent[measure.not_above].value
            is_required = measure.required or is_part_of_optional(measure)
            if is_required or chance.random() < 0.5:
                not_measured = Answer(reason=MissingReason.NOT_MEASURED)
                sent[measure.code] = not_measured if most is None else some_answer(chance, most)
        for part, whole in (("sip_patients", "sip_meetings"), ("video_contacts", "contacts")):
            _keep_within(sent, part, whole)
    return year


def is_part_of_optional(measure):
    """Return whether a measure is a part of one that may itself be left out: both or neither are sent."""
    return measure.not_above is not None and not MEASURES_BY_CODE[measure.not_above].required


def _keep_within(sent, part, whole):
    """Bring a count down to the total that the checks hold it against."""
    counts = [sent[code].value if code in sent else None for code in (part, whole)]
    if None not in counts and counts[0] > counts[1]:
        sent[part] = Answer(counts[1])


def some_answer(chance, most):
    if chance.random() < 0.15:
        return Answer(reason=chance.choice(REPORTABLE_REASONS))
    return Answer(chance.randint(0, most))


def send_year(portal, clinic, year):
    for month, answers in year.items():
        given = {code: answer.reason or answer.value for code, answer in answers.items()}
        submitting.commit(
            portal,
            CONTROLLER,
            name="x.csv",
            content=content_of(clinic, month, only=given),
            confirmation=Confirmation(has_warnings=True, note="Slumpade värden."),
        )


@pytest.mark.parametrize("seed", range(4))
def test_every_indicators_year_out_of_sql_is_the_obvious_one(portal, seed):
    years = {clinic: some_year(f"{clinic} {seed}") for clinic in ("falun", "mora")}
    for clinic, year in years.items():
        send_year(portal, clinic, year)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        found = values.totals(scoped, first=MONTHS[0], last=MONTHS[-1], pairs=PAIRS)

    assert set(found) == set(years)
    for clinic, year in years.items():
        for indicator in MONTHLY_INDICATORS:
            figure = figure_of_period(indicator, found[clinic], otherwise=MissingReason.NOT_REPORTED)
            assert same(figure.value, obvious_value(indicator, year, MONTHS[-1])), (clinic, indicator.code)


def test_only_the_newest_version_counts_and_only_the_period(portal):
    year = some_year("falun 0")
    send_year(portal, "falun", year)
    for month in (Month(2023, 12), Month(2025, 1), min(year)):
        send_year(portal, "falun", {month: {**year[min(year)], "sip_meetings": Answer(1_000)}})
    year[min(year)] = {**year[min(year)], "sip_meetings": Answer(1_000)}

    with portal.database.reading(ClinicScope(frozenset({"falun"}))) as scoped:
        found = values.totals(scoped, first=MONTHS[0], last=MONTHS[-1], pairs=[])

    sent = [answers["sip_meetings"].value for answers in year.values()]
    counts = [count for count in sent if count is not None]
    assert found["falun"].flows["sip_meetings"] == (sum(counts), len(counts))


def test_a_returned_version_is_still_the_clinics_own_newest(portal):
    send_year(portal, "falun", {MONTHS[-1]: some_year("falun 1").popitem()[1]})
    before = totals(portal)
    reviewer = type(CONTROLLER)("granskare", "Granskare")

    reviews.send_back(portal, reviewer, clinic="falun", month=MONTHS[-1], comment="Se över det.")

    assert totals(portal) == before


def totals(portal):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return values.totals(scoped, first=MONTHS[0], last=MONTHS[-1], pairs=PAIRS)
