"""What the log calls things: words where the event holds a code, the event's own text otherwise."""

import pytest

from portal.domain.accounts.event_words import detail_in_words, subject_in_words


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("contract.answered", "telephone_hours", "Telefontider"),
        ("source.entered", "synergi 2023–2024", "Synergi 2023–2024"),
        ("comment.written", "care_plans 2025-01", "Skrivna vårdplaner januari 2025"),
        ("plan.moved", "investigation 7", "Kön till utredning 7"),
        ("plan.moved", "telephone_hours 7", "Telefontider 7"),
        ("reminder.sent", "2025-01 plan_end 7", "januari 2025 åtgärdsplan att avsluta 7"),
        ("target.set", "okänd_kod", "okänd_kod"),
        ("submission.sent", "2024-12 v2", "december 2024, version 2"),
        ("release.made", "2024-12", "december 2024"),
        ("report.frozen", "2024 v3", "2024, version 3"),
        (
            "reminder.sent",
            "2024-12 before, 2025-01 after",
            "december 2024 före sista dagen, januari 2025 efter sista dagen",
        ),
        ("file.downloaded", "2024-12.xlsx", "2024-12.xlsx"),
        ("demo.marked", "2025-02-05", "5 februari 2025"),
        ("demo.marked", "2025-02-31", "2025-02-31"),  # no day
        ("submission.sent", "2024-12 v1", "december 2024"),
        ("report.text_saved", "2024 4.6 v2", "kapitel 4.6, 2024, version 2"),
        ("file.downloaded", "mora-2024-12.xlsx", "mora-2024-12.xlsx"),
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
        ("months", "2024-11, 2024-12", "november 2024, december 2024"),
        ("until", "2025-02-21", "21 februari 2025"),
        ("kind", "bankruptcy", "konkurs"),
        ("hidden", "cgas_assessed, care_plans", "Patienter skattade med C-GAS, Skrivna vårdplaner"),
        (
            "figures",
            "medicine_unit_visits 2024 contacted 1, medicine_unit_visits 2024 visited borlange-jewe 2",
            "Kontaktad av Läkemedelsenheten 2024 1, Besökt av Läkemedelsenheten 2024 borlange-jewe 2",
        ),
        ("figures", "medicine_unit_visits 2024 mora 1", "Besök av Läkemedelsenheten 2024 mora 1"),  # a clinic
        (
            "figures",
            "patient_board_cases 2024 sex:flickor 1, patient_board_cases 2024 operator:private 1",
            "Ärenden hos Patientnämnden 2024 Kön: flickor 1, Ärenden hos Patientnämnden 2024 Regi: privat 1",
        ),
        (
            "figures",
            "patient_board_cases 2024 problem:Vård och behandling 1",
            "Ärenden hos Patientnämnden 2024 Huvudproblem: Vård och behandling 1",
        ),
        ("figures", "budget_transfer 2023 2023-12 1", "Omfördelade medel 2023 2023-12 1"),
        (
            "name",
            "mottagningar-first_visit_within_30d-2024.csv",
            "mottagningar-first_visit_within_30d-2024.csv",
        ),
        ("source", "no: calls saknas", "no: calls saknas"),  # what somebody wrote is not touched
    ],
)
def test_a_detail_is_said_in_words_where_it_holds_codes(name, text, words):
    assert detail_in_words(name, text) == words
