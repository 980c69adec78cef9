"""A clinic in words."""

import pytest

from portal.domain.registry.clinics import Clinic, ClosedKind, Operator


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        (ClosedKind.BANKRUPTCY, "Konkurs", "konkurs"),
        (ClosedKind.BANKRUPTCY, "konkurs.", "konkurs"),
        (ClosedKind.BANKRUPTCY, "Gick i konkurs i maj", "Gick i konkurs i maj"),
        (ClosedKind.BANKRUPTCY, "beslut i tingsrätten", "konkurs: beslut i tingsrätten"),
        (ClosedKind.ENDED, "", "avtalet upphörde"),
        (None, "flyttade", "flyttade"),
        (None, "", ""),
    ],
)
def test_why_a_clinic_closed_is_said_once(kind, reason, words):
    clinic = Clinic(
        code="mora",
        name="BUP Mora",
        report_name="Mora BUP Mott",
        municipality_code="2062",
        municipality="Mora",
        operator=Operator.PUBLIC,
        provider="Region Dalarna",
        closed_kind=kind,
        closed_reason=reason,
    )

    assert clinic.why_closed() == words
