"""P7: large primes as the other clinics' values, searched for in every byte that a clinic is sent.

Every cell of every clinic is a prime of its own; the pages, their Arrow buffers, and whatever they
offer to download are searched for each foreign one as number and as text. The own primes must be
found the same way: otherwise the search would be blind.
"""

import io
import re
import zipfile
from struct import pack

import pyotp
import pytest

from db.engine import Database
from db.migrate import upgrade
from portal.demo.build import long_file
from portal.domain.registry.measures import MEASURES, wholes_of
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer
from portal.services.context import Clock, Portal
from portal.services.release import releases
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.ui.page.navigation import PAGES
from tests.conftest import TODAY, add_account, add_clinics
from tests.server.conftest import Server, ask_for_file, start_server, stop_server
from tests.services.region import CONTROLLER, OTHERS, add_region, user_of


pytestmark = pytest.mark.security
OWN = "falun"
FOREIGN = ("mora", "ludvika", *(code for code, _ in OTHERS))
MONTHS = months_between(Month(2024, 10), Month(2025, 1))
RELEASED = MONTHS[:-1]
SMALLEST = 1_000_003
MEDIA = re.compile(rb"/media/[0-9a-f]+(?:\.(?:txt|csv|xlsx|docx|pdf|png|svg))?")  # the frame goes on at once
RANDOM = re.compile(rb"[0-9a-fA-F_-]{20,}")  # ids and hashes: their digits mean nothing


def primes_from(start):
    """Yield primes by trial division; a few thousand small enough ones are found at once."""
    number = start | 1
    while True:
        if all(number % divisor for divisor in range(3, int(number**0.5) + 1, 2)):
            yield number
        number += 2


def make_values():
    """Return clinic → month → measure → prime, parts below their wholes, no prime twice.

    One's own are twice as large: what is reckoned of them, such as a chart's limits, must be nobody else's.
    """
    # The checks hold some counts against another: the smaller primes go to those.
    smaller = {"sip_patients", "video_contacts"}
    parts_first = sorted(MEASURES, key=lambda m: -len(wholes_of(m)) - (m.code in smaller))
    found = {}
    for clinics, smallest in ((FOREIGN, SMALLEST), ((OWN,), 2 * SMALLEST)):
        primes = primes_from(smallest)
        for clinic in clinics:
            found[clinic] = {
                month: {measure.code: next(primes) for measure in parts_first} for month in MONTHS
            }
    return found


VALUES = make_values()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('leak') / 'portal.db'}"
    portal = Portal(database=Database(url), clock=Clock(TODAY))
    upgrade(portal.database)
    add_clinics(portal)
    add_region(portal)
    add_account(portal, OWN, role="clinic", clinics=[OWN])
    add_account(portal, "region", role="region", totp_secret=pyotp.random_base32())
    for clinic, months in VALUES.items():
        for month, values in months.items():
            answers = {measure: Answer(value) for measure, value in values.items()}
            submitting.commit(
                portal,
                user_of(clinic),
                name="x.csv",
                content=long_file(clinic, month, answers),
                confirmation=Confirmation(has_warnings=True, note="Talen är primtal."),
            )
    for month in RELEASED:
        releases.release(portal, CONTROLLER, month)
    reviews.send_back(portal, CONTROLLER, clinic=OWN, month=MONTHS[-1], comment="Se över planerna.")
    process, address = start_server(url)
    yield Server(address, portal)
    stop_server(process)
    portal.database.engine.dispose()


# Everything that one is sent


def download(tab, http, run):
    """Fetch what the page offers: files at once, and those that are made on the click.

    A chart as PNG is left out: its dots say nothing that a search finds, and the same drawing as SVG is fetched.
    """
    for element in run.elements:
        button = element.download_button
        if element.WhichOneof("type") != "download_button" or "(PNG)" in button.label:
            continue
        if button.deferred_file_id:
            yield fetch(http, ask_for_file(tab, run.session_id, button.deferred_file_id))
    for frame in run.frames:
        for path in MEDIA.findall(frame):
            yield fetch(http, path.decode())


