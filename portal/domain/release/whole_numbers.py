"""R13: could whoever knows its own counts tell another's, because counts are whole? An exact check in whole numbers.

What is printed is a system of equations and limits over whole numbers (`printed`). A value is safe when the
system has a second solution in which it is more than p percent another; a solution that only has the clinics
change places is none, since who is the larger is known. Solutions are sought by exchange: two clinics of two
owners give and take, all else stays as it is, so that whoever owns neither sees the same figures. With such
partners of two owners a value is safe from every owner. The search is bounded; what it does not find is not there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.registry.indicators import MONTHLY_INDICATORS, PATIENTS
from portal.domain.release.exchanges import Changes, Exchanges
from portal.domain.release.printed import PrintedMonth


@dataclass(frozen=True, slots=True)
class Family:
    """Measures that shares and quotients bind together: one counted beneath, and those counted above it."""

    under: str
    overs: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.under, *self.overs)

    def touches(self, measures: Iterable[str]) -> bool:
        return any(measure in self.measures for measure in measures)


PAIRS = tuple(indicator.measures for indicator in MONTHLY_INDICATORS if indicator.denominator)
COUNTS = tuple(indicator.numerator or "" for indicator in MONTHLY_INDICATORS if indicator.is_rate)


def families_of(releases: Iterable[PrintedMonth]) -> tuple[Family, ...]:
    """Return the families that every measure of what is printed falls into, each into one.

    A queue is counted above its starts and beneath those of it who have waited long: where a share of these is
    printed it is exchanged with them, and the search leaves its own quotient as it is. What no share and no
    quotient binds goes with the patients, whom its rate binds it to.
    """
    printed = {(ratio.over, ratio.under) for release in releases for ratio in release.ratios}
    bound = _bound([pair for pair in PAIRS if pair in printed])
    alone = tuple(code for code in COUNTS if not any(family.touches([code]) for family in bound))
    return (Family(PATIENTS, alone), *bound)


def _bound(pairs: Sequence[tuple[str, ...]]) -> list[Family]:
    """Return what these pairs of a count above and one beneath bind, by the latter."""
    unders = {under: None for _, under in pairs}  # in their order
    return [
        Family(under, tuple(over for over, beneath in pairs if beneath == under and over not in unders))
        for under in unders
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Solution:
    """Another solution: in these releases the counts are so much more or less, and whose they are."""

    releases: tuple[int, ...]
    changes: Changes  # (clinic, measure) → change
    owners: frozenset[str]  # whoever is none of them sees the same figures


class WholeNumbers:
    """Everything that was printed of one month, over all its releases, asked what it tells."""

    def __init__(self, releases: Sequence[PrintedMonth], owners: Mapping[str, str], p_percent: float) -> None:
        self.releases, self.owners, self.p_percent = releases, owners, p_percent
        self._clinics: dict[str, list[str]] = {}
        self._exchanges: dict[tuple[Family, tuple[str, ...]], list[Exchanges]] = {}

    def is_safe(self, family: Family) -> bool:
        """Whether nobody could tell another's value of the family's measures, exactly or within p percent."""
        return all(
            self._is_safe(family, measure, *group)
            for measure in family.measures
            for group in self.groups(measure)
        )

    def groups(self, measure: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield (clinics, release) for all that is to be kept: each clinic's count, and each owner's sum, once."""
        yielded = set()
        for index, release in enumerate(self.releases):
            counts = release.counts.get(measure, {})
            for clinics in self._groups_told(release, measure):
                kept = (clinics, tuple(counts[clinic] for clinic in clinics))
                if kept not in yielded:
                    yielded.add(kept)
                    yield clinics, index

    def _groups_told(self, release: PrintedMonth, measure: str) -> Iterator[tuple[str, ...]]:
        by_owner: dict[str, list[str]] = {}
        for clinic in sorted(release.clinics_told(measure)):
            by_owner.setdefault(self.owners[clinic], []).append(clinic)
            yield (clinic,)
        yield from (tuple(clinics) for clinics in by_owner.values() if len(clinics) > 1)

    def _is_safe(self, family: Family, measure: str, clinics: tuple[str, ...], release: int) -> bool:
        """Whether there is a solution for every viewer: one that changes theirs alone, or with either of two."""
        theirs = self.owners[clinics[0]]
        partners: set[str] = set()
        for solution in self.solutions(family, measure, clinics, release):
            if solution.owners == {theirs}:
                return True
            partners |= solution.owners - {theirs}
            if len(partners) > 1:
                return True
        return False

    def solutions(
        self, family: Family, measure: str, clinics: tuple[str, ...], release: int
    ) -> Iterator[Solution]:
        """Yield solutions in which the clinics' count is more than p percent another."""
        counts = self.releases[release].counts[measure]
        least = self.p_percent * sum(counts[clinic] for clinic in clinics) / 100
        for pair in self._pairs(measure, clinics):
            for exchanges in self._exchanges_of(family, pair):
                changes = exchanges.wider(measure, least) if release in exchanges.span else None
                if changes and any(changes.get((clinic, measure)) for clinic in clinics):
                    owners = frozenset(self.owners[clinic] for clinic, _ in changes)
                    yield Solution(releases=exchanges.span, changes=changes, owners=owners)

    def _pairs(self, measure: str, clinics: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Yield each clinic with each of another owner, then alone: that is seldom possible and long sought."""
        owner = self.owners[clinics[0]]
        partners = [clinic for clinic in self._clinics_of(measure) if self.owners[clinic] != owner]
        yield from (tuple(sorted((clinic, partner))) for partner in partners for clinic in clinics)
        yield from ((clinic,) for clinic in clinics)

    def _clinics_of(self, measure: str) -> list[str]:
        """Return who has the measure in any release: whoever has left it since may have given as before."""
        if measure not in self._clinics:
            with_count = (release.counts.get(measure, {}) for release in self.releases)
            self._clinics[measure] = sorted({clinic for counts in with_count for clinic in counts})
        return self._clinics[measure]

    def _exchanges_of(self, family: Family, pair: tuple[str, ...]) -> list[Exchanges]:
        key = (family, pair)
        if key not in self._exchanges:
            self._exchanges[key] = [
                Exchanges(self.releases, (family.under, family.overs), pair, span)
                for span in _spans(self.releases, family, pair)
            ]
        return self._exchanges[key]


def _spans(
    releases: Sequence[PrintedMonth], family: Family, clinics: tuple[str, ...]
) -> Iterator[tuple[int, ...]]:
    """Yield the releases that have to change together: a count that was the same in two is one and the same."""
    waiting = set(range(len(releases)))
    while waiting:
        span = {min(waiting)}
        while joining := {
            release
            for release in waiting - span
            if any(_is_same(releases[release], releases[joined], family, clinics) for joined in span)
        }:
            span |= joining
        waiting -= span
        yield tuple(sorted(span))


def _is_same(printed: PrintedMonth, another: PrintedMonth, family: Family, clinics: tuple[str, ...]) -> bool:
    """Whether a count of one of the clinics stands in both releases unchanged."""
    return any(
        clinic in printed.counts.get(measure, {})
        and printed.counts[measure][clinic] == another.counts.get(measure, {}).get(clinic)
        for measure in family.measures
        for clinic in clinics
    )
