"""Record what the portal shows, and compare two recordings: does a change leave every output as it was?

    python -m tests.compare_outputs record FOLDER
    python -m tests.compare_outputs compare [--words] FOLDER_BEFORE FOLDER_AFTER

Run it in the tree to be recorded. It records figures, the annual report's documents, what commands print, what
the server sends first, every page as each kind of user and with its boxes' options chosen, charts, the files to
take along, and journeys that write. `compare` exits with 1 where anything differs; with --words,
how HTML is written (its classes, its escapes of quotes) doesn't count.
"""

import io
import logging
import os
import re
import runpy
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.error import URLError
from urllib.request import urlopen

from streamlit.testing.v1 import AppTest
from time_machine import travel

from tests.outputs.documents import text_of
from tests.outputs.pages import Browser
from tests.outputs.recording import Recording, differences, names_in


# All that is read of the project, none of it imported: its command, its entry script, three tables.

ROOT = Path(__file__).parents[1]
COMMAND = "portal"  # as in `python -m portal`
ENTRY = next((ROOT / "portal").rglob("app.py"))
NOW = datetime(2025, 2, 5, 7, tzinfo=UTC)
LOG_IN = """
insert into login_session (id, token_hash, account_id, opened_at, last_seen_at, expires_at, ended_because)
select 'session-' || username, 'token-' || username, id, '2025-02-05 07:00:00.000000',
       '2100-01-01 00:00:00.000000', '2100-01-01 00:00:00.000000', '' from account
"""
GIVE_ADDRESSES = "update account set email = username || '@example.org'"
SENT_FILE = "select content from stored_file where name = 'mora-2024-12.csv'"


# What is recorded

