"""Which requirements of OWASP ASVS 5.0 (level 2) apply here, and which tests prove them.

`pytest -m security` prints the table number → tests; tests/test_asvs.py fails for a number without one.
A test with the mark `asvs` is a security test by that alone. The duties are what the machine around the
portal has to do; each has a test of the configuration that we deliver for it.
"""

import ast
from collections import defaultdict
from pathlib import Path

import pytest


TESTS = Path(__file__).parent

REQUIREMENTS = {
    "1.2.1": "what people wrote is shown as text, never as HTML",
    "1.2.4": "statements with parameters, nothing put together from text",
    "1.2.10": "no formula runs out of an export",
    "1.3.2": "nothing is evaluated from text",
    "1.3.3": "texts are trimmed and bounded, without control characters",
    "1.3.5": "no Markdown of users' makes links or pictures",
    "1.5.1": "workbooks: no external entities, no entity bombs",
    "1.5.2": "no unsafe deserialisation",
    "2.1.1": "the rules of each value are written down",
    "2.1.2": "the rules between values are written down",
    "2.1.3": "the limits are written down",
    "2.2.1": "counts, months and measures are checked",
    "2.2.2": "checks lie in the services, not in widgets",
    "2.2.3": "values are checked against each other",
    "2.3.1": "only what was previewed is sent",
    "2.3.2": "rows, files and logins are limited",
    "2.3.3": "one sending is one transaction",
    "2.3.4": "two at once: one wins, the other is told",
    "2.4.1": "logins, uploads and downloads in a flood are slowed down",
    "3.2.1": "downloads are attachments",
    "3.2.2": "text is shown as text",
    "3.3.1": "the cookie is Secure, and __Host-",
    "3.3.2": "the cookie is SameSite",
    "3.3.3": "the cookie's name begins with __Host-",
    "3.3.4": "the cookie is HttpOnly",
    "3.4.1": "HSTS for a year, with subdomains",
    "3.4.2": "no foreign origin may read answers",
    "3.4.3": "a content security policy on every answer",
    "3.4.4": "nosniff on every answer",
    "3.4.5": "a referrer policy on every answer",
    "3.4.6": "no answer may be framed",
    "3.5.1": "requests from other sites change nothing",
    "3.5.3": "nothing is changed by GET or by an address",
    "4.1.3": "forwarded and identity headers cannot be forged",
    "4.4.1": "websockets over TLS only",
    "4.4.2": "websockets from our own pages only",
    "4.4.3": "a websocket is bound to the login",
    "4.4.4": "a session id alone opens no websocket",
    "5.1.1": "kinds and sizes of files are written down",
    "5.2.1": "size limits hold however a file is sent",
    "5.2.2": "name, first bytes and content agree",
    "5.2.3": "packed files are measured before they are unpacked",
    "5.3.1": "files are kept where nothing runs or serves them",
    "5.3.2": "a file's own name is no path",
    "5.4.1": "a file's name is cleaned before it is used",
    "5.4.2": "names of downloads are safe",
    "5.4.3": "known malicious content is not handed on",
    "6.1.1": "throttling of logins is written down",
    "6.1.2": "words of the context are no passwords",
    "6.2.1": "passwords have their least length",
    "6.2.2": "one changes one's own password",
    "6.2.3": "with the current one",
    "6.2.4": "common passwords are refused",
    "6.2.5": "no rules about kinds of characters",
    "6.2.6": "passwords are not shown while typed",
    "6.2.7": "pasting and password managers work",
    "6.2.8": "passwords are taken whole",
    "6.2.9": "at least 64 characters are allowed",
    "6.2.10": "no password expires",
    "6.2.11": "the list of context words is used",
    "6.2.12": "passwords known from breaches are refused",
    "6.3.1": "guessing is slowed down, and stopped",
    "6.3.2": "no default accounts",
    "6.3.3": "a second factor",
    "6.3.4": "every way in is equally strong",
    "6.3.7": "whoever's password or address is changed is told",
    "6.3.8": "no answer and no time tells who has an account",
    "6.4.1": "first passwords and links are random, used once, and expire",
    "6.4.2": "no hints, no secret questions",
    "6.4.3": "a forgotten password goes past no second factor",
    "6.5.1": "a code works once",
    "6.5.5": "a code lives for a short time",
    "7.1.1": "idle and absolute limits are written down",
    "7.1.2": "how many logins at once is written down",
    "7.2.1": "sessions are checked on the server",
    "7.2.2": "their tokens are random references",
    "7.2.3": "of at least 128 bits",
    "7.2.4": "a login makes a new one",
    "7.3.1": "30 minutes without use end a session",
    "7.3.2": "12 hours end a session",
    "7.4.1": "logging out ends it on the server",
    "7.4.2": "shutting an account out ends its sessions",
    "7.4.3": "a new password ends all sessions",
    "7.4.4": "one can log out on every page",
    "7.4.5": "the administrator can end others' sessions",
    "7.5.1": "changing e-mail or second factor asks for the password again",
    "7.5.2": "one sees and ends one's own sessions",
    "8.1.1": "who may do what is written down",
    "8.1.2": "who may see which field is written down",
    "8.2.1": "functions are guarded by role",
    "8.2.2": "rows are guarded by clinic",
    "8.2.3": "fields are guarded",
    "8.3.1": "in the services, not in the browser",
    "8.3.2": "changes of rights hold at once",
    "8.4.1": "clinics are kept apart, in caches and in the database too",
    "9.1.1": "tokens of the region's login: signature",
    "9.1.2": "only the algorithms we allow",
    "9.2.1": "only while they are valid",
    "11.4.2": "passwords are kept as argon2id",
    "11.5.1": "secrets come from the system's random source",
    "12.2.1": "TLS between browser and proxy",
    "13.2.2": "the service and its database role have few rights",
    "13.3.1": "secrets come from the environment, none are in the code",
    "13.4.1": "no repository is served",
    "13.4.2": "debugging is off",
    "13.4.4": "no TRACE",
    "13.4.5": "metrics and documentation are closed",
    "14.2.1": "no token in an address",
    "14.2.2": "nothing personal stays in a cache",
    "14.2.3": "nothing goes to third parties",
    "14.3.1": "nothing stays in the browser after logging out",
    "14.3.2": "no-store on what is personal",
    "14.3.3": "browser storage holds nothing sensitive",
    "15.1.2": "what is installed is listed",
    "15.1.3": "costly work is known",
    "15.2.1": "the installed packages are the tested ones",
    "15.2.2": "costly work is bounded",
    "15.2.3": "no demo in production",
    "15.3.1": "only the fields that are needed",
    "15.3.3": "no field is set that was not asked for",
    "16.2.1": "events say when, who, what, where, and how it went",
    "16.2.2": "in UTC",
    "16.2.5": "no secrets and no values in logs",
    "16.3.1": "logins are logged",
    "16.3.2": "refusals are logged",
    "16.3.3": "attempts past the rules are logged",
    "16.3.4": "unexpected errors are logged",
    "16.4.1": "nobody can write lines into the log",
    "16.4.2": "the log cannot be changed unseen",
    "16.5.1": "errors show an id, nothing else",
    "16.5.3": "what fails leaves nothing half done",
}

