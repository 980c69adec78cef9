"""How often a login may be tried.

Five tries are free. Then each further one waits 30 s, 60 s, 120 s … up to 15 minutes, per account and
place; after 100 in a row from unknown places the account takes no more, until an administrator or a new
link resets it; and one address has 50 wrong tries in ten minutes, whatever the accounts. A login that
goes well clears the account's counts.

An outsider must not be able to spend this on somebody else. So what waits is the pair of account and
place, where the place is a browser in which the account has logged in before (its cookie cannot be
guessed), else the client's address: an outsider only makes himself wait, and a browser that is known
counts for itself, also after the account's stop. A name without account is counted like one that has
one: neither a message nor the time tells which names exist.

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
from portal.domain.registry.rounding import half_up
from portal.services.context import Portal


FREE_TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
MOST_IN_A_ROW = 100
MOST_FROM_ADDRESS, ADDRESS_WINDOW = 50, timedelta(minutes=10)
DEVICE_LIVES = timedelta(days=180)
UNKNOWN_KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Where a try comes from; `address` is empty where it is only the proxy's."""

    address: str = ""
    device: str = ""  # the token of the browser's cookie


NOWHERE = Client()
_Rule = Callable[[Tries | None, datetime], "Wait | None"]


@dataclass(frozen=True, slots=True)
class Wait:
    """A try that was not looked at; `seconds` None: until somebody resets the account."""

    seconds: int | None


def charge(portal: Portal, name: str, account: Account | None, client: Client) -> Wait | None:
    """Count a try; returns how long to wait where it may not be made."""
    now = datetime.now(UTC)
    with portal.database.writing(NO_CLINIC) as scoped:
        keys = _keys(scoped, name, account, client, now)
        tries = db.accounts.throttle.find(scoped, list(keys))
        waits = [wait for key in keys if (wait := keys[key](tries.get(key), now))]
        if waits:
            return max(waits, key=lambda wait: (wait.seconds is None, wait.seconds or 0))
        if account is None:
            db.accounts.throttle.forget_older(scoped, "pair:name ", last_before=now - UNKNOWN_KEPT)
            db.accounts.throttle.forget_older(scoped, "account:name ", last_before=now - UNKNOWN_KEPT)
        for key in keys:
            db.accounts.throttle.put(scoped, key, _one_more(tries.get(key), key, now))
    return None


def clear(scoped: ScopedConnection, account_id: int, client: Client = NOWHERE) -> None:
    """Forget the account's tries, and the address's last one: it logged in, or was given a new link."""
    db.accounts.throttle.forget(scoped, [f"account:{account_id}"])
    db.accounts.throttle.forget_starting(scoped, f"pair:{account_id} ")
    key = f"address:{client.address}"
    tries = db.accounts.throttle.find(scoped, [key]).get(key)
    if tries and tries.count > 1:
        db.accounts.throttle.put(scoped, key, Tries(tries.count - 1, tries.first_at, tries.last_at))
    elif tries:
        db.accounts.throttle.forget(scoped, [key])


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _keys(
    scoped: ScopedConnection, name: str, account: Account | None, client: Client, now: datetime
) -> dict[str, _Rule]:
    who = str(account.id) if account else f"name {hashed(name)[:24]}"
    device = hashed(client.device) if client.device else ""
    if account and device:
        since = now - DEVICE_LIVES
        if db.accounts.throttle.is_known_device(scoped, device, account.id, since=since):
            return {f"pair:{who} device {device[:24]}": _pause_or_stop}
    keys: dict[str, _Rule] = {f"pair:{who} from {client.address}": _pause, f"account:{who}": _stop}
    if client.address:
        keys[f"address:{client.address}"] = _flood
    return keys


def _pause(tries: Tries | None, now: datetime) -> Wait | None:
    if tries is None or tries.count < FREE_TRIES:
        return None
    pause = min(FIRST_PAUSE * 2 ** min(tries.count - FREE_TRIES, 10), LONGEST_PAUSE)
    return _until(tries.last_at + pause, now)


def _stop(tries: Tries | None, _now: datetime) -> Wait | None:
    return Wait(None) if tries is not None and tries.count >= MOST_IN_A_ROW else None


def _pause_or_stop(tries: Tries | None, now: datetime) -> Wait | None:
    return _stop(tries, now) or _pause(tries, now)


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
