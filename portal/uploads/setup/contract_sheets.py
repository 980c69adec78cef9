"""The sheets about the contract: its demands, and from which level each is met."""

from portal.domain.insight.demands import COMES_WITH_PORTAL, MEASURED
from portal.uploads.setup.columns import (
    VALID_FROM_DAY,
    YES_OR_NO,
    SetupColumn,
    SetupSheet,
    as_day,
    as_level,
    as_text,
    labels_of,
    one_of,
)


_MEASURED_NAMES = {indicator.code: [indicator.label] for indicator in MEASURED}
DEMANDS = SetupSheet(
    name="Avtalskrav",
    key=("demand",),
    columns=(
        SetupColumn(
            name="demand",
            heading="Krav",
            comment="Vad kravet heter. Utan rader här gäller de krav som portalen kommer med; en annan regions första "
            "rad ersätter dem alla.",
            example=COMES_WITH_PORTAL.demands[0].label,
            read=as_text,
        ),
        SetupColumn(
            name="indicator",
            heading="Bedöms efter",
            comment="En andel, med det namn som står på sidan Definitioner. Tomt: mottagningens svar, ja, delvis eller nej.",
            example=MEASURED[0].label,
            read=one_of(_MEASURED_NAMES, listed_on="Definitioner"),
            is_needed=False,
            choices=labels_of(_MEASURED_NAMES),
        ),
        SetupColumn(
            name="rule",
            heading="Regel",
            comment="Vad avtalet kräver, i en eller två meningar. Ett nytt krav måste ha den.",
            example=COMES_WITH_PORTAL.demands[0].rule,
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name="source",
            heading="Källa",
            comment="Var i avtalet det står. Ett nytt krav måste ha den.",
            example="Avtalet, punkt 4.5.2",
            read=as_text,
            is_needed=False,
        ),
        SetupColumn(
            name="valid_from",
            heading="Gäller från",
            comment="Första dagen. Tomt: portalens första månad.",
            example="2025-01-01",
            read=as_day,
            is_needed=False,
        ),
        SetupColumn(
            name="is_removed",
            heading="Tas bort",
            comment="ja: avtalet har inte kravet. Svar och nivåer ligger kvar om det kommer tillbaka.",
            example="nej",
            read=one_of(YES_OR_NO),
            is_needed=False,
            choices=labels_of(YES_OR_NO),
        ),
    ),
)
LEVELS = SetupSheet(
    name="Avtalsnivåer",
    key=("demand", "valid_from"),
    columns=(
        SetupColumn(
            name="demand",
            heading="Krav",
            comment="Avtalskravets namn, som det står på sidan Avtalskrav, eller dess kod.",
            example=COMES_WITH_PORTAL.adjustable[0].label,
            read=as_text,
        ),
        SetupColumn(
            name="met",
            heading="Uppfyllt från",
            comment="Från vilket värde kravet är uppfyllt.",
            example="90",
            read=as_level,
        ),
        SetupColumn(
            name="partly",
            heading="Delvis från",
            comment="Från vilket värde det är delvis uppfyllt. Tomt: inget räknas som delvis.",
            example="80",
            read=as_level,
            is_needed=False,
        ),
        VALID_FROM_DAY,
        SetupColumn(
            name="basis",
            heading="Grund",
            comment="Var nivån kommer ifrån.",
            example="Avtalet, punkt 4.5.2",
            read=as_text,
        ),
    ),
)
