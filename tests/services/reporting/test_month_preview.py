"""What the preview of a month tells, and what it leaves out."""

from datetime import date

import pytest

from portal.services.release import releases
from portal.services.reporting import breaks, submitting
from portal.services.review import reviews
from portal.uploads.form import parse_form
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, MONTH, preview, send, user_of


def test_the_preview_says_what_the_month_does_to_the_indicators(portal):
    send(portal, month=DECEMBER, first_visits_within_30d=15)

    (found,) = preview(portal).months

    effects = {effect.indicator.code: effect for effect in found.effects}
    share = effects["first_visit_within_30d"]
    assert (share.now.value, share.before.value) == (70, 50)
    assert share.released is None
    assert effects["care_plans"].now.value == MONTH["care_plans"]
    assert "video_share" not in {code for code, effect in effects.items() if effect.now.value is not None}


def test_the_preview_tells_whether_the_months_own_regional_figures_are_released(portal):
    send(portal, month=DECEMBER)
    reviews.approve(portal, CONTROLLER, clinic="falun", month=DECEMBER)
    releases.release(portal.on(date(2025, 2, 20)), CONTROLLER, DECEMBER)

    late, due = (
        preview(portal, clinic, month).months for clinic, month in (("mora", DECEMBER), ("mora", JANUARY))
    )

    assert [month.is_released for month in (*late, *due)] == [True, False]


def test_a_follow_on_of_a_refused_cell_is_not_said(portal):
    texts = {measure: str(count) for measure, count in MONTH.items()} | {"calls": "många"}

    found = submitting.preview_parsed(portal, user_of("falun"), parse_form("falun", JANUARY, texts), name="")

    assert [problem.code for problem in found.errors] == ["value.number"]


def test_a_part_whose_whole_is_missing_is_not_a_fault_of_its_own(portal):
    texts = {measure: str(count) for measure, count in MONTH.items()} | {"calls": ""}

    found = submitting.preview_parsed(portal, user_of("falun"), parse_form("falun", JANUARY, texts), name="")

    assert [(problem.code, problem.measure) for problem in found.errors] == [("value.missing", "calls")]


def test_a_returned_month_is_not_sent_again_without_an_answer(portal):
    send(portal, care_plans=30)
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Se över planerna.")

    with pytest.raises(submitting.NeedsConfirmation) as refused:
        send(portal, care_plans=31)

    assert [problem.code for problem in refused.value.problems] == ["answer.missing"]
    assert send(portal, care_plans=31, answer="En plan till.").submissions == (("falun", JANUARY, 2),)


def test_after_a_break_the_preview_expects_nothing_of_the_older_series(portal):
    for back in range(1, 8):
        send(portal, month=JANUARY.plus(-back), confirm=True)
    expected = [line.expected for line in preview(portal).months[0].lines if line.read]
    assert all(expected)

    breaks.enter(portal, CONTROLLER, clinic="falun", month=JANUARY.plus(-3), reason="Nytt journalsystem")

    assert not any(line.expected for line in preview(portal).months[0].lines)
