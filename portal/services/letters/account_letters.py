"""Letters about somebody's account: invited, changed, closed soon. Each returns the whole letter."""

from db.accounts.accounts import Account, AccountSummary
from portal.services.letters.letter import Letter


NOT_YOU = "Var det inte du? Säg det genast till regionens administratör."


def invitation(account: Account, url: str) -> Letter:
    """The letter with the link through which somebody sets their first password."""
    return Letter(
        recipient=account.email,
        name=account.name,
        subject="Välkommen till Vårdval BUP",
        paragraphs=(
            f"Du har fått ett konto i portalen för Vårdval BUP. Ditt användarnamn är {account.username}.",
            f"Öppna länken och välj ditt lösenord. Den gäller en gång och i 72 timmar:\n{url}",
            "Lämna aldrig länken vidare: kontot är personligt.",
        ),
    )


def new_password(account: Account, url: str) -> Letter:
    """The letter with the link through which somebody sets another password."""
    link = (
        f"Här väljer du ett nytt lösenord till kontot {account.username}. Länken gäller en gång och i "
        f"72 timmar:\n{url}"
    )
    return Letter(
        recipient=account.email,
        name=account.name,
        subject="Nytt lösenord till Vårdval BUP",
        paragraphs=(
            link,
            "Har du inte bett om det? Gör då ingenting, och säg till regionens administratör.",
        ),
    )


def password_changed(account: Account) -> Letter:
    """The letter that tells of a new password, to whoever did not choose it."""
    return Letter(
        recipient=account.email,
        name=account.name,
        subject="Lösenordet till Vårdval BUP är bytt",
        paragraphs=(
            f"Lösenordet till kontot {account.username} har bytts, och alla inloggningar är avslutade.",
            NOT_YOU,
        ),
    )


def address_changed(account: Account) -> Letter:
    """The letter to the address that an account had until now."""
    return Letter(
        recipient=account.email,
        name=account.name,
        subject="E-postadressen till Vårdval BUP är bytt",
        paragraphs=(
            f"Kontot {account.username} har fått en annan e-postadress. Brev om kontot går inte längre hit.",
            NOT_YOU,
        ),
    )


def address_to_confirm(account: Account, address: str, url: str) -> Letter:
    """The letter with the link that lets an address count."""
    return Letter(
        recipient=address,
        name=account.name,
        subject="Bekräfta din e-postadress i Vårdval BUP",
        paragraphs=(
            f"Öppna länken, så går brev om ditt konto hit. Den gäller en gång och i 72 timmar:\n{url}",
            "Har du inte bett om det? Gör då ingenting.",
        ),
    )


def address_taken(address: str) -> Letter:
    """The letter to an address that another account asks for; whose that is, it doesn't say."""
    text = (
        "Någon vill att brev om ett annat konto ska gå hit. Adressen hör redan till ditt konto, och inget är "
        "ändrat. Har du två konton: be regionens administratör om hjälp."
    )
    return Letter(
        recipient=address, name="", subject="Din e-postadress i Vårdval BUP", paragraphs=(text, NOT_YOU)
    )


def idle_warning(account: AccountSummary, *, idle_days: int, days_left: int, url: str) -> Letter:
    """The letter to somebody whose account closes when they don't log in."""
    text = (
        f"Ditt konto {account.username} i portalen för Vårdval BUP har inte använts på {idle_days} dagar. "
        f"Om {days_left} dagar stängs det. Vill du behålla det: logga in på {url}. Behöver du det inte "
        "längre: gör ingenting."
    )
    return Letter(
        recipient=account.email,
        name=account.name,
        subject="Ditt konto i Vårdval BUP stängs snart",
        paragraphs=(text,),
    )
