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
        return (self.under, *self.overs) if self.under else self.overs

    def touches(self, measures: Iterable[str]) -> bool:
        return any(measure in self.measures for measure in measures)


def families() -> tuple[Family, ...]:
    """Return the families that every measure of a monthly figure falls into, each into one."""
    overs: dict[str, tuple[str, ...]] = {PATIENTS: ()}
    for indicator in MONTHLY_INDICATORS:
        if len(indicator.measures) > 1:
            over, under = indicator.measures
            overs[under] = (*overs.get(under, ()), over)
    bound = [Family(under, codes) for under, codes in overs.items()]
    measures = [measure for indicator in MONTHLY_INDICATORS for measure in indicator.measures]
    alone = [measure for measure in measures if not any(family.touches([measure]) for family in bound)]
    return (*bound, *(Family("", (measure,)) for measure in alone))


FAMILIES = families()


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
        self._exchanges: dict[tuple[Family, tuple[str, ...]], list[Exchanges]] = {}

    def estimable(self, family: Family) -> set[str]:
        """Return the measures of which somebody could tell another's value exactly or within p percent."""
        return {
            measure
            for measure in family.measures
            if not all(self._is_safe(family, measure, *group) for group in self.groups(measure))
        }

    def groups(self, measure: str) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield (clinics, release) for all that is to be kept: each clinic's count, and each owner's sum."""
        for index, release in enumerate(self.releases):
            by_owner: dict[str, list[str]] = {}
            for clinic in sorted(release.clinics_told(measure)):
                by_owner.setdefault(self.owners[clinic], []).append(clinic)
                yield (clinic,), index
            yield from ((tuple(clinics), index) for clinics in by_owner.values() if len(clinics) > 1)

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
        for pair in self._pairs(clinics, counts):
            for exchanges in self._exchanges_of(family, pair):
                changes = exchanges.wider(measure, least) if release in exchanges.span else None
                if changes and any(changes.get((clinic, measure)) for clinic in clinics):
                    owners = frozenset(self.owners[clinic] for clinic, _ in changes)
                    yield Solution(releases=exchanges.span, changes=changes, owners=owners)

    def _pairs(self, clinics: Sequence[str], counts: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """Yield each clinic alone, then each with each of another owner, those first that are as large."""
        yield from ((clinic,) for clinic in clinics)
        owner = self.owners[clinics[0]]
        partners = [clinic for clinic in sorted(counts) if self.owners[clinic] != owner]
        yield from (tuple(sorted((clinic, partner))) for partner in partners for clinic in clinics)

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
