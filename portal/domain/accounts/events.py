"""What the audit records, in Swedish words: each action is declared here and nowhere else."""

from dataclasses import dataclass


SHORTEST_RETENTION, LONGEST_RETENTION = 1, 30
RETENTION_YEARS = 5  # unless the region has set another


@dataclass(frozen=True, slots=True)
class Action:
    """A kind of event: its code in the table, its label, and whether its object means anything to people.

    What only says that somebody came or took something leaves the data as they are, and what people write or who
    may come leaves every figure as it is. What a clinic's own months become, other clinics see nothing of.
    """

    code: str
    label: str
    tells_object: bool = True
    changes_data: bool = True
    changes_figures: bool = True
    is_of_one_clinic: bool = False

    @property
    def makes_figures_old(self) -> bool:
        """Whether a figure, or what a month counts as, may be another after it."""
        return self.changes_data and self.changes_figures


ACTIONS = (
    Action("login.opened", "Loggade in", tells_object=False, changes_data=False),
    Action("login.closed", "Loggade ut", tells_object=False, changes_data=False),
    Action("login.failed", "Inloggning misslyckades", changes_data=False),
    Action("login.throttled", "Inloggning fick vänta efter många försök", changes_data=False),
    Action("login.identity", "Kom från regionens inloggning", changes_data=False),
    Action("login.identity_refused", "Nekades efter regionens inloggning", changes_data=False),
    Action("page.refused", "Nekades en sida", changes_data=False),
    Action("account.added", "Lade till konto", changes_figures=False),
    Action("account.enabled", "Öppnade konto", changes_figures=False),
    Action("account.disabled", "Stängde av konto", changes_figures=False),
    Action("account.link_invitation", "Gjorde en inbjudan", changes_figures=False),
    Action("account.link_password", "Gjorde en länk till nytt lösenord", changes_figures=False),
    Action("account.link_withdrawn", "Tog tillbaka en länk som inte kom fram", changes_figures=False),
    Action("account.invitation_accepted", "Tog emot sin inbjudan", changes_figures=False),
    Action("account.password_chosen", "Valde nytt lösenord genom en länk", changes_figures=False),
    Action("account.password_reset", "Tog bort någons lösenord", changes_figures=False),
    Action("account.password_changed", "Bytte sitt lösenord", changes_figures=False),
    Action("account.clinics_changed", "Ändrade kontots mottagningar", changes_figures=False),
    Action("account.role_changed", "Ändrade kontots roll"),
    Action("account.email_asked", "Bad att få byta e-postadress", changes_figures=False),
    Action("account.email_changed", "Ändrade e-postadress", changes_figures=False),
    Action("account.sheet_letters", "Ändrade om brev om månadsblad kommer", changes_figures=False),
    Action("account.unlocked", "Tillät nya inloggningsförsök", changes_figures=False),
    Action("account.second_factor_set", "Satte på sin andra faktor", changes_figures=False),
    Action("account.second_factor_off", "Stängde av sin andra faktor", changes_figures=False),
    Action("account.second_factor_reset", "Tog bort någons andra faktor", changes_figures=False),
    Action("account.recovery_code_used", "Använde en reservkod", changes_figures=False),
    Action("account.recovery_codes_renewed", "Gjorde nya reservkoder", changes_figures=False),
    Action("account.token_made", "Gjorde en nyckel för ett annat program", changes_figures=False),
    Action("account.token_withdrawn", "Tog tillbaka en nyckel", changes_figures=False),
    Action("account.idle_warned", "Varnades för att kontot inte används", changes_figures=False),
    Action("account.retired", "Oanvänt konto stängdes", changes_figures=False),
    Action(
        "setting.clinics_second_factor",
        "Ändrade kravet på andra faktor för mottagningar",
        changes_figures=False,
    ),
    Action(
        "setting.report_takes_two",
        "Ändrade om två personer fastställer och publicerar",
        changes_figures=False,
    ),
    Action("clinic.added", "Lade till mottagning"),
    Action("clinic.closed", "Stängde mottagning"),
    Action("clinic.changed", "Ändrade mottagning"),
    Action("clinic.merged", "Slog ihop mottagning med en annan"),
    Action("clinic.reopened", "Öppnade mottagning igen"),
    Action("target.set", "Satte mål"),
    Action("days.set", "Ändrade sista dag och släppdag"),
    Action("calendar.first_month", "Satte den första månaden"),
    Action("contract.answered", "Lade in svar om avtalskrav"),
    Action("contract.level_set", "Satte nivå för avtalskrav"),
    Action("source.entered", "Förde in uppgift från regionens källor"),
    Action("source.imported", "Läste in fil med regionens källor"),
    Action("published.entered", "Förde in ett publicerat tal"),
    Action("published.withdrawn", "Tog bort ett publicerat tal"),
    Action("comment.written", "Kommenterade ett värde", changes_figures=False),
    Action("comment.withdrawn", "Tog tillbaka en kommentar", changes_figures=False),
    Action("plan.written", "Skrev åtgärdsplan", changes_figures=False),
    Action("plan.changed", "Ändrade åtgärdsplan", changes_figures=False),
    Action("plan.moved", "Ändrade åtgärdsplanens läge", changes_figures=False),
    Action("plan.commented", "Kommenterade åtgärdsplan", changes_figures=False),
    Action("plan.agreed", "Sade ja till åtgärdsplan", changes_figures=False),
    Action("plan.shown", "Tog med åtgärdsplan i årsuppföljningen", changes_figures=False),
    Action("plan.left_out", "Tog bort åtgärdsplan ur årsuppföljningen", changes_figures=False),
    Action("report.text_saved", "Sparade text i årsuppföljningen", changes_figures=False),
    Action("report.frozen", "Fastställde årsuppföljningen"),
    Action("report.published", "Publicerade årsuppföljningen"),
    Action("report.downloaded", "Hämtade årsuppföljningen", changes_data=False),
    Action("deadline.extended", "Gav längre tid"),
    Action("break.entered", "Förde in brott i serien"),
    Action("draft.started", "Började fylla i formuläret", changes_figures=False),
    Action("draft.discarded", "Kastade utkastet", changes_figures=False),
    Action("submission.sent", "Skickade in", is_of_one_clinic=True),
    Action("submission.approved", "Godkände", is_of_one_clinic=True),
    Action("submission.returned", "Återlämnade", is_of_one_clinic=True),
    Action("upload.rejected", "Fil avvisades", changes_data=False),
    Action("upload.cross_clinic_attempt", "Fil med annan mottagnings kod avvisades", changes_data=False),
    Action("upload.kept", "Läste in fil att se över", tells_object=False, changes_data=False),
    Action("upload.discarded", "Tog bort fil före inskick", tells_object=False, changes_data=False),
    Action("inbox.taken", "Läste in fil ur inkorgen", changes_data=False),
    Action("inbox.repeated", "Fil i inkorgen var redan inläst", changes_data=False),
    Action("inbox.refused", "Avvisade fil i inkorgen", changes_data=False),
    Action("file.fetched", "Hämtade inskickad fil", changes_data=False),
    Action("figures.downloaded", "Hämtade siffror", changes_data=False),
    Action("program.read", "Läste med ett annat program", changes_data=False),
    Action("month.released", "Släppte månadens värden"),
    Action("forecast.made", "Räknade fram prognoserna för en månad som redan var släppt"),
    Action("letter.kept", "Brev väntar tills e-posten går att nå", changes_data=False),
    Action("letter.sent", "Skickade brev som väntat", changes_data=False),
    Action("reminder.sent", "Påminnelse skickades", changes_figures=False),
    Action("audit.exported", "Hämtade händelseloggen", changes_data=False),
    Action("audit.retention_changed", "Ändrade hur länge händelser sparas", changes_figures=False),
    Action("audit.pruned", "Gallrade gamla händelser", changes_figures=False),
    Action("backup.made", "Tog säkerhetskopia", changes_data=False),
    Action("region.changed", "Ändrade regionens uppgifter"),
    Action("region.municipality_removed", "Tog bort kommun"),
    Action("contract.demand_set", "Ändrade avtalskrav"),
    Action("contract.demand_removed", "Tog bort avtalskrav"),
    Action("region.logo_removed", "Tog bort regionens logotyp"),
    Action("installation.set_up", "Satte upp portalen ur en arbetsbok", tells_object=False),
    Action("installation.demo", "Märkte databasen som exempel"),
)
ACTIONS_BY_CODE = {action.code: action for action in ACTIONS}


