"""What somebody who reads every release and knows his own counts could do. An attack gives what it finds.

Each is told whose clinics are whose, and reckons on its own: nothing here asks a rule whether it may. A value is
safe from a viewer only when another world is laid out, more than p percent away, in which the viewer's own clinics
are as they are and the portal prints the very same figures: in every release of the month, and of the year.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from itertools import chain, combinations, product
from unittest.mock import patch

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator, Kind
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import for_rounding_again
from portal.domain.release import cells as release_cells
from portal.domain.release import disclosure, months
from portal.domain.release.cells import Cell
from portal.domain.release.printed import PrintedFigure, printed_month
from portal.domain.release.whole_numbers import Family, Solution, WholeNumbers, families_of
from tests.disclosure.worlds import (
    MONTHS,
    RULES,
    SHARES,
    Counts,
    Publication,
    World,
    answers_of,
    as_read,
    contributing,
    sums_of,
)


FARTHEST = 60  # changes beyond the least that is asked for, where a year does not bear the widest
Sums = Mapping[str, int]  # owner → sum


# 1: the difference between two figures of the same cell


def differences(world: World) -> Iterator[str]:
    """Find two figures of a cell whose difference is one or two owners' change, or nearly one's."""
    for publications in world.months.values():
        for before, now in combinations(publications, 2):
            for code in before.printed.keys() & now.printed.keys():
                indicator = now.printed[code].indicator
                pairs = zip(_parts(world, indicator, before), _parts(world, indicator, now), strict=True)
                for earlier, later in pairs:
                    if tells_change(earlier, later):
                        yield f"{code}: {_changes(earlier, later)}"


def tells_change(before: Sums, now: Sums) -> bool:
    changes = _changes(before, now)
    return bool(changes) and (len(changes) < 3 or _is_told(changes))


def _changes(before: Sums, now: Sums) -> dict[str, int]:
    owners = before.keys() | now.keys()
    changes = {owner: abs(now.get(owner, 0) - before.get(owner, 0)) for owner in owners}
    return {owner: change for owner, change in changes.items() if change}


def _is_told(sums: Sums) -> bool:
    """Whether the second largest could tell the largest to within p percent."""
    largest, *others = sorted(sums.values(), reverse=True)
    return largest > 0 and sum(others[1:]) < RULES.p_percent / 100 * largest


def _parts(world: World, indicator: Indicator, publication: Publication) -> Iterator[Sums]:
    """Yield, by owner, what is counted above, what beneath, and of a share what is counted in neither."""
    own = contributing(indicator, publication.counts)
    over = {clinic: counts[indicator.numerator or ""] for clinic, counts in own.items()}
    yield world.by_owner(over)
    if indicator.denominator:
        under = {clinic: counts[indicator.denominator] for clinic, counts in own.items()}
        yield world.by_owner(under)
        if indicator.is_share:
            yield world.by_owner({clinic: under[clinic] - over[clinic] for clinic in own})


# 2: whole numbers


def values(world: World) -> Iterator[str]:
    """Find values, and owners' sums, with no other world more than p percent away for some viewer."""
    for month, publications in world.months.items():
        search = WholeNumbers(
            [_as_told(publication) for publication in publications], world.owners, RULES.p_percent
        )
        for index, publication in enumerate(publications):
            for measure, clinics in _secrets(world, publication):
                viewers = _viewers_who_know(world, month, search, (measure, clinics, index))
                if viewers:
                    yield f"{month} {measure} {clinics}: {sorted(viewers)}"


def _as_told(publication: Publication) -> object:
    figures = [
        PrintedFigure(indicator=cell.indicator, figure=cell.figure, clinics=cell.clinics)
        for cell in publication.printed.values()
        if cell.figure
    ]
    return printed_month(answers_of(publication.counts), figures)


