"""Statistics: how sure a figure is, what has really changed, what a queue needs.

Standard library only; each function names its formula's source, each test the publication it is checked
against.
"""

from portal.domain.insight.statistics.control import (
    FEWEST_POINTS,
    RUN,
    Assurance,
    ControlChart,
    Limits,
    Rule,
    Signal,
    assurance,
    p_chart,
    xmr_chart,
)
from portal.domain.insight.statistics.funnel import (
    FunnelLimits,
    FunnelPlace,
    between_variance,
    funnel_limits,
    funnel_place,
    overdispersion,
)
from portal.domain.insight.statistics.outliers import leave_one_out, mean_and_spread
from portal.domain.insight.statistics.queues import (
    DAYS_PER_MONTH,
    arrivals,
    months_to_clear,
    months_until_within,
    queue_within,
    required_starts,
)
from portal.domain.insight.statistics.shares import byars_interval, ratio_interval, wilson_interval


__all__ = [
    "DAYS_PER_MONTH",
    "FEWEST_POINTS",
    "RUN",
    "Assurance",
    "ControlChart",
    "FunnelLimits",
    "FunnelPlace",
    "Limits",
    "Rule",
    "Signal",
    "arrivals",
    "assurance",
    "between_variance",
    "byars_interval",
    "funnel_limits",
    "funnel_place",
    "leave_one_out",
    "mean_and_spread",
    "months_to_clear",
    "months_until_within",
    "overdispersion",
    "p_chart",
    "queue_within",
    "ratio_interval",
    "required_starts",
    "wilson_interval",
    "xmr_chart",
]
