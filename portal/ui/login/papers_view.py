"""What the region has to say about users' data and about accessibility: declared texts, no page's code.

What is stored about users is listed by table and column; a test holds the list against the tables.
"""

from dataclasses import dataclass

import streamlit as st

from portal.domain.accounts.access import User
from portal.services.administration import audit_log
from portal.ui.base import markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """Something kept about a user. `columns` are those it stands in: table.column, or table.*"""

    subject: str
    why: str
    how_long: str
    columns: tuple[str, ...]


AS_LONG_AS_ACCOUNT = "så länge kontot finns"
WITH_FIGURES = "lika länge som uppgifterna de hör till"

STORED = (
    Stored(
        subject="Ditt konto: användarnamn, namn, roll, mottagningar och om det är öppet",
        why="för att bara den som ska se och skicka en mottagnings uppgifter kan göra det",
        how_long=AS_LONG_AS_ACCOUNT,
        columns=(
            "account.id",
            "account.username",
            "account.name",
            "account.role",
            "account.is_active",
            "account.created_at",
            "account.enabled_at",
            "account_clinic.*",
        ),
    ),
    Stored(
        subject="Din e-postadress, och om du vill ha brev om månadsblad",
        why="för påminnelser, brev och, där regionens inloggning används, för att känna igen dig",
        how_long=AS_LONG_AS_ACCOUNT,
        columns=("account.email", "account.email_wanted", "account.gets_sheet_letters"),
    ),
    Stored(
        subject="Ditt lösenord, så omgjort att det inte går att läsa (argon2id), och nyckeln till engångskoder",
        why="för att pröva att det är du som loggar in",
        how_long=AS_LONG_AS_ACCOUNT,
        columns=(
            "account.password_hash",
            "account.totp_secret",
            "account.totp_last_step",
            "recovery_code.*",
        ),
    ),
    Stored(
        subject="Dina inloggningar: när de började, användes senast och slutade, och varför",
        why="för att du ska kunna se och avsluta dem, och för att de tar slut i tid",
        how_long="så länge kontot finns; en inloggning gäller högst 12 timmar",
        columns=(
            "login_session.*",
            "login_ticket.*",
            "login_step.*",
            "account.last_login_at",
            "account.idle_warned_at",
        ),
    ),
    Stored(
        subject="Nycklar som du gjort för andra program: när de gjordes, användes senast och slutade",
        why="för att du ska kunna se och ta tillbaka dem; själva nyckeln sparas bara som kontrollsumma",
        how_long=AS_LONG_AS_ACCOUNT + "; en nyckel gäller högst 180 dagar",
        columns=("access_token.*",),
    ),
    Stored(
        subject="Länkar du fått för att börja, byta lösenord eller bekräfta en adress: vem som gjorde dem och när de användes",
        why="för att en länk bara ska gå att använda en gång, och bara en kort tid",
        how_long=AS_LONG_AS_ACCOUNT,
        columns=("account_link.*",),
    ),
    Stored(
        subject="Hur många gånger i rad någon försökt logga in som du, varifrån (nätets adress), och i vilka webbläsare du är känd",
        why="för att den som gissar lösenord får vänta, men inte du; webbläsare sparas bara som kontrollsumma",
        how_long="ett dygn efter sista försöket; en webbläsare högst 180 dagar efter senaste gången",
        columns=("login_throttle.*", "login_device.*"),
    ),
    Stored(
        subject="Brev till dig som inte är skickade än",
        why="för att de ska nå dig när postservern tar emot dem; ett brev med en länk eller kod sparas aldrig",
        how_long="tills de är skickade",
        columns=("unsent_letter.*",),
    ),
    Stored(
        subject="Det du fyller i innan det är inskickat",
        why="för att inget går förlorat om du avbryts",
        how_long="tills du skickar in eller kastar det",
        columns=("draft.*",),
    ),
    Stored(
        subject="Filen du ser över innan den är inskickad, om inget är fel i den",
        why="för att du ska slippa välja den igen om servern startar om",
        how_long="tills du skickar in, tar bort den eller loggar ut; har inloggningen gått ut av sig själv, till nästa"
        " inloggning, din eller någon annans",
        columns=("kept_upload.*",),
    ),
    Stored(
        subject="Att det var du som skickade, granskade, kommenterade, planerade, släppte eller förde in något, och när",
        why="för att det ska gå att fråga den som vet, och att ingen godkänner sitt eget",
        how_long=WITH_FIGURES,
        columns=(
            "submission.sent_by",
            "submission_event.by",
            "submission_event.comment",
            "release.released_by",
            "region_fact.entered_by",
            "published_entry.entered_by",
            "deadline_exception.granted_by",
            "series_break.entered_by",
            "contract_answer.entered_by",
            "contract_level.entered_by",
            "target.entered_by",
            "day_rule.entered_by",
            "point_comment.*",
            "action_plan_version.*",
            "report_text.written_by",
            "annual_report.frozen_by",
            "annual_report_publication.published_by",
        ),
    ),
    Stored(
        subject="Vilka påminnelser som gått till dig",
        why="för att ingen ska få samma två gånger",
        how_long=WITH_FIGURES,
        columns=("reminder.recipient", "reminder.sent_at"),
    ),
    Stored(
        subject="Händelseloggen: vem som gjorde, hämtade eller nekades vad, och när",
        why="för att i efterhand kunna visa vad som hänt med uppgifterna, också vid ett intrång",
        how_long="{years} år",
        columns=("audit.actor", "audit.*"),
    ),
)