def _secrets(world: World, publication: Publication) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each (measure, clinics) that is in some figure: single clinics, then those of one owner together."""
    for measure, clinics in sorted(publication.clinics_told.items()):
        yield from ((measure, (clinic,)) for clinic in clinics)
        for owner in sorted({world.owners[clinic] for clinic in clinics}):
            together = tuple(clinic for clinic in clinics if world.owners[clinic] == owner)
            if len(together) > 1:
                yield measure, together


def _viewers_who_know(
    world: World, month: Month, search: WholeNumbers, secret: tuple[str, tuple[str, ...], int]
) -> set[str]:
    """Return the owners for whom no other world is laid out."""
    measure, clinics, index = secret
    viewers = set(world.owners.values()) - {world.owners[clinics[0]]}
    family = next(family for family in families_of(search.releases) if family.touches([measure]))
    found = search.solutions(family, measure, clinics, index)
    for solution in chain(found, _nearest_worlds(world, month, family, secret)):
        strangers = viewers - {world.owners[clinic] for clinic, _ in solution.changes}
        if strangers and is_another_world(world, month, solution, secret):
            viewers -= strangers
        if not viewers:
            break
    return viewers


def _nearest_worlds(
    world: World, month: Month, family: Family, secret: tuple[str, tuple[str, ...], int]
) -> Iterator[Solution]:
    """Yield changes hardly larger than p percent: what the search finds is the widest, which a year may not bear."""
    measure, clinics, index = secret
    publications = world.months[month]
    told, counts = publications[index].clinics_told[measure], publications[index].counts
    own = world.owners[clinics[0]]
    partners = [clinic for clinic in told if world.owners[clinic] != own]
    others = [code for code in family.measures if code != measure]
    least = int(RULES.p_percent * sum(counts[one][measure] for one in clinics) / 100) + 1
    for clinic, partner in product(clinics, ("", *partners)):
        for size, sign in product(range(least, least + FARTHEST), (1, -1)):
            for other in others or [measure]:
                for along in _along(counts[clinic], (measure, other), size, is_near=size < least + 12):
                    amounts = {measure: sign * size} | ({other: sign * along} if others else {})
                    changes = {(clinic, code): amount for code, amount in amounts.items()}
                    if partner:
                        changes |= {(partner, code): -amount for code, amount in amounts.items()}
                    owners = frozenset(world.owners[one] for one, _ in changes)
                    yield Solution(releases=tuple(range(len(publications))), changes=changes, owners=owners)


def _along(own: Mapping[str, int], measures: tuple[str, str], size: int, *, is_near: bool) -> Iterable[int]:
    """Return how much another count may go along: anything for the smallest changes, else in proportion."""
    if is_near:
        return range(-size, 2 * size + 1)
    count, other = (own.get(measure, 0) for measure in measures)
    middle = size * other // count if count else 0
    return (0, middle - 1, middle, middle + 1, middle + 2)


def is_another_world(
    world: World, month: Month, solution: Solution, secret: tuple[str, tuple[str, ...], int]
) -> bool:
    """Whether everything is printed the same with these changes, and the secret is more than p percent another."""
    measure, clinics, index = secret
    size = sum(world.months[month][index].counts[clinic][measure] for clinic in clinics)
    change = sum(solution.changes.get((clinic, measure), 0) for clinic in clinics)
    if index not in solution.releases or abs(change) <= RULES.p_percent * size / 100:
        return False
    publications = world.months[month]
    if any(_changes_places(publications[place], solution) for place in solution.releases):
        return False
    changed = {place: _changed(publications[place], solution) for place in solution.releases}
    measures = {measure for (_, measure), change in solution.changes.items() if change}
    return all(
        _prints_the_same(publications[place], counts, measures) for place, counts in changed.items()
    ) and _leaves_year(world, month, changed, measures)


def _changes_places(publication: Publication, solution: Solution) -> bool:
    """Whether two clinics only have each other's counts: who is the larger is known."""
    counts, changed = publication.counts, _changed(publication, solution)
    clinics = sorted({clinic for clinic, _ in solution.changes})
    if len(clinics) < 2 or not all(clinic in counts for clinic in clinics):
        return False
    first, second = clinics
    measures = [
        measure
        for measure in {measure for _, measure in solution.changes}
        if any(changed[clinic].get(measure) != counts[clinic].get(measure) for clinic in clinics)
    ]
    if not measures:
        return False
    return all(
        changed[first].get(measure) == counts[second].get(measure)
        and changed[second].get(measure) == counts[first].get(measure)
        for measure in measures
    )


