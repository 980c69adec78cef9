"""What becomes of a correction, and who sees it: said where one begins it. True to db, releases and disclosure."""

from markupsafe import Markup

from portal.domain.release.disclosure import Rules
from portal.domain.reporting.submissions import State, Submission
from portal.ui.base import markup, tiles


FEWEST = {3: "tre", 4: "fyra", 5: "fem"}


def what_happens(rules: Rules) -> str:
    """Return the paragraph beside Rätta; `rules` say how many owners must have changed (R5)."""
    owners = FEWEST.get(rules.owners, str(rules.owners))
    return (
        "Rättelsen blir en ny version, och alla tidigare versioner står kvar. "
        "Alla konton med er mottagning ser versionerna på Inlämningar, och er Översikt visar det nya värdet direkt. Regionen "
        "ser båda versionerna, vad som ändrats och varför, och granskar på nytt. Andra mottagningar ser aldrig "
        "månadens värden, bara era årsvärden i en publicerad årsuppföljning. Regionens redan släppta värde står "
        f"kvar tills regionen släpper om månaden, och byts bara ut om minst {owners} vårdgivare har ändrat sina "
        "siffror. En publicerad årsuppföljning ändras inte; nästa version räknar med rättelsen."
    )


def fold(rules: Rules) -> Markup:
    return tiles.fold("Det här händer när ni rättar", markup.paragraph(what_happens(rules)))


def choice(submission: Submission | None, month: str) -> str:
    """Return how a month reads in a list of what to report: one that is sent is there to be corrected."""
    if submission is None:
        return month
    verb = "svara och rätta" if submission.state is State.RETURNED else "rätta"
    return f"{month} – {verb} ({submission.state.label})"


def link(clinic: str) -> str:
    """Return the way to every month that was sent, each with its button Rätta."""
    address = markup.link("inlamningar", mottagning=clinic)
    return markup.links([("Rätta en tidigare månad", address)])
