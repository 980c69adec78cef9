"""Fifty invented clinics, month by month: patients, new and waiting, with trend, season, break, closing, or steady.

A queue is played through: people come and start at random, and more start when it has grown long.
"""

import random
from dataclasses import dataclass, field
from math import exp


CLINICS = 50
SEASON = (1.0, 0.98, 1.06, 1.0, 1.05, 0.94, 0.8, 0.98, 1.06, 1.07, 1.04, 0.92)  # January to December
STRONG, WEAK = 1.5, 0.5  # of that season
KINDS = ("level", "trend", "season", "break", "closing")
MEASURES = ("patients", "new", "waiting")
SHORTEST, LENGTHS = 48, 37  # months
NORMAL_FROM = 60  # a mean from which Poisson is drawn as a normal number


@dataclass
class History:
    """One clinic's months. `start` is the first month that can be compared with the newest."""

    kind: str
    start: int = 0
    patients: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)

    def of(self, measure):
        return getattr(self, measure)[self.start :]


def all_histories():
    return [invent(number) for number in range(CLINICS)]


def invent(number):
    """Return one clinic; the same for the same number."""
    chance = random.Random(f"history {number}")
    kind, months = KINDS[number % len(KINDS)], SHORTEST + number * 7 % LENGTHS
    history = History(kind)
    size = exp(chance.uniform(1.2, 4.0))  # new in a month
    growth = (
        chance.choice((-1, 1)) * chance.uniform(0.004, 0.012) if kind == "trend" else chance.gauss(0, 0.001)
    )
    begins, strength = chance.randrange(12), STRONG if kind == "season" else WEAK
    neighbour_closes = months - chance.randint(3, 30) if kind == "closing" else months
    starting, usual = size * chance.uniform(0.92, 1.04), size * chance.uniform(0.8, 3.5)
    patients, waiting, mood = size * chance.uniform(6, 14), round(usual), 0.0
    for month in range(months):
        season = 1 + strength * (SEASON[(begins + month) % 12] - 1)
        grown = season * (1 + growth) ** month
        mood = 0.8 * mood + chance.gauss(0, 0.06)  # good and bad times last a while
        since = min(1.0, max(0, month - neighbour_closes + 1) / 4)
        new = poisson(chance, size * grown * exp(mood) * (1 + 0.3 * since))
        pull = starting * grown * (1 + 0.35 * (waiting / usual - 1)) * (1 + 0.15 * since)
        started = min(waiting + new, poisson(chance, pull))
        waiting += new - started
        patients = max(1.0, patients + started - size * grown * chance.gauss(1, 0.1))
        history.patients.append(round(patients))
        history.new.append(new)
        history.waiting.append(waiting)
    if kind == "break":
        count_otherwise(history, months - chance.randint(38, 46), chance.choice((0.6, 1.6)))
    return history


def count_otherwise(history, start, factor):
    """Let a new journal system count more or fewer from a month on."""
    history.start = start
    for measure in MEASURES:
        counts = getattr(history, measure)
        counts[start:] = [round(factor * count) for count in counts[start:]]


def poisson(chance, mean):
    if mean > NORMAL_FROM:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    limit, product, count = exp(-max(mean, 0.05)), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