# What the machine around the portal does. The files in portal/operating do it; their tests are named like all others.
DUTIES = {
    "3.4.1": "nginx sends it; portal/operating/nginx.conf is tried",
    "4.4.1": "nginx ends TLS; portal/operating/nginx.conf is tried",
    "12.2.1": "nginx ends TLS; portal/operating/nginx.conf is tried",
    "15.2.1": "`portal check` compares what is installed; updates are the operator's",
    "5.4.3": "the operator's virus scanner; what is no plain table is refused before it is kept",
}
MOST_DUTIES = 5

# Known to be without a test. A number leaves this list together with the test that proves it.
UNPROVED: set[str] = set()


def in_order(number):
    return tuple(int(part) for part in number.split("."))


def numbers_of(mark):
    """Return the numbers of a decorator `pytest.mark.asvs("1.2.3", …)`."""
    return [argument.value for argument in mark.args]


def marks_in(tree):
    """Yield (name, numbers) of each test of a module, with those of the module's `pytestmark`."""
    shared = [
        numbers
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pytestmark"
        for call in ast.walk(node.value)
        if is_mark(call)
        for numbers in [numbers_of(call)]
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = [numbers_of(call) for call in node.decorator_list if is_mark(call)]
            yield node.name, sorted({number for numbers in [*shared, *own] for number in numbers})


def is_mark(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "asvs"


def proofs():
    """Return number → tests, read from the files: it holds whatever was selected to run."""
    found = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for name, numbers in marks_in(ast.parse(path.read_text("utf-8"))):
            for number in numbers:
                found[number].append(f"{path.relative_to(TESTS.parent)}::{name}")
    return found


# The plugin: conftest takes these hooks


def note_numbers(items):
    """Make every test with numbers a security test, and let its report carry them (also over xdist)."""
    for item in items:
        numbers = {number for mark in item.iter_markers("asvs") for number in mark.args}
        if numbers:
            item.add_marker(pytest.mark.security)
            item.user_properties.append(("asvs", sorted(numbers)))


def print_table(reporter, expression):
    """After `-m security`: each requirement, whether it was proved, and by which tests."""
    if "security" not in expression:
        return
    ran = defaultdict(dict)
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in reporter.stats.get(outcome, []):
            for name, numbers in getattr(report, "user_properties", []):
                for number in numbers if name == "asvs" else []:
                    ran[number][report.nodeid.partition("[")[0]] = outcome
    reporter.write_sep("=", "OWASP ASVS 5.0")
    for number in sorted(REQUIREMENTS, key=in_order):
        tests = ran.get(number, {})
        bad = sorted({outcome for outcome in tests.values() if outcome != "passed"})
        missing = "no test" if number in UNPROVED else "not run"
        sign = missing if not tests else ", ".join(bad) if bad else "ok"
        duty = " (deployment duty)" if number in DUTIES else ""
        reporter.write_line(f"{number:7} {sign:8} {REQUIREMENTS[number]}{duty}")
        for test in sorted(tests):
            reporter.write_line(f"          {test}")
    proved = sum(bool(ran.get(number)) for number in REQUIREMENTS)
    reporter.write_line(
        f"{proved} of {len(REQUIREMENTS)} requirements have a test that ran; {len(DUTIES)} are duties of the deployment"
    )
