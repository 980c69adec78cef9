"""Who may see and do what. Scope comes from the account, never from a widget."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CLINIC = "clinic"
    REGION = "region"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return {"clinic": "mottagning", "region": "region", "admin": "regionadministratör"}[self.value]


class AccessDenied(Exception):
    """The user may not do this; the message is Swedish and can be shown."""


@dataclass(frozen=True, slots=True)
class ClinicUser:
    """Someone at a provider: one or more clinics, never none."""

    username: str
    name: str
    clinics: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.clinics:
            raise ValueError("a clinic user has at least one clinic")


@dataclass(frozen=True, slots=True)
class RegionUser:
    """Someone at the region: sees every clinic."""

    username: str
    name: str
    is_administrator: bool = False


User = ClinicUser | RegionUser


@dataclass(frozen=True, slots=True)
class ClinicScope:
    """The clinics whose own rows may be read or written; `every` for the region."""

    clinics: frozenset[str]
    every: bool = False

    def holds(self, clinic: str) -> bool:
        return self.every or clinic in self.clinics


EVERY_CLINIC = ClinicScope(frozenset(), every=True)
NO_CLINIC = ClinicScope(frozenset())


def scope_of(user: User) -> ClinicScope:
    match user:
        case RegionUser():
            return EVERY_CLINIC
        case ClinicUser():
            return ClinicScope(frozenset(user.clinics))


def check_may_see_clinic(user: User, clinic: str) -> None:
    """Raise AccessDenied for a clinic outside the user's scope, whether or not it exists."""
    if not scope_of(user).holds(clinic):
        raise AccessDenied("Du har inte tillgång till den mottagningen.")


def check_is_region(user: User) -> None:
    if not isinstance(user, RegionUser):
        raise AccessDenied("Det här kan bara regionen göra.")


def check_is_administrator(user: User) -> None:
    if not (isinstance(user, RegionUser) and user.is_administrator):
        raise AccessDenied("Det här kan bara regionens administratör göra.")


def check_may_review(user: User, *, sent_by: str) -> None:
    """Only the region reviews, and nobody approves what they sent themselves."""
    check_is_region(user)
    if user.username == sent_by:
        raise AccessDenied("Du skickade själv in månaden. Någon annan behöver granska den.")


# Who acts when a command runs without --as: the operator at the machine.
OPERATOR = RegionUser("kommandorad", "Kommandoraden", is_administrator=True)

# Who releases a month on its day, whoever opens a page first.
CALENDAR = RegionUser("kalendern", "Kalendern")
