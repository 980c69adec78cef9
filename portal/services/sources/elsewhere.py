"""What others have published of an indicator, for the pages that set it beside the portal's own figures."""

from collections.abc import Sequence

from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.sources.declared import BESIDE
from portal.domain.sources.facts import Fact


def published(scoped: ScopedConnection, indicator: Indicator, first: Month, last: Month) -> Sequence[Fact]:
    """Return the months' published shares, of the country and of other regions, for whoever reads.

    None where nobody publishes the indicator; one query otherwise.
    """
    if indicator.code not in BESIDE:
        return ()
    return facts.list_public(scoped, indicator=BESIDE[indicator.code].indicator, first=first, last=last)