def fetch(http, path):
    answer = http.get(path)
    assert answer.is_success, path
    return answer.content


def unpacked(content):
    """Return the bytes, and for a workbook those of its parts: packed, they hide what they say."""
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


ASKED = ["", f"manad={MONTHS[0]}", f"manad={MONTHS[-1]}", "indikator=care_plans", "mottagning=mora"]
ASKED += [f"mottagning={OWN}&manad={RELEASED[-1]}", "indikator=first_visit_within_30d", "ar=2024"]
ASKED += [
    "visa=tid",
    "visa=alla",
    "visa=kommuner",
    "indikator=waiting_treatment",
    "indikator=active_patients",
    f"satt-{OWN}-{MONTHS[-1]}=fil",  # a returned month opens in the form, without the blankett
]


def everything_sent_to(server, username, asked=tuple(ASKED)):
    """Open every page, with and without questions in the address, and return all bytes."""
    token = server.log_in(username)
    found = []
    with server.tab(token) as tab, server.http(token) as http:
        for page in PAGES:
            for query in asked:
                run = tab.run(page.url_path, query=query)
                found += run.frames
                for content in download(tab, http, run):
                    found += unpacked(content)
    return b"\n".join(dict.fromkeys(found))  # many pages are sent the same frames


# The search


def forms_of(number):
    """Return every way a number may stand in bytes."""
    plain = str(number)
    texts = {plain, f"{number}.0"}
    for space in (" ", "\u00a0", "\u202f", ",", ".", "\\u00a0", "&nbsp;"):
        texts.add(f"{number:,}".replace(",", space))
    found = {f"as text {text!r}": text.encode() for text in texts}
    found["as UTF-16"] = plain.encode("utf-16-le")
    found["as int32"] = pack("<i", number)
    found["as int64"] = pack("<q", number)
    found["as float32"] = pack("<f", number)
    found["as float64"] = pack("<d", number)
    return found


def without_ids(sent):
    return RANDOM.sub(b"#", sent)


def forms_in(sent, number):
    return [name for name, form in forms_of(number).items() if form in sent]


def primes_of(*clinics):
    return {
        value: f"{clinic} {month} {measure}"
        for clinic in clinics
        for month, values in VALUES[clinic].items()
        for measure, value in values.items()
    }


@pytest.fixture(scope="module")
def sent_to_own(server):
    return without_ids(everything_sent_to(server, OWN))


@pytest.mark.asvs("8.2.3", "15.3.1", "8.4.1")
def test_nothing_of_another_clinic_is_in_any_byte_a_clinic_is_sent(sent_to_own):
    leaked = {
        name: found for value, name in primes_of(*FOREIGN).items() if (found := forms_in(sent_to_own, value))
    }

    assert leaked == {}


def test_neither_are_the_other_clinics_names(sent_to_own):
    for name in ("BUP Mora", "Barnpsyk Ludvika", "BUP Avesta", "BUP Borlange"):
        assert name.encode() not in sent_to_own


def test_the_search_is_not_blind_ones_own_values_are_found(sent_to_own):
    own = {name: forms_in(sent_to_own, value) for value, name in primes_of(OWN).items()}

    newest = {name: forms for name, forms in own.items() if str(MONTHS[-1]) in name}
    assert [name for name, forms in newest.items() if not forms] == []
    ways = " ".join(way for forms in own.values() for way in forms)
    assert "\\xa0" in ways  # as people read it: 1 000 003
    assert b"<sheetData>" in sent_to_own  # the blankett was fetched and unpacked


def test_the_search_is_not_blind_the_region_is_sent_what_the_clinic_is_not(server):
    sent = without_ids(everything_sent_to(server, "region", asked=("",)))

    seen = [name for value, name in primes_of(*FOREIGN).items() if forms_in(sent, value)]
    assert len(seen) > len(FOREIGN)


@pytest.mark.parametrize("number", [SMALLEST, max(primes_of(*FOREIGN))])
def test_the_search_knows_every_form(number):
    for name, form in forms_of(number).items():
        assert name in forms_in(b"before" + form + b"after", number)
