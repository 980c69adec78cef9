"""Words that people write: no column for them takes a personal number, whichever door they come through."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from db.columns import FreeText
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.refused import Refused


pytestmark = [pytest.mark.security, pytest.mark.asvs("1.3.3")]

NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
NUMBERS = ["19121212-1212", "121212+1212", "Pat 1912\u200b12121212", "１９１２１２１２-１２１２"]
OF_WORDS = ("name", "provider", "reason", "note", "text", "comment", "source", "basis", "correction")
CHOSEN_OR_CHECKED = {
    "submission.file_name",  # by a rule for file names, in which a time of day is no number
    "stored_file.name",
    "account.username",  # a login name: letters, digits and signs of its own grammar
    "login_step.username",
    "draft.username",
    "kept_upload.username",
    "kept_upload.name",  # as stored_file.name
    "draft.texts",  # only those without a number are kept
    "submission_value.reason",  # out of a list
    "region_fact.reason",
    "installation.name",
    "setting.name",
    "published_figure.source",  # printed elsewhere
    "published_figure.basis",
    "report_start_text.text",  # comes with the portal
}


def is_of_words(column):
    return any(column.name.endswith(ending) for ending in (*OF_WORDS, "texts"))


def test_every_column_for_words_asks_the_one_rule():
    unguarded = {
        f"{name}.{column.name}"
        for name, declared in SQLModel.metadata.tables.items()
        for column in declared.columns
        if is_of_words(column) and not isinstance(column.type, FreeText) and column.type.python_type is str
    }

    assert unguarded <= CHOSEN_OR_CHECKED


def store(database, reason):
    with database.writing(EVERY_CLINIC) as scoped:
        row = {"month": "2025-01", "reason": reason, "entered_by": "region", "entered_at": NOW}
        scoped.connection.execute(insert(table("series_break")), [row])


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_refused_in_words_and_nothing_is_stored(sqlite_database, number):
    with pytest.raises(Refused, match="ser ut som ett personnummer. Inget är sparat"):
        store(sqlite_database, f"Nytt journalsystem. {number}")

    store(sqlite_database, "Nytt\u202e journal\u200bsystem, 1\u00a0248 fall")
    with sqlite_database.reading(EVERY_CLINIC) as scoped:
        assert list(scoped.connection.scalars(select(table("series_break").c.reason))) == [
            "Nytt journalsystem, 1\u00a0248 fall"
        ]