def changes_data(action: str) -> bool:
    """Whether anything that pages show may be another after such an event; of an action that is not declared it may."""
    return action not in ACTIONS_BY_CODE or ACTIONS_BY_CODE[action].changes_data


def changes_figures(action: str) -> bool:
    """Whether figures may be others after such an event; of an action that is not declared they may."""
    return action not in ACTIONS_BY_CODE or ACTIONS_BY_CODE[action].makes_figures_old


def is_of_one_clinic(action: str) -> bool:
    """Whether only that clinic's figures may be others after such an event, and the region's."""
    return action in ACTIONS_BY_CODE and ACTIONS_BY_CODE[action].is_of_one_clinic


@dataclass(frozen=True, slots=True)
class EventGroup:
    """A question to the log as one choice: which actions, or which outcome, answer it."""

    label: str
    actions: tuple[str, ...] = ()
    corrections_of: str = ""  # of that action, too, what is a later version than the first
    outcome: str = ""


DOWNLOADS = ("figures.downloaded", "program.read", "file.fetched", "report.downloaded", "audit.exported")
GROUPS = {
    "": EventGroup("Allt"),
    "taken": EventGroup("Hämtat och exporterat", actions=DOWNLOADS),
    "refused": EventGroup("Nekat", outcome="refused"),
    "corrected": EventGroup(
        "Rättat och släppt",
        actions=(
            "submission.returned",
            "month.released",
            "report.frozen",
            "report.published",
            "break.entered",
        ),
        corrections_of="submission.sent",
    ),
}

