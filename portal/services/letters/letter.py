"""A letter that the portal sends: who reads it, its paragraphs, and who signs it."""

from dataclasses import dataclass

from portal.services.letters.mail import Mail


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One letter to one person; empty paragraphs leave no gap."""

    recipient: str  # an e-mail address
    name: str
    subject: str
    paragraphs: tuple[str, ...]
    signature: str = ""
    label: str = ""  # stands above everything, such as that this is a demonstration

    @property
    def text(self) -> str:
        greeting = f"Hej {self.name}!" if self.name else "Hej!"
        parts = (self.label, greeting, *self.paragraphs, self.signature)
        return "\n\n".join(part for part in parts if part) + "\n"

    def as_mail(self) -> Mail:
        return Mail(to=self.recipient, subject=self.subject, text=self.text)
