"""How often a login may be tried.

Five tries are free. Then each further one waits 30 s, 60 s, 120 s … up to 15 minutes, per account and
place; after 20 in a row from one place that place has no more for this account, and after 100 from all
unknown places together nobody unknown has. Both lapse a day after the last try, or at once through a link
that is mailed to the account's own address, or by an administrator. One place has 50 wrong tries in ten
minutes, whatever the accounts. A login that goes well clears what its own place had.

An outsider must not be able to spend this on somebody else. So what waits is the pair of account and
place, where the place is a browser in which the account has logged in before (its cookie cannot be
guessed), else the client's network: its IPv4 address, or the /64 that one customer has of IPv6. An
outsider only makes himself wait: to stop an account takes five networks and many hours, and even then
browsers that are known, and whoever is logged in, count for themselves.

A name without account is counted like one that has one, and forgotten like it: neither a message nor the
time, nor what a day or somebody's own login changes, tells which names exist.

Every try is counted before it is judged, in a transaction of its own: of tries sent at once none sees
the counts from before the others. Source of the numbers: NIST SP 800-63B-4 (at most 100 in a row, waits
from 30 s to an hour), OWASP ASVS 5.0 6.3.1.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.throttle
from db.accounts.accounts import Account
from db.accounts.throttle import Tries
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC
from portal.domain.accounts.networks import network_of
from portal.domain.registry.rounding import half_up
from portal.services.context import Portal


FREE_TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
MOST_FROM_PLACE, MOST_IN_A_ROW = 20, 100
MOST_FROM_ADDRESS, ADDRESS_WINDOW = 50, timedelta(minutes=10)
DEVICE_LIVES = timedelta(days=180)
COUNTS_FOR = timedelta(days=1)  # from the last try


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Where a try comes from; `address` is empty where it is only the proxy's."""

    address: str = ""
    device: str = ""  # the token of the browser's cookie
    is_logged_in: bool = False  # whose password is asked for once more

    @property
    def place(self) -> str:
        """The network of the address."""
        return network_of(self.address)


NOWHERE, INSIDE = Client(), Client(is_logged_in=True)
_Rule = Callable[[Tries | None, datetime], "Wait | None"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A try that was not looked at; `seconds` None: until the counts lapse, or the account is reset."""

    seconds: int | None

    @property
    def length(self) -> str:
        if self.seconds is None:
            return "ett dygn"
        return (
            f"{self.seconds} sekunder" if self.seconds < 90 else f"{half_up(self.seconds / 60):.0f} minuter"
        )


def charge(portal: Portal, name: str, account: Account | None, client: Client) -> Wait | None:
    """Count a try; returns how long to wait where it may not be made."""
    now = datetime.now(UTC)
    with portal.database.writing(NO_CLINIC) as scoped:
        db.accounts.throttle.forget_older(scoped, last_before=now - COUNTS_FOR)
        who = str(account.id) if account else f"name {hashed(name)[:24]}"
        is_stranger = not client.is_logged_in and not _is_known_device(scoped, account, client, now)
        if is_stranger and db.accounts.throttle.total_starting(scoped, _strangers(who)) >= MOST_IN_A_ROW:
            return Wait(None)
        rules = _of_stranger(who, client) if is_stranger else {_pair(who, client): _pause_or_stop}
        tries = db.accounts.throttle.find(scoped, list(rules))
        waits = [wait for key in rules if (wait := rules[key](tries.get(key), now))]
        if waits:
            return max(waits, key=lambda wait: (wait.seconds is None, wait.seconds or 0))
        for key in rules:
            db.accounts.throttle.put(scoped, key, _one_more(tries.get(key), key, now))
    return None


def reset(scoped: ScopedConnection, account_id: int) -> None:
    """Forget all tries at the account: an administrator or a mailed link opens it again."""
    db.accounts.throttle.forget_starting(scoped, f"pair:{account_id} ")


def clear(scoped: ScopedConnection, account_id: int, client: Client = NOWHERE) -> None:
    """Forget the account's tries from its own place, and that place's last one: it logged in.

    Others' tries stay: waits that end would tell them that somebody has that name.
    """
    who = str(account_id)
    db.accounts.throttle.forget(scoped, [_pair(who, client), f"{_strangers(who)}{client.place}"])
    key = f"address:{client.place}"
    tries = db.accounts.throttle.find(scoped, [key]).get(key)
    if tries and tries.count > 1:
        db.accounts.throttle.put(scoped, key, Tries(tries.count - 1, tries.first_at, tries.last_at))
    elif tries:
        db.accounts.throttle.forget(scoped, [key])


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _strangers(who: str) -> str:
    """Return how the keys of an account's tries from unknown places begin: all of them make its stop."""
    return f"pair:{who} from "


def _pair(who: str, client: Client) -> str:
    if client.is_logged_in:
        return f"pair:{who} inside"
    if client.device:
        return f"pair:{who} device {hashed(client.device)[:24]}"
    return f"{_strangers(who)}{client.place}"


def _of_stranger(who: str, client: Client) -> dict[str, _Rule]:
    key = f"{_strangers(who)}{client.place}"
    if not client.place:  # where it is not known, all strangers are in one
        return {key: _pause}
    return {key: _pause_or_place_stop, f"address:{client.place}": _flood}


def _is_known_device(
    scoped: ScopedConnection, account: Account | None, client: Client, now: datetime
) -> bool:
    if account is None or not client.device:
        return False
    since = now - DEVICE_LIVES
    return db.accounts.throttle.is_known_device(scoped, hashed(client.device), account.id, since=since)


def _pause(tries: Tries | None, now: datetime) -> Wait | None:
    if tries is None or tries.count < FREE_TRIES:
        return None
    pause = min(FIRST_PAUSE * 2 ** min(tries.count - FREE_TRIES, 10), LONGEST_PAUSE)
    return _until(tries.last_at + pause, now)


def _stop(tries: Tries | None, _now: datetime) -> Wait | None:
    return Wait(None) if tries is not None and tries.count >= MOST_IN_A_ROW else None


def _pause_or_stop(tries: Tries | None, now: datetime) -> Wait | None:
    return _stop(tries, now) or _pause(tries, now)


def _pause_or_place_stop(tries: Tries | None, now: datetime) -> Wait | None:
    if tries is not None and tries.count >= MOST_FROM_PLACE:
        return Wait(None)
    return _pause(tries, now)


def _flood(tries: Tries | None, now: datetime) -> Wait | None:
    if tries is None or tries.count < MOST_FROM_ADDRESS:
        return None
    return _until(tries.first_at + ADDRESS_WINDOW, now)


def _until(moment: datetime, now: datetime) -> Wait | None:
    return Wait(max(1, int(half_up((moment - now).total_seconds())))) if moment > now else None


def _one_more(tries: Tries | None, key: str, now: datetime) -> Tries:
    is_old = key.startswith("address:") and tries is not None and tries.first_at + ADDRESS_WINDOW <= now
    if tries is None or is_old:
        return Tries(1, now, now)
    return Tries(tries.count + 1, tries.first_at, now)
