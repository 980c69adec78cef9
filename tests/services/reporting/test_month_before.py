"""What a measure was the month before stands beside what is wrong with it now."""

from portal.domain.registry.values import Answer
from portal.services.reporting import submitting
from tests.services.region import DECEMBER, content_of, preview, send, user_of


def test_beside_what_is_wrong_stands_the_month_before_when_it_was_reported(portal):
    assert {problem.month_before for problem in preview(portal, calls=1).problems} == {None}
    send(portal, month=DECEMBER)

    (problem,) = preview(portal, calls=1).problems
    assert (problem.measure, problem.month_before) == ("calls_answered_same_day", Answer(180))
    unread = content_of(only={"calls": 1}).replace(b"calls;1", b"calls;x")  # nothing of the month is read
    (problem,) = submitting.preview(portal, user_of("falun"), name="f.csv", content=unread).problems
    assert (problem.code, problem.month_before) == ("value.number", Answer(200))
    assert preview(portal, "mora", calls=1).problems[0].month_before is None