YEARS = ("2023", "2024")
FORMATS = ("docx", "pdf", "xlsx")
FAULTY = (
    "mottagning;period;mått;värde;skäl\r\n"
    "mora;2025-01;first_visits;tolv;\r\n"
    "mora;2025-01;first_visits_within_30d;-3;\r\n"
    "mora;2025-13;care_plans;5;\r\n"
    "falun;2025-01;care_plans;5;\r\n"
    "mora;2025-01;okänt_mått;5;\r\n"
    "mora;2025-01;active_patients;;\r\n"
)
COMMANDS = {
    **{f"figures/{year}-region.json": ("figures", year, "--json") for year in YEARS},
    **{f"figures/{year}-clinic.json": ("figures", year, "--json", "--as", "mora") for year in YEARS},
    "commands/figures.txt": ("figures", "2024"),
    "commands/check.txt": ("check",),
    "commands/clinics.txt": ("clinic", "list"),
    "commands/users.txt": ("user", "list"),
    "commands/releases.json": ("release", "--due", "--as", "region", "--json"),
    "commands/rejected.json": ("import", "faulty.csv", "--as", "mora", "--dry-run", "--json"),
    "commands/accepted.json": ("import", "january.csv", "--as", "mora", "--dry-run", "--json"),
    "commands/of-another.txt": ("import", "january.csv", "--as", "falun", "--dry-run"),
    "commands/unpublished.txt": ("report", "2024", "--format", "pdf", "--out", "none.pdf", "--as", "mora"),
}
REMINDERS_ON = ("2025-02-10", "2025-02-14", "2025-02-17")  # before the last day and after it
SERVED = {
    "index.html": "/",
    "portal.css": "/session/portal.css",
    "client.js": "/session/client.js",
    "swedish.js": "/session/swedish.js",
    "access.js": "/session/access.js",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads every page, and on which of them each box's options are chosen as well."""

    username: str
    chooses_on: tuple[str, ...] = ()


EVERYWHERE = ("*",)
READERS = {
    "clinic": Reader("mora", EVERYWHERE),
    "two-clinics": Reader("psykiatripartners", ("oversikt", "rapportera", "inlamningar", "handelselogg")),
    "region": Reader("region", EVERYWHERE),
    "administrator": Reader("admin", ("administration", "konton")),
    "nobody": Reader(""),
}
BOXES = ("selectbox", "button_group", "radio")
WHOLE_BOXES = ("Grupp", "Indikator", "Mottagning", "Vad vill du göra?", "Visa")
FIRST_OPTIONS = 3
ADDRESSES = (
    ("avesta", "oversikt"),
    ("borlange", "oversikt"),
    ("borlange", "rapportera"),
    ("borlange", "inlamningar"),
    ("borlange", "indikator?indikator=investigation_within_30d"),
    ("ludvika-psykiatripartners", "indikator?indikator=active_patients"),
    ("mora", "oversikt?manad=2024-12"),
    ("mora", "oversikt?mottagning=falun"),
    ("mora", "indikator?indikator=care_plans&manad=2024-12"),
    ("mora", "rapportera?manad=2024-12"),
    ("mora", "inlamningar?manad=2024-06"),
    ("region", "oversikt?mottagning=borlange&manad=2025-01"),
    ("region", "indikator?mottagning=ludvika-psykiatripartners&indikator=active_patients"),
    ("region", "inlamningar?mottagning=avesta&manad=2024-12"),
    ("region", "granska?mottagning=borlange&manad=2025-01"),
    ("region", "granska?mottagning=mora&manad=2024-03"),
    ("region", "manaden?manad=2023-11"),
    ("region", "mottagningar?indikator=care_plans&period=2024-12"),
    ("region", "mottagningar?indikator=active_patients&period=2024"),
    ("region", "mottagningar?visa=kommuner&period=2024"),
    ("region", "koer?ko=treatment"),
    ("region", "avtalskrav?ar=2023"),
    ("region", "atgarder?visa=alla&plan=1"),
    ("mora", "atgarder?galler=queue:treatment"),
    ("region", "kallor?kalla=ekonomi&ar=2024"),
    ("region", "kallor?kalla=npe&ar=2023"),
    ("region", "arsuppfoljning?ar=2023"),
    ("region", "arsuppfoljning?ar=2023&kapitel=3"),
    ("region", "definitioner?indikator=care_plans"),
    ("", "?besked=regionens-inloggning"),
    ("", "valkommen?kod=okänd"),
)
JOURNEYS = (
    ("faulty file", "mora", "rapportera", [("upload", "faulty.csv")]),
    ("month sent", "mora", "rapportera", [("upload", "january.csv"), ("press", "Skicka in")]),
    (
        "month sent back",
        "region",
        "granska?mottagning=mora&manad=2025-01",
        [("write", "Vad ska", "Stämmer antalet besök?"), ("press", "Återlämna")],
    ),
    ("month returned", "mora", "oversikt", []),
    (
        "form checked",
        "borlange",
        "rapportera",
        [("choose", "Hur vill du", "Fyll i här"), ("press", "Kontrollera"), ("press", "Skicka in")],
    ),
    ("month approved", "region", "granska", [("press", "Godkänn JeWe BUP Borlänge januari 2025")]),
    (
        "comment written",
        "mora",
        "indikator?indikator=care_plans&manad=2024-12",
        [("write", "", "Två vikarier slutade."), ("press", "Spara kommentaren")],
    ),
    ("target without level", "admin", "administration", [("press", "Sätt målet")]),
    (
        "report published",
        "region",
        "arsuppfoljning",
        [
            ("press", "Fastställ …"),
            ("press", "Fastställ års"),
            ("press", "Publicera …"),
            ("press", "Publicera version"),
        ],
    ),
    ("report read", "mora", "arsuppfoljning", [("choose", "Innehåll", "3"), ("press", "Gör dokumenten")]),
    ("log read", "region", "handelselogg", []),
)


# The command line


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The portal's command, run in the temporary folder on its demo."""

    folder: Path

    def run(self, *arguments: str) -> str:
        """Return what a command prints, and its exit code where that isn't 0; in this process, which is faster."""
        printed, code = io.StringIO(), None
        with (
            patch.object(sys, "argv", [COMMAND, *arguments]),
            chdir(self.folder),
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            try:
                runpy.run_module(COMMAND, run_name="__main__", alter_sys=True)
            except SystemExit as ending:
                code = ending.code
        return printed.getvalue() + (f"\nexit code {code}" if code else "")

    def write_file(self, *arguments: str, name: str) -> str:
        """Return what a command prints, and the text of the file that it writes."""
        printed = self.run(*arguments, "--out", name)
        return printed + text_of(name, (self.folder / name).read_bytes())

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the portal; gives its address once it answers."""
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", COMMAND, "serve", "--port", str(port)], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait()


def record_commands(recording: Recording, command: CommandLine) -> None:
    for name, arguments in COMMANDS.items():
        recording.write(name, command.run(*arguments))
    record_reminders(recording, command)
    record_help(recording, command)


def record_reminders(recording: Recording, command: CommandLine) -> None:
    for day in REMINDERS_ON:
        with patch.dict(os.environ, PORTAL_TODAY=day):
            recording.write(f"reminders/{day}.txt", command.run("remind", "--dry-run"))


def record_help(recording: Recording, command: CommandLine, *words: str) -> None:
    """Write a command's help, and that of the commands beneath it."""
    text = command.run(*words, "--help")
    recording.write(f"help/{' '.join(('portal', *words))}.txt", text)
    for name in re.findall(r"^│ ([a-z-]+)  ", text.partition("─ Commands ─")[2], re.MULTILINE):
        record_help(recording, command, *words, name)


def record_documents(recording: Recording, command: CommandLine) -> None:
    for year in YEARS:
        for kind in FORMATS:
            name = f"report-{year}.{kind}"
            text = command.write_file("report", year, "--format", kind, name=name)
            recording.write(f"documents/{name}.txt", text)
    wishes = ("--clinic", "mora", "--month", "2024-12", "--months", "2")
    text = command.write_file("template", *wishes, name="template.xlsx")
    recording.write("documents/template.xlsx.txt", text)


def record_served(recording: Recording, command: CommandLine) -> None:
    with command.serving() as address:
        for name, path in SERVED.items():
            headers, body = fetch(address + path)
            recording.write(f"served/{name}", f"{headers}\n{body}")


def fetch(url: str, patience: float = 60) -> tuple[str, str]:
    """Return an address's headers and text, as soon as it answers."""
    until = time.monotonic() + patience
    while True:
        try:
            with urlopen(url) as response:
                return str(response.headers), response.read().decode()
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


# Pages


def record_pages(browser: Browser) -> None:
    for who, reader in READERS.items():
        for path in browser.pages:
            record_page(browser, f"pages/{who}/{path or 'start'}", reader, path)
        browser.write_menu(f"menus/{who}")
    for username, address in ADDRESSES:
        name = f"addresses/{username or 'nobody'}/{address.replace('?', ' ')}"
        browser.write(name, browser.open(username, address))
    browser.write_files()


def record_page(browser: Browser, name: str, reader: Reader, path: str) -> None:
    """Write a page, and what it becomes when another option is chosen in one of its boxes."""
    app = browser.open(reader.username, path)
    browser.write(name, app)
    if path and (path in reader.chooses_on or reader.chooses_on == EVERYWHERE):  # "" sends on to another page
        for number, box in enumerate(boxes_of(app), 1):
            state = browser.open(reader.username, path)
            for option in options_of(box):
                twin(state, box).set_value(option).run()
                browser.write(f"{name}/{number} {box.proto.label} {option.replace('/', '-')}", state)


def boxes_of(app: AppTest) -> list:
    """Return the boxes that change the page at once: in a form, nothing happens before its button is pressed."""
    return [box for kind in BOXES for box in app.get(kind) if not (box.form_id or box.proto.disabled)]


def options_of(box) -> list[str]:
    """Return the options to choose: not the one that is chosen already."""
    chosen = box.indices if box.type == "button_group" else [box.index]
    options = [option for index, option in enumerate(box.options) if index not in chosen]
    if box.proto.label in WHOLE_BOXES or len(options) <= FIRST_OPTIONS + 1:
        return options
    return [*options[:FIRST_OPTIONS], options[-1]]


def twin(app: AppTest, box):
    """Return the same box on another opening of its page."""
    return next(candidate for candidate in app.get(box.type) if candidate.id == box.id)


# Journeys


def record_journeys(browser: Browser, folder: Path) -> None:
    """Take the journeys in their order, in one database; write the page after every step."""
    for number, (title, username, address, steps) in enumerate(JOURNEYS, 1):
        app = browser.open(username, address)
        browser.write(f"journeys/{number} {title}/0 open", app)
        for step, (verb, *words) in enumerate(steps, 1):
            STEPS[verb](app, folder, *words)
            app.run()
            browser.write(f"journeys/{number} {title}/{step} {verb}", app)
    browser.write_files()


def named(app: AppTest, label: str, *kinds: str):
    widgets = (widget for kind in kinds for widget in app.get(kind) if widget.proto.label.startswith(label))
    if widget := next(widgets, None):
        return widget
    raise LookupError(f"the page has no {' or '.join(kinds)} {label!r}: JOURNEYS wants another name for it")


def press(app: AppTest, _: Path, label: str) -> None:
    named(app, label, "button").click()


def choose(app: AppTest, _: Path, label: str, option: str) -> None:
    named(app, label, *BOXES).set_value(option)


def write(app: AppTest, _: Path, label: str, text: str) -> None:
    named(app, label, "text_area", "text_input").set_value(text)


def upload(app: AppTest, folder: Path, name: str) -> None:
    app.get("file_uploader")[0].set_value((name, (folder / name).read_bytes(), "text/csv"))


STEPS = {"press": press, "choose": choose, "write": write, "upload": upload}


# Record and compare


def set_up_environment(folder: Path) -> None:
    """Let the pages here and the commands beneath find the demo, and nothing of who runs this."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    os.environ.update(
        PORTAL_DATABASE_URL=f"sqlite:///{folder / 'demo.db'}",
        PORTAL_TODAY=NOW.date().isoformat(),
        PYTHONHASHSEED="0",
        COLUMNS="110",
        TERM="dumb",
        NO_COLOR="1",
    )
    logging.disable(logging.WARNING)  # a run without a browser warns on every page


def build_demo(folder: Path, command: CommandLine) -> str:
    """Build the demo, log everybody in, give them addresses, and lay the files to send beside it; return what is printed."""
    printed = command.run("demo", "--build-only", "--database", os.environ["PORTAL_DATABASE_URL"])
    with closing(sqlite3.connect(folder / "demo.db")) as connection, connection:
        connection.execute(LOG_IN)
        connection.execute(GIVE_ADDRESSES)
        (december,) = connection.execute(SENT_FILE).fetchone()
    (folder / "january.csv").write_bytes(december.replace(b"2024-12", b"2025-01"))
    (folder / "faulty.csv").write_text(FAULTY, "utf-8-sig", newline="")
    return printed


def record(target: Path) -> int:
    if names_in(target):
        print(f"{target} is not empty", file=sys.stderr)
        return 2
    start = time.monotonic()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        set_up_environment(folder)
        recording, command = Recording(target, temporary), CommandLine(folder)
        with travel(NOW, tick=False) as clock:
            recording.write("commands/demo.txt", build_demo(folder, command))
            record_commands(recording, command)
            record_documents(recording, command)
            browser = Browser(recording, ENTRY, clock)
            with browser.listener.listening():
                record_pages(browser)
                record_journeys(browser, folder)
        record_served(recording, command)
    print(f"{len(names_in(target))} outputs recorded in {time.monotonic() - start:.0f} s")
    return 0


def compare(before: Path, after: Path, *, words_only: bool) -> int:
    count = len(names_in(before) | names_in(after))
    where = differences(before, after, words_only=words_only)
    for difference, names in where.items():
        print(f"=== {names[0]}" + (f" and {len(names) - 1} more with the same change" if names[1:] else ""))
        print(*(f"    {name}" for name in names[1:]), difference, sep="\n")
    differing = sum(map(len, where.values()))
    print(f"{count} outputs compared, {differing} differ")
    return int(differing > 0 or count == 0)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["record", folder]:
            return record(Path(folder))
        case ["compare", *flags, before, after] if flags in ([], ["--words"]):
            return compare(Path(before), Path(after), words_only=bool(flags))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