COOKIES = (
    (
        "{session}",
        "visar att du är inloggad",
        "tills du loggar ut eller stänger webbläsaren, högst 12 timmar",
    ),
    (
        "_streamlit_xsrf",
        "hindrar andra webbplatser från att skicka filer i ditt namn",
        "tills webbläsaren stängs",
    ),
    (
        "_streamlit_session",
        "bara med regionens inloggning: håller ihop den medan den pågår",
        "högst två veckor",
    ),
)

NOTHING_ABOUT_PATIENTS = (
    "Portalen har antal per mottagning och månad, inget om enskilda patienter. En fil med ett personnummer"
    " avvisas, och varken filen eller numret sparas."
)
LOGS = (
    "Servern skriver fel med en felkod, utan det du fyllt i. Webbservern framför portalen skriver varje anrops"
    " tid, IP-adress och sida, för att kunna se fel och angrepp; de raderna sköts av regionens drift och behålls"
    " så länge den bestämt. När en inloggning misslyckas sparar portalen adressen den kom från, tills den lyckas."
)
RIGHTS = (
    "Du kan få veta vad som finns om dig, få fel rättade och invända mot hur det används. Skriv till oss, se"
    " nedan. Är du inte nöjd kan du klaga hos Integritetsskyddsmyndigheten, imy.se. Uppgifter i händelseloggen"
    " och vem som skickat vad tas inte bort på begäran, eftersom de behövs för att visa vad som hänt."
)
CONTROLLER = (
    "{region} är personuppgiftsansvarig. Uppgifterna behövs för att följa upp vårdvalet, en uppgift av"
    " allmänt intresse (dataskyddsförordningen artikel 6.1 e), och för säkerheten i den uppföljningen. Inget"
    " lämnas till andra, och inget hämtas från andra webbplatser när du använder portalen."
)
NECESSARY_COOKIES = "Bara nödvändiga kakor används, därför frågar vi inte om lov"
IN_THE_BROWSER = "I webbläsaren sparas dessutom om menyn är öppen och vilka färger du valt."
NO_CONTACT = "Vänd dig till din kontaktperson för vårdvalet hos {region}."

