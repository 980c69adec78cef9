"""A row with one clinic's code can't hang on another clinic's submission, whoever writes it."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from tests.db.test_schema import NOW
from tests.services.region import send


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.4.1")]
ROWS = {
    "submission_value": {"measure": "invented", "value": 1},
    "submission_event": {"kind": "sent", "by": "falun", "at": NOW, "comment": ""},
    "release_input": {"release_id": 1},
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_hangs_on_its_own_clinics_submission(portal, name):
    send(portal, "falun")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        id_ = scoped.connection.scalar(select(table("submission").c.id))
        release = {
            "id": 1,
            "month": "2025-01",
            "number": 1,
            "released_by": "x",
            "released_at": NOW,
            "rules": "{}",
        }
        scoped.connection.execute(insert(table("release")), [release])

    def write(clinic):
        with portal.database.writing(EVERY_CLINIC) as scoped:
            row = {**ROWS[name], "submission_id": id_, "clinic_code": clinic}
            scoped.connection.execute(insert(table(name)), [row])

    with pytest.raises(IntegrityError):
        write("mora")
    write("falun")
