"""Attack many invented regions and say what was found: `python -m tests.disclosure`, some ten minutes.

    python -m tests.disclosure 100     fewer worlds than 1,000
    python -m tests.disclosure 0       only how much of the demo's months is shown

Prints what each attack finds, what it would find with the rule against it switched off (in a part of the worlds),
and how much is shown all the same. Exit code 1 when something is found.
"""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from db.release import releases
from db.reporting import values
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import latest_whole_month, months_between
from portal.services.context import Portal
from tests.conftest import open_demo
from tests.disclosure.attacks import ATTACKS, without
from tests.disclosure.worlds import World, world_of


WORLDS = 1_000
CONTROLLED = 50  # one world in so many is attacked with each rule switched off, too


def main(worlds: int) -> int:
    found, controls, cells = Counter[str](), Counter[str](), Counter[str]()
    for number in range(worlds):
        world = world_of(number)
        found.update(attacked(number, world))
        cells.update(shown(world))
        if number % CONTROLLED == CONTROLLED - 1:
            controls.update(controlled(number))
    if worlds:
        print(f"{worlds} worlds, {cells['releases']} releases")
        for attack in ATTACKS:
            print(f"  {attack:12} found {found[attack]:4}   without the rule {controls[attack]}")
        print(f"  shown: {_share(cells)}; {cells['without mean']} of them without the mean beside")
    print(f"Demo, shown: {_share(demo_cells())}")
    return 1 if found.total() else 0


def attacked(number: int, world: World) -> Counter[str]:
    finds = {name: list(attack(world)) for name, attack in ATTACKS.items()}
    for name, texts in finds.items():
        for text in texts:
            print(f"world {number}, {name}: {text}", file=sys.stderr)
    return Counter({name: len(texts) for name, texts in finds.items()})


def controlled(number: int) -> Counter[str]:
    """Count what each attack finds with the rule against it switched off."""
    counts = Counter[str]()
    for name, attack in ATTACKS.items():
        with without(name):
            world = world_of(number)
        counts[name] = len(list(attack(world)))
    return counts


def shown(world: World) -> Counter[str]:
    """Count the cells that somebody has a value for, and those that are read after the release."""
    figures = [cell.figure for cell in world.cells]
    kept = [cell for cell in world.cells if cell.is_kept and cell.before and cell.before.is_shown]
    return Counter(
        {
            "releases": len(list(world.publications)),
            "all": len(figures),
            "shown": len(kept) + sum(figure is not None for figure in figures),
            "without mean": sum(cell.is_mean_left_out for cell in world.cells),
        }
    )


def demo_cells() -> Counter[str]:
    with TemporaryDirectory() as folder:
        portal = open_demo(Path(folder) / "demo.db")
        build.build(portal)
        cells = cells_of(portal)
        portal.database.engine.dispose()
    return cells


def cells_of(portal: Portal) -> Counter[str]:
    """Count the released cells of indicators that somebody had reported by then."""
    months = months_between(portal.calendar.first_month, latest_whole_month(portal.clock.today))
    with portal.database.reading(EVERY_CLINIC) as scoped:
        figures = releases.list_figures(scoped, first=months[0], last=months[-1])
        newest = releases.newest_inputs(scoped, first=months[0], last=months[-1])
        answers = {
            month: values.of_submissions(scoped, submission_ids=list(inputs.values())).values()
            for month, inputs in newest.items()
        }
    measures = {
        month: {code for own in of_month for code in own if own[code].value is not None}
        for month, of_month in answers.items()
    }
    cells = [
        figure
        for (month, code), figure in figures.items()
        if measures[month].issuperset(INDICATORS_BY_CODE[code].measures)
    ]
    return Counter({"all": len(cells), "shown": sum(figure.is_shown for figure in cells)})


def _share(cells: Counter[str]) -> str:
    share = 100 * cells["shown"] / cells["all"]
    return f"{cells['shown']} of {cells['all']} monthly cells ({share:.1f} %)"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS))