OUTCOMES = {"done": "gjort", "refused": "nekat"}

# What stands in an event's details. A clinic is shown only what concerns itself.
DETAILS = {
    "basis": "grund",
    "because": "orsak",
    "changes": "ändringar",
    "characters": "tecken",
    "clinics": "mottagningar",
    "count": "antal",
    "deadline_day": "sista dag",
    "figures": "uppgifter",
    "file": "fil",
    "format": "format",
    "from": "från och med",
    "hash": "kedjans hash",
    "held": "hålls tillbaka",
    "hidden": "dolda värden",
    "inputs": "underlag",
    "kept": "oförändrade värden",
    "into": "till mottagning",
    "kind": "slag",
    "last_month": "sista månad",
    "met": "nivå för uppfyllt",
    "missing": "saknas",
    "months": "månader",
    "number": "nummer",
    "opened_by": "först inne",
    "partly": "nivå för delvis",
    "name": "namn",
    "provider": "vårdgivare",
    "operator": "regi",
    "municipality": "kommun",
    "municipality_code": "kommunkod",
    "opened": "öppnade",
    "closed": "stängde",
    "successor": "efterträdare",
    "closed_kind": "slags stängning",
    "problems": "felkoder",
    "reason": "skäl",
    "release_day": "släppdag",
    "reply": "svar",
    "role": "roll",
    "rules": "regler",
    "sha256": "filens SHA-256",
    "shown": "visade värden",
    "source": "källa",
    "state": "läge",
    "submission": "inlämning nr",
    "submissions": "inlämningar nr",
    "text": "text",
    "to": "till",
    "until": "till och med",
    "valid_from": "gäller från",
    "value": "värde",
    "version": "version",
    "wrong": "vad som var fel",
    "years": "år",
}
DETAILS_FOR_CLINICS = ("count", "format", "kind", "months", "problems", "reason", "state", "until")


def label_of(code: str) -> str:
    """Return an action's Swedish label; an action that an older version wrote keeps its code."""
    action = ACTIONS_BY_CODE.get(code)
    return action.label if action else code
