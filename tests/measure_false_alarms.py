"""How often the rules say "more than noise" of invented series in which nothing has changed.

`python -m tests.measure_false_alarms` prints marks (what a tile shows), new ones, and stories of the new ones (what
Månaden lists), per clinic and month over all indicators. Counts are Poisson's, shares binomial, around means that stay; a queue forgets half of a chance gap
each month (`--memory`), since those who wait this month mostly wait the next one too.
"""

import argparse
import random
from math import exp

from portal.domain.insight.movements import movement, stories
from portal.domain.insight.series import CONTROL_MONTHS, counts_of_measures
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.measures import MEASURES, MeasureKind
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer


LAST = Month(2024, 12)
MONTHS = months_between(LAST.plus(1 - CONTROL_MONTHS), LAST)
PATIENTS = 850
SHARE_OF_WHOLE = 0.6
SHARES = [
    (indicator.numerator, indicator.denominator) for indicator in MONTHLY_INDICATORS if indicator.is_share
]
CLINIC = Clinic(
    code="x",
    name="Mottagning",
    report_name="Mottagning",
    municipality_code="2080",
    municipality="Falun",
    operator=Operator.PUBLIC,
    provider="Region",
)


def poisson(chance, mean):
    """Draw by Knuth's method in steps: exp(-mean) of a large mean would be nought."""
    drawn = 0
    while mean > 0:
        step, mean = min(mean, 30), mean - 30
        product, bound = chance.random(), exp(-step)
        while product > bound:
            drawn, product = drawn + 1, product * chance.random()
    return drawn


def unchanged_clinic(chance, memory):
    """Return month → measure → answer of a clinic in which nothing changes."""
    means = {measure.code: chance.choice((4, 12, 30, 60, 120)) for measure in MEASURES}
    answers, gaps = {}, dict.fromkeys(means, 0.0)
    for month in MONTHS:
        values = {}
        for measure in MEASURES:
            count = poisson(chance, means[measure.code])
            if measure.kind is MeasureKind.STOCK:
                mean = means[measure.code]
                gaps[measure.code] = memory * gaps[measure.code] + (1 - memory**2) ** 0.5 * (count - mean)
                count = max(0, round(mean + gaps[measure.code]))
            values[measure.code] = count
        for part, whole in SHARES:
            values[part] = sum(chance.random() < SHARE_OF_WHOLE for _ in range(values[whole]))
        values["active_patients"] = PATIENTS
        answers[month] = {code: Answer(value) for code, value in values.items()}
    return answers


def movements_of(answers):
    moved = []
    for indicator in MONTHLY_INDICATORS:
        counts = {code: [answers[month][code].value for month in MONTHS] for code in answers[LAST]}
        moved.append(movement(CLINIC, indicator, MONTHS, counts_of_measures(indicator, counts)))
    return list(filter(None, moved))


def false_alarms(clinics, *, memory, seed=1):
    """Return marks, new ones, and stories of new ones, each per clinic and month."""
    chance = random.Random(seed)
    moved = [movements_of(unchanged_clinic(chance, memory)) for _ in range(clinics)]
    new = sum(found.is_new for movements in moved for found in movements)
    return (
        sum(map(len, moved)) / clinics,
        new / clinics,
        sum(len(stories(month)) for month in moved) / clinics,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinics", type=int, default=1000)
    parser.add_argument("--memory", type=float, nargs="*", default=[0, 0.5, 0.8])
    options = parser.parse_args()
    for memory in options.memory:
        marks, new, told = false_alarms(options.clinics, memory=memory)
        print(
            f"queues' memory {memory}: a clinic's month has {marks:.2f} marks, {new:.2f} new, {told:.2f} stories"
        )


if __name__ == "__main__":
    main()