def _changed(publication: Publication, solution: Solution) -> Counts:
    """Return the counts with a solution's changes: of those that are told, the others may be anything."""
    changed = {clinic: dict(own) for clinic, own in publication.counts.items()}
    for (clinic, measure), change in solution.changes.items():
        if measure in changed.get(clinic, {}) and clinic in publication.clinics_told.get(measure, ()):
            changed[clinic][measure] += change
    return changed


def _prints_the_same(publication: Publication, counts: Counts, measures: AbstractSet[str]) -> bool:
    if any(count < 0 for own in counts.values() for count in own.values()):
        return False
    return all(
        _prints_cell_the_same(publication, cell, counts)
        for cell in publication.printed.values()
        if PATIENTS in measures or not measures.isdisjoint(cell.indicator.measures)
    )


def _prints_cell_the_same(publication: Publication, cell: Cell, now: Counts) -> bool:
    indicator = cell.indicator
    if indicator.is_share and any(
        own[indicator.numerator or ""] > own[indicator.denominator or ""]
        for own in contributing(indicator, now).values()
    ):
        return False
    return publication.as_read[indicator.code] == as_read(cell, now)


def _leaves_year(
    world: World, month: Month, changed: Mapping[int, Counts], measures: AbstractSet[str]
) -> bool:
    """Whether the year's shares are printed as before, where all twelve months are shown."""
    if len(world.months) < len(MONTHS):
        return True
    return all(
        _share_of_year(world, indicator, month, changed) == _share_of_year(world, indicator, month, {})
        for indicator in SHARES
        if not measures.isdisjoint(indicator.measures)
    )


def _share_of_year(
    world: World, indicator: Indicator, changed_month: Month, changed: Mapping[int, Counts]
) -> float | None:
    sums = dict(world.shares_by_month[indicator.code])
    if None in sums.values():
        return None
    newest = world.newest(changed_month, indicator)
    if newest in changed:
        sums[changed_month] = sums_of(indicator, changed[newest])
    over, under = (sum(pair[place] for pair in sums.values() if pair) for place in (0, 1))
    return for_rounding_again(100 * over / under, 0)


# 3: shares, quotients and owners


def shares(world: World) -> Iterator[str]:
    """Find shares in which the second largest owner can tell what the largest counts, above or beneath."""
    for publication in world.publications:
        for code, cell in publication.printed.items():
            if cell.indicator.is_share:
                for sums in _parts(world, cell.indicator, publication):
                    if _is_told(sums):
                        yield f"{code}: {sums}"


def quotients(world: World) -> Iterator[str]:
    """Find hidden months to clear whose two counts are shown: dividing them gives nearly the same."""
    for publication in world.publications:
        for cell in publication.cells:
            is_read = cell.figure or (cell.is_kept and cell.before and cell.before.is_shown)
            is_hidden = not is_read and cell.why is not disclosure.Hidden.NO_DATA
            if cell.indicator.kind is Kind.QUOTIENT and is_hidden:
                counts = [publication.printed.get(measure) for measure in cell.indicator.measures]
                if all(counts):
                    yield cell.indicator.code


def owners(world: World) -> Iterator[str]:
    """Find figures of fewer than three owners, however they are spelled."""
    for publication in world.publications:
        for code, cell in publication.printed.items():
            behind = {world.owners[clinic] for clinic in contributing(cell.indicator, publication.counts)}
            if len(behind) < 3:
                yield f"{code}: {sorted(behind)}"


ATTACKS = {
    "differences": differences,
    "values": values,
    "shares": shares,
    "quotients": quotients,
    "owners": owners,
}


# With a rule switched off each attack finds something: else it would say nothing that it finds nothing.


def without(attack: str) -> AbstractContextManager[object]:
    """Switch off the rule that stands against an attack."""
    match attack:
        case "differences":
            return patch.object(release_cells, "_may_replace", lambda *_: True)
        case "values":
            return patch.object(WholeNumbers, "is_safe", lambda *_: True)
        case "shares":
            return patch.object(disclosure, "_parts", lambda _: [])
        case "quotients":
            return patch.object(months, "_is_hidden", lambda _: False)
        case _:
            return patch.object(Clinic, "owner", property(lambda clinic: clinic.provider))
