"""The house's own rules: layers, pages that read like a table of contents, one place for each thing."""

import ast
import subprocess
import sys
from functools import cache

import pytest

from portal.domain.insight.queue import PHASES
from portal.settings import ROOT
from portal.ui.page.navigation import PAGES


ALL = sorted(path for top in ("portal", "db", "pages", "tests") for path in (ROOT / top).rglob("*.py"))
PRODUCT = [path for path in ALL if path.relative_to(ROOT).parts[0] != "tests"]
PAGE_FILES = sorted((ROOT / "pages").rglob("*.py"))
FOR_EVERYBODY = {"welcome", "privacy", "accessibility"}  # also for who is not logged in
LONGEST_PAGE, LONGEST_FILE = 60, 500


def name_of(path):
    return str(path.relative_to(ROOT))


def is_under(path, *folders):
    return any(name_of(path).startswith(folder) for folder in folders)


def source(path):
    return path.read_text("utf-8")


@cache  # parsed and walked once for all tests
def tree(path):
    return ast.parse(source(path))


@cache
def nodes(path):
    return list(ast.walk(tree(path)))


@cache
def imported(path):
    """Return the top packages that a file imports, wherever it does."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


@cache
def attributes(path):
    return {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}


# Layers


@pytest.mark.asvs("8.3.1")
def test_the_import_contracts_hold():
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"

    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("package", "folders"),
    [
        # portal/bench measures the floors beneath the portal, and counts queries
        ("sqlalchemy", ("db/", "portal/services/", "portal/bench/")),
        ("sqlmodel", ("db/",)),
        (
            "streamlit",
            (
                "pages/",
                "portal/ui/",
                "portal/server.py",
                "portal/walls.py",
                "portal/oidc.py",
                "portal/session_files.py",
                "portal/logs.py",
                "portal/sparing.py",
                "portal/watching.py",
                "portal/bench/",
            ),
        ),
        ("openpyxl", ("portal/uploads/", "portal/reports/", "portal/services/administration/exports.py")),
        ("streamlit_authenticator", ("portal/ui/login/login_view.py",)),
    ],
)
def test_a_library_is_used_in_its_own_layer_only(package, folders):
    elsewhere = [
        name_of(path) for path in PRODUCT if package in imported(path) and not is_under(path, *folders)
    ]

    assert elsewhere == []


@pytest.mark.asvs("8.3.1")
def test_pages_and_views_never_open_the_database():
    guilty = [
        name_of(path)
        for path in PRODUCT
        if is_under(path, "pages/", "portal/ui/")
        and ("db" in imported(path) or {"reading", "writing", "database", "engine"} & attributes(path))
    ]

    assert guilty == []


KEEPERS = tuple(f"portal/ui/base/{name}.py" for name in ("session", "editing", "login_notes"))


def test_one_room_keeps_the_session_state():
    mention = [
        name_of(path)
        for path in PRODUCT
        if "session_state" in attributes(path) and name_of(path) not in KEEPERS
    ]

    assert mention == []


def test_streamlit_finds_no_pages_folder_of_its_own():
    """Beside the entry script it would open pages without that script."""
    assert not (ROOT / "portal" / "ui" / "pages").exists()


# Who has taken what: the log knows every file with figures

# Which buttons hand out a file beside portal/ui/page/downloads.py, and why they may.
OTHER_DOWNLOADS = {
    ("annual_publishing", "_download"): "report.downloaded",
    ("audit_view", "show_export"): "audit.exported",
    ("submissions_view", "_offer_file"): "file.fetched",
    ("receipts", "offer"): "a receipt: no figures",
}


def functions_calling(path, name):
    return {
        function.name
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == name
    }


@pytest.mark.asvs("16.2.1")
def test_a_file_of_figures_is_handed_out_in_one_place_which_notes_it():
    found = {
        (path.stem, function)
        for path in PRODUCT
        if is_under(path, "pages/", "portal/ui/")
        for function in functions_calling(path, "download_button")
    }

    assert found == {("downloads", "offer"), *OTHER_DOWNLOADS}


@pytest.mark.asvs("16.2.1")
def test_nothing_is_handed_out_before_the_log_knows_it():
    made = next(
        node
        for node in ast.walk(tree(ROOT / "portal" / "ui" / "page" / "downloads.py"))
        if isinstance(node, ast.FunctionDef) and node.name == "_content"
    )

    calls = [ast.unparse(node.func) for node in ast.walk(made) if isinstance(node, ast.Call)]
    assert {"auth.who_clicked", "exports.record_download"} <= set(calls)
    assert isinstance(made.body[-1], ast.Return)


# Pages


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda path: path.stem)
def test_a_page_is_short_and_defines_nothing(path):
    found = tree(path)

    assert len(source(path).splitlines()) <= LONGEST_PAGE
    assert not [
        node
        for node in ast.walk(found)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
    ]


@pytest.mark.parametrize("path", PAGE_FILES, ids=lambda path: path.stem)
def test_the_first_thing_a_page_does_is_to_require_a_user(path):
    statements = [node for node in tree(path).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    docstring, first = statements[:2]

    assert isinstance(docstring, ast.Expr)
    begins = "user = find_user()" if path.stem in FOR_EVERYBODY else "user = require_"
    assert ast.unparse(first).startswith(begins)


def test_a_page_for_everybody_knows_of_no_clinic():
    """What is read without login: texts. Services that read clinic rows are not in reach."""
    for path in PAGE_FILES:
        if path.stem in FOR_EVERYBODY:
            assert "services" not in source(path)


def test_every_page_is_registered_and_every_registered_page_is_there():
    files = {str(path.relative_to(ROOT / "pages")) for path in PAGE_FILES}
    registered = {page.file for page in PAGES}

    assert files - registered == set(), "a page gets its Page(…) in PAGES, portal/ui/page/navigation.py"
    assert registered - files == set(), (
        "PAGES of portal/ui/page/navigation.py names files that are not in pages/"
    )


# Files


@pytest.mark.parametrize("path", [path for path in ALL if source(path).strip()], ids=name_of)
def test_a_module_says_what_it_is(path):
    assert ast.get_docstring(tree(path))


def test_no_file_is_too_long_to_read():
    lengths = {name_of(path): len(source(path).splitlines()) for path in ALL}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.asvs("1.3.2", "1.5.2")
def test_nothing_is_evaluated_from_text():
    guilty = {
        name_of(path): node.func.id
        for path in PRODUCT
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    } | {name_of(path): "pickle" for path in PRODUCT if "pickle" in imported(path)}

    assert guilty == {}


# Disclosure


def test_only_the_release_service_asks_the_disclosure_rules():
    """Others may hold the parameters, or say the region why a figure is hidden; none may decide."""
    names = {}
    for path in PRODUCT:
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module == "portal.domain.release.disclosure":
                names[name_of(path)] = {alias.name for alias in node.names}
            assert not (isinstance(node, ast.Import) and "portal.domain.release.disclosure" in ast.dump(node))

    assert "why_hide_count" in names.pop("portal/domain/release/cells.py")
    assert names
    assert set().union(*names.values()) <= {"Rules", "Hidden"}


# One judge per rule

JUDGED = {"target", "targets", "level", "levels", "met", "partly", "limit", "limits"}
MEASURING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
NOT_JUDGED = {"section.level < 3"}  # how deep a heading of the report stands


def names_in(expression):
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(expression)
        if isinstance(node, ast.Attribute | ast.Name)
    }


def judging(found):
    """Return the comparisons that weigh something against a target, a level or a limit."""
    return [
        ast.unparse(node)
        for node in found
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, MEASURING) for operator in node.ops)
        and names_in(node) & JUDGED
    ]


def test_pages_and_views_judge_nothing_themselves():
    """Whether a target or a demand is met is decided in domain; who shows it asks that function."""
    judged = {
        name_of(path): comparisons
        for path in PRODUCT
        if is_under(path, "pages/", "portal/ui/")
        and (comparisons := [text for text in judging(nodes(path)) if text not in NOT_JUDGED])
    }

    assert judged == {}, "ask portal/domain/insight/contract.py or attention.py for the verdict instead"


@pytest.mark.parametrize(
    ("code", "is_judging"),
    [
        ('verdict = "uppfyllt" if meetings >= target.value else "inte uppfyllt"', True),
        ("figure.value < level.met", True),
        ("shown == limits.high", True),
        ("low <= indicator.targets[0].value", True),
        ("if level is None: pass", False),
        ("demand.judged_by is JudgedBy.MEETINGS", False),
        ("point.value > 0", False),
    ],
)
def test_a_comparison_with_a_target_is_seen(code, is_judging):
    assert bool(judging(ast.walk(ast.parse(code)))) is is_judging


QUEUES_DECLARED = (
    "portal/domain/registry/",  # as measures and indicators of their own
    "portal/domain/insight/queue.py",
    "portal/domain/insight/contract.py",  # as what demands are called by
    "portal/demo/",
    "portal/bench/",
)


def test_a_queue_is_declared_once():
    """Who waits, what starts and how soon: others take the codes from the queue."""
    codes = {code for phase in PHASES for code in (*phase.indicators, *phase.measures)}
    elsewhere = {
        name_of(path): node.value
        for path in PRODUCT
        if not is_under(path, *QUEUES_DECLARED)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in codes
    }

    assert elsewhere == {}
