"""What the log calls things: words where the event holds a code, the event's own text otherwise."""

import pytest

from portal.domain.event_words import detail_in_words, subject_in_words


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("contract.answered", "telephone_hours", "Telefontider"),
        ("source.entered", "synergi 2023–2024", "Synergi 2023–2024"),
        ("comment.written", "care_plans 2025-01", "Skrivna vårdplaner 2025-01"),
        ("target.set", "okänd_kod", "okänd_kod"),
        (
            "figures.downloaded",
            "care_plans-mora.csv",
            "care_plans-mora.csv",
        ),  # a file is called what it is called
    ],
)
def test_a_subject_is_said_in_words(action, subject, words):
    assert subject_in_words(action, subject) == words


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("reply", "partly", "delvis"),
        ("hidden", "cgas_assessed, care_plans", "Patienter skattade med C-GAS, Skrivna vårdplaner"),
        ("figures", "medicine_unit_visits 2024 visited 1", "Besök av Läkemedelsenheten 2024 visited 1"),
        ("source", "no: calls saknas", "no: calls saknas"),  # what somebody wrote is not touched
    ],
)
def test_a_detail_is_said_in_words_where_it_holds_codes(name, text, words):
    assert detail_in_words(name, text) == words
