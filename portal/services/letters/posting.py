"""One letter by mail, where mail goes out: what it is about holds whether or not it arrives."""

from portal.services.context import Portal
from portal.services.letters.letter import Letter
from portal.services.letters.mail import MailFault, MailServer


def post(portal: Portal, letter: Letter) -> bool:
    """Send the letter; returns whether the mail server took it. Without an address nothing is sent."""
    if not portal.smtp_url or not letter.recipient:
        return False
    try:
        deliveries = list(MailServer.parse(portal.smtp_url).send([letter.as_mail()]))
    except MailFault:
        return False
    return all(not refusal for _, refusal in deliveries)
