"""What is stored is what was previewed."""

import pytest

from portal.services.reporting import submitting
from portal.services.reporting.submitting import Rejected
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from tests.services.region import JANUARY, content_of, preview, user_of


@pytest.mark.security
@pytest.mark.asvs("2.3.1")
def test_other_bytes_than_those_that_were_previewed_are_not_stored(portal):
    """An upload's bytes can be exchanged between the preview and the click."""
    previewed = preview(portal, calls=200)

    for calls, stored_versions in ((201, 0), (200, 1)):
        confirmation = Confirmation(sha256=previewed.sha256)
        try:
            content = content_of("falun", JANUARY, calls=calls)
            submitting.commit(
                portal, user_of("falun"), name="januari.csv", content=content, confirmation=confirmation
            )
        except Rejected as refused:
            assert [problem.code for problem in refused.problems] == ["file.exchanged"]
        assert len(reviews.list_of_clinic(portal, user_of("falun"), clinic="falun")) == stored_versions
