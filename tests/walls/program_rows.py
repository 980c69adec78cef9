"""Who may call what other programs read by: the rows of `tests/walls/rows.py` for that room; its routes: tests/api."""

from portal.services.programs import figures, months, use
from portal.services.programs.figures import FigureChoice, Stretch
from portal.services.programs.use import TokenUse
from tests.walls.kinds import Kind, Row, clinic, own


EVERYTHING = Stretch(start=0, most=10_000)

PROGRAM_ROWS = {
    "programs.figures.of_clinics": clinic(
        lambda p, u, c: figures.of_clinics(p, u, FigureChoice(clinic=c), EVERYTHING)
    ),
    "programs.figures.released": Row(
        kind=Kind.ALL, call=lambda p, u, c: figures.released(p, u, FigureChoice(), EVERYTHING)
    ),
    "programs.months.of_clinics": own(lambda p, u, c: months.of_clinics(p, u)),
    "programs.use.record": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: use.record(p, u, TokenUse(token_id=1, subject="figures", format="csv")),
    ),
}