# Found with axe-core and by hand on every page in November 2026; what could be mended was.
FAULTS = (
    (
        "Ingen varning innan du loggas ut",
        "Efter 30 minuter utan att något händer loggas du ut, utan varning. Det du fyllt i formuläret finns kvar.",
        "2.2.1",
    ),
    (
        "Breda tabeller rullas i sidled",
        "På en smal skärm eller vid stor förstoring rullas månadsrutnätet och några tabeller i sidled.",
        "1.4.10",
    ),
    (
        "Blanketten i Excel är inte prövad",
        "Om Excel-blanketten går att fylla i med hjälpmedel är inte prövat. Formuläret Fyll i här kan användas i stället.",
        "",
    ),
)
REPORT_FAULT = (
    "Hittar du fler brister, eller behöver du något i ett annat format? Skriv till oss, se nedan. Säg vilken sida"
    " det gäller och vilket hjälpmedel du använder, så svarar vi så snart vi kan."
)
SUPERVISION = (
    "Myndigheten för digital förvaltning (Digg) har tillsyn över lagen om tillgänglighet till digital offentlig"
    " service. Är du inte nöjd med hur vi hanterar det du påpekat kan du anmäla det till Digg: digg.se."
)
CONFORMS = (
    "Portalen är delvis förenlig med lagen (2018:1937) om tillgänglighet till digital offentlig service, det vill"
    " säga med EN 301 549 och WCAG 2.1 nivå AA. Bristerna står nedan."
)
TESTED = (
    "Varje sida är prövad av oss själva i november 2026: med axe-core, med tangentbord, i 390 bildpunkters bredd,"
    " i 200 procents förstoring och i ljust och mörkt utseende. Ingen utomstående har granskat den."
)


def show_privacy(user: User | None) -> None:
    """Show what is stored about users, why and for how long."""
    st.title("Dina uppgifter")
    years = str(audit_log.retention_years(portal()))
    rows = [
        markup.row(TableCell(stored.subject), stored.why, stored.how_long.replace("{years}", years))
        for stored in STORED
    ]
    cookies = [
        markup.row(TableCell(name.format(session=_cookie("session"), device=_cookie("device"))), why, until)
        for name, why, until in COOKIES
    ]
    stored_table = markup.table(("Vad", "Varför", "Hur länge"), rows, caption="Det som sparas om dig")
    cookie_table = markup.table(("Kaka", "Vad den gör", "Hur länge"), cookies, caption=NECESSARY_COOKIES)
    _show_paper(
        NOTHING_ABOUT_PATIENTS,
        _section(f"Vad som sparas om dig, varför och hur länge ({len(rows)})", stored_table),
        _section("Vem som ansvarar", markup.paragraph(portal().region.in_words(CONTROLLER))),
        _section("Kakor", cookie_table, markup.paragraph(IN_THE_BROWSER)),
        _section("Loggar", markup.paragraph(LOGS)),
        _section("Dina rättigheter", markup.paragraph(RIGHTS)),
    )
    show_way_back(user)


def _section(title: str, *parts: str) -> str:
    return tiles.fold(title, *parts, is_printed=True)


def _show_paper(lead: str, *sections: str) -> None:
    """Show what matters most, and the rest by what it is about; on paper all of it is open."""
    contact = f"Skriv till {portal().contact}." if portal().contact else portal().region.in_words(NO_CONTACT)
    parts = [markup.paragraph(lead), *sections, markup.heading(2, "Kontakt"), markup.paragraph(contact)]
    st.html(tag("div", *parts, class_="portal-paper"))


def _cookie(purpose: str) -> str:
    """Return a cookie's name as the server sets it; a test holds it against the server's own."""
    if portal().base_url.startswith("https://"):
        return {"session": "__Host-portal", "device": "__Host-portal-device"}[purpose]
    return {"session": "portal_session", "device": "portal_device"}[purpose]


def show_accessibility(user: User | None) -> None:
    """Show the statement that the law asks for."""
    st.title("Tillgänglighet")
    rows = [markup.row(TableCell(fault), how, criterion or "–") for fault, how, criterion in FAULTS]
    faults = markup.table(("Brist", "Hur det märks", "WCAG"), rows, caption="Kända brister")
    _show_paper(
        CONFORMS,
        _section(f"Kända brister ({len(rows)})", faults),
        _section("Hur vi prövat", markup.paragraph(TESTED)),
        _section("Säg till om något brister", markup.paragraph(REPORT_FAULT)),
        _section("Tillsyn", markup.paragraph(SUPERVISION)),
    )
    show_way_back(user)


def show_links() -> None:
    """The foot of the login page."""
    st.html(
        markup.links(
            [("Dina uppgifter", markup.link("integritet")), ("Tillgänglighet", markup.link("tillganglighet"))]
        )
    )


def show_way_back(user: User | None) -> None:
    if user is None:
        st.html(markup.links([("Till inloggningen", "/")]))
