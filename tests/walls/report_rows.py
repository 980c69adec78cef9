"""The annual report's rows of the matrix in rows.py."""

from portal.domain.annual_report.places import Placement
from portal.reports.cover import Format
from portal.services.annual_report import documents, freezing, live, publishing, readiness, reading, texts
from portal.services.annual_report.own_year import figures
from portal.services.annual_report.texts import NewText
from tests.conftest import SYSTEM
from tests.walls.kinds import Kind, Row, admin, clinic, region


def discussion(portal):
    return next(part for part in live.live(portal, SYSTEM, 2024).sections if part.number == "5")


REPORT_ROWS = {
    "annual_report.live.live": region(lambda p, u, c: live.live(p, u, 2024)),
    "annual_report.live.live_with_name": region(lambda p, u, c: live.live_with_name(p, u, 2024)),
    "annual_report.live.state_of": Row(kind=Kind.ALL, call=lambda p, u, c: live.state_of(p, u)),
    "annual_report.live.material": region(lambda p, u, c: live.material(p, u, 2024)),
    "annual_report.readiness.of_report": region(lambda p, u, c: readiness.of_report(p, u, 2024)),
    "annual_report.reading.read": region(lambda p, u, c: reading.read(p, u, 2024)),
    "annual_report.documents.open_edition": region(lambda p, u, c: documents.open_edition(p, u, year=2024)),
    "annual_report.documents.newest_for": region(lambda p, u, c: documents.newest_for(p, u, 2024)),
    "annual_report.documents.record_download": region(
        lambda p, u, c: documents.record_download(
            p, u, documents.open_edition(p, SYSTEM, year=2024), Format.PDF
        )
    ),
    "annual_report.own_year.figures.of_clinic": clinic(
        lambda p, u, c: figures.of_clinic(p, u, clinic=c, year=2024)
    ),
    "annual_report.own_year.figures.as_pdf": clinic(
        lambda p, u, c: figures.as_pdf(p, u, clinic=c, year=2024)
    ),
    "annual_report.freezing.freeze": region(lambda p, u, c: freezing.freeze(p, u, 2025)),
    "annual_report.freezing.takes_two": region(lambda p, u, c: freezing.takes_two(p, u)),
    "annual_report.freezing.ask_for_two": admin(lambda p, u, c: freezing.ask_for_two(p, u, is_asked=True)),
    "annual_report.freezing.waits_for_another": region(
        lambda p, u, c: freezing.waits_for_another(p, u, freezing.list_frozen(p, SYSTEM, 2024)[0])
    ),
    "annual_report.freezing.changes_since": region(
        lambda p, u, c: freezing.changes_since(p, u, live.live(p, SYSTEM, 2024))
    ),
    "annual_report.freezing.list_frozen": Row(
        kind=Kind.ALL, call=lambda p, u, c: freezing.list_frozen(p, u, 2024)
    ),
    "annual_report.freezing.newest_published": Row(
        kind=Kind.ALL, call=lambda p, u, c: freezing.newest_published(p, u, 2024)
    ),
    "annual_report.freezing.read": region(lambda p, u, c: freezing.read(p, u, year=2024, version=1)),
    "annual_report.freezing.publish": region(
        lambda p, u, c: freezing.publish(
            p, u, year=2024, version=1, sha256=freezing.list_frozen(p, SYSTEM, 2024)[0].sha256
        )
    ),
    "annual_report.publishing.giveaway_of": region(
        lambda p, u, c: publishing.giveaway_of(p, u, live.live(p, SYSTEM, 2024))
    ),
    "annual_report.texts.list_versions": region(
        lambda p, u, c: texts.list_versions(p, u, year=2024, section="5")
    ),
    "annual_report.texts.start": region(lambda p, u, c: texts.start(p, u, year=2024, section="4.2.1")),
    "annual_report.texts.left_out": region(lambda p, u, c: texts.left_out(p, u, 2024, "{sip_meetings.2024}")),
    "annual_report.texts.written_places": region(lambda p, u, c: texts.written_places(p, u, 2024, "4.2.1")),
    "annual_report.texts.arrangement": region(lambda p, u, c: texts.arrangement(p, u, 2024)),
    "annual_report.texts.arrange": region(
        lambda p, u, c: texts.arrange(p, u, 2024, {"4.6:plats": Placement.OUT}, goes_on=False)
    ),
    "annual_report.texts.write": region(
        lambda p, u, c: texts.write(p, u, 2024, NewText(place="2:inledning", text="Ett syfte."))
    ),
    "annual_report.live.outline": region(lambda p, u, c: live.outline(p, u, 2024)),
    "annual_report.texts.save": region(
        lambda p, u, c: texts.save(
            p, u, year=2024, section=discussion(p), text="Köerna har blivit kortare.", base_version=0
        )
    ),
}
