"""Queues: how long one lasts, and how many must start for nobody to wait too long."""

DAYS_PER_MONTH = 365.25 / 12


def months_to_clear(waiting: float, started_per_month: float) -> float | None:
    """Return how many months the queue lasts at this pace; None when nobody starts.

    Little's law, waiting time = queue ÷ flow: J. D. C. Little, Operations Research 9 (1961), 383-387.
    """
    return waiting / started_per_month if started_per_month else None


def arrivals(waiting_before: float, waiting_now: float, started: float) -> float:
    """Return how many joined the queue: its change plus those who started.

    The balance of a queue, with those who left it for other reasons counted off the newcomers; never
    below 0.
    """
    return max(0.0, waiting_now - waiting_before + started)


def queue_within(arrivals_per_month: float, days: float) -> float:
    """Return the longest queue in which nobody waits more than `days`, when the first in is the first out.

    Little's law with the longest allowed wait: those waiting are then the arrivals of the last `days`.
    """
    return arrivals_per_month * days / DAYS_PER_MONTH


def required_starts(waiting: float, arrivals_per_month: float, months: float, *, days: float) -> float:
    """Return the starts per month that bring the queue within `days` in `months`, in the order of arrival.

    Arrivals + (queue - the queue to reach) ÷ time: the relief capacity of Fong et al., Understanding
    waiting lists pressures (medRxiv 2022, doi 10.1101/2022.08.23.22279117), as in NHSRwaitinglist
    calc_relief_capacity (0d85b69). Raises ValueError unless months are positive.
    """
    if months <= 0:
        raise ValueError("months must be positive")
    return max(0.0, arrivals_per_month + (waiting - queue_within(arrivals_per_month, days)) / months)


def months_until_within(
    waiting: float, arrivals_per_month: float, started_per_month: float, *, days: float
) -> float | None:
    """Return when the queue is within `days` at today's pace: 0 now, None never."""
    surplus = waiting - queue_within(arrivals_per_month, days)
    if surplus <= 0:
        return 0.0
    gain = started_per_month - arrivals_per_month
    return surplus / gain if gain > 0 else None


def load(arrivals_per_month: float, started_per_month: float) -> float | None:
    """Return how many join for each who starts: above 1 the queue grows; None when nobody starts.

    Fong et al. 2022, facts 1 and 2 (see `required_starts`), as in NHSRwaitinglist calc_queue_load.
    """
    return arrivals_per_month / started_per_month if started_per_month else None


def target_queue(arrivals_per_month: float, days: float) -> float:
    """Return the queue at which about 98 of 100 start within `days`: a quarter of the longest allowed.

    Fong et al. 2022, facts 4 and 6, as in NHSRwaitinglist calc_target_queue_size with its factor of 4.
    """
    return queue_within(arrivals_per_month, days) / 4


def pressure(mean_wait: float, target_wait: float) -> float:
    """Return twice the mean wait over the target: above 1 the target is most likely missed.

    Fong et al. 2022, fact 9, as in NHSRwaitinglist calc_waiting_list_pressure. Both in the same unit.
    """
    return 2 * mean_wait / target_wait
