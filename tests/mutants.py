"""Are the guards guarded? Each is taken out of a copy of the tree; some test must fail.

    python -m tests.mutants            all of them, some minutes
    python -m tests.mutants K=1 "\\d"   those whose name holds one of the words

Prints mutant → the test that killed it; exit code 1 when one survives, or can't be tried: its text has to
stand in the tree exactly once, and its tests have to pass before it is put in.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


ROOT = Path(__file__).parents[1]
COPIED = ("portal", "db", "pages", "tests", ".streamlit", "pyproject.toml")
WIDEST = 44


@dataclass(frozen=True, kw_only=True)
class Edit:
    """`old` → `new` in a file; the text stands there exactly once."""

    path: str
    old: str
    new: str

    def count(self, root: Path = ROOT) -> int:
        path = root / self.path
        return path.read_text("utf-8").count(self.old) if path.exists() else 0

    def put_in(self, root: Path) -> None:
        text = (root / self.path).read_text("utf-8")
        (root / self.path).write_text(text.replace(self.old, self.new), "utf-8")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A guard taken out, and the few tests that are there to notice."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    only: str = "not postgres"  # pytest -k

    def misplaced(self) -> list[str]:
        return [f"{edit.path}: {edit.count()}×" for edit in self.edits if edit.count() != 1]


MUTANTS = (
    Mutant(
        name="drop the clinic filter",
        edits=(
            Edit(
                path="db/scoping.py",
                old="        return column.in_(sorted(self.scope.clinics))\n",
                new="        return true()\n",
            ),
        ),
        tests=("tests/db/test_scoping.py",),
        only="sqlite and values",
    ),
    Mutant(
        name="drop the session check in callbacks",
        edits=(
            Edit(
                path="portal/ui/login/auth.py",
                old="    user = find_user()\n    if user is None:\n        st.stop()\n    return user\n\n\ndef session_id",
                new="    from portal.services.accounts import find_user\n"
                "    return find_user(portal(), str(st.user.get('username')))\n\n\ndef session_id",
            ),
        ),
        tests=("tests/walls/test_callbacks.py",),
    ),
    Mutant(
        name="a token outlives what its account was",
        edits=(
            Edit(
                path="portal/services/accounts/withdrawing.py",
                old="    db.accounts.access_tokens.end_all(scoped, account.id, now=now, because=because)\n",
                new="",
            ),
        ),
        tests=("tests/services/accounts/test_tokens.py",),
    ),
    Mutant(
        name="a program reads before the second factor is set",
        edits=(
            Edit(
                path="portal/api/app.py",
                old="        if holder.must_enrol:\n",
                new="        if False:\n",
            ),
        ),
        tests=("tests/api/test_refusals.py",),
    ),
    Mutant(
        name="a program is told what nobody noted",
        edits=(
            Edit(
                path="portal/api/app.py",
                old="        self._record(holder, resource, question)\n",
                new="",
            ),
        ),
        tests=("tests/api/test_routes.py",),
    ),
    Mutant(
        name="K=1",
        edits=(
            Edit(
                path="portal/domain/release/disclosure.py",
                old="    owners: int = 3  #",
                new="    owners: int = 1  #",
            ),
            Edit(
                path="portal/domain/release/disclosure.py",
                old="if self.owners < 3:",
                new="if self.owners < 1:",
            ),
        ),
        tests=("tests/domain/release/test_disclosure.py",),
    ),
    Mutant(
        name="no complementary step",
        edits=(
            Edit(
                path="portal/domain/release/disclosure.py",
                old="    return not rest or why_hide_count(rest, rules) is None\n",
                new="    return True\n",
            ),
        ),
        tests=("tests/services/release/test_disclosure_attacks.py",),
        only="p1",
    ),
    Mutant(
        name="no difference rule",
        edits=(
            Edit(
                path="portal/domain/release/cells.py",
                old="    return all(\n"
                "        _may_replace(indicator, answers_then, answers, register, rules)\n"
                "        for answers_then in shown_so_far.behind_shown\n"
                "    )\n",
                new="    return True\n",
            ),
        ),
        tests=("tests/disclosure/test_attacks.py",),
        only="late_clinics",
    ),
    Mutant(
        name="mean not in the integer check",
        edits=(
            Edit(
                path="portal/domain/release/printed.py",
                old="        mean=mean,\n",
                new="        mean=None,\n",
            ),
        ),
        tests=("tests/disclosure/test_attacks.py",),
        only="five_clinics",
    ),
    Mutant(
        name="case-sensitive owners",
        edits=(
            Edit(
                path="portal/domain/registry/clinics.py",
                old="        return name_key(self.provider)\n",
                new="        return self.provider\n",
            ),
        ),
        tests=("tests/disclosure/test_attacks.py",),
        only="two_spellings",
    ),
    Mutant(
        name="no BEGIN IMMEDIATE",
        edits=(Edit(path="db/engine.py", old='self._connect(begin="IMMEDIATE")', new="self._connect()"),),
        tests=("tests/db/test_engine.py",),
        only="sqlite and eight_threads",
    ),
    Mutant(
        # The reader has a parser of its own where openpyxl's sheet would need reset_dimensions().
        name="no reset_dimensions",
        edits=(
            Edit(
                path="portal/uploads/xlsx_child.py",
                old="        for number, cells in parser.parse():\n",
                new="        for number, cells in parser.parse():\n"
                "            if number > (sheet.max_row or rows):\n"
                "                break\n",
            ),
        ),
        tests=("tests/uploads/test_bad_inputs.py",),
        only="U8",
    ),
    Mutant(
        name="\\d for digits",
        edits=(
            Edit(
                path="portal/domain/reporting/grammar.py",
                old='_PLAIN = re.compile(r"0|[1-9][0-9]{0,6}")',
                new='_PLAIN = re.compile(r"0|[^0]\\d{0,6}|[1-9]\\d{0,6}")',
            ),
        ),
        tests=("tests/domain/reporting/test_grammar.py",),
    ),
    Mutant(
        name="unknown columns allowed",
        edits=(
            Edit(
                path="portal/uploads/tables.py",
                old="        say_unknown_heading(text, table.place(table.heading, column), allowed, report, missing)\n",
                new="        continue\n",
            ),
        ),
        tests=("tests/uploads/test_bad_inputs.py",),
        only="U36",
    ),
    Mutant(
        name="no throttle",
        edits=(
            Edit(
                path="portal/services/accounts/throttle.py",
                old="        if waits:\n",
                new="        if False:\n",
            ),
        ),
        tests=("tests/services/accounts/test_throttle.py",),
        only="sqlite and f4",
    ),
    Mutant(
        name="no hash for unknown users",
        edits=(
            Edit(
                path="portal/services/accounts/passwords.py",
                old="        return hasher.verify(password_hash or _stand_in(), typed)\n",
                new="        return bool(password_hash) and hasher.verify(password_hash, typed)\n",
            ),
        ),
        tests=("tests/services/accounts/test_accounts.py",),
        only="sqlite and one_hash",
    ),
    Mutant(
        name="links that survive",
        edits=(
            Edit(
                path="portal/services/accounts/withdrawing.py",
                old="    db.accounts.account_links.spoil(scoped, account.id, at=datetime.now(UTC))\n",
                new="    pass\n",
            ),
        ),
        tests=("tests/services/accounts/test_invitations.py",),
        only="sqlite and whatever_changes",
    ),
    Mutant(
        name="no hash at commit",
        edits=(
            Edit(
                path="portal/services/reporting/submitting.py",
                old="    if confirmation.sha256 not in (None, parsed.sha256):\n",
                new="    if False:\n",
            ),
        ),
        tests=("tests/services/reporting/test_previewed.py",),
        only="sqlite and previewed",
    ),
    Mutant(
        name="Markdown names",
        edits=(
            Edit(
                path="portal/domain/reporting/texts.py",
                old='    return "".join(f"\\\\{sign}" if sign in _MARKDOWN else sign for sign in text)\n',
                new="    return text\n",
            ),
        ),
        tests=("tests/server/test_browser_side.py",),
        only="for_html_or_markdown and falun",
    ),
    Mutant(
        name="no semaphore",
        edits=(
            Edit(
                path="portal/uploads/child.py",
                old="seats = BoundedSemaphore(MOST_CHILDREN)\n",
                new="seats = BoundedSemaphore(1_000)\n",
            ),
        ),
        tests=("tests/uploads/hostile/test_children.py",),
        only="two_workbooks",
    ),
    Mutant(
        name="keyless chain",
        edits=(
            Edit(
                path="db/signing.py",
                old='    return hmac.new(key, encoded(fields), "sha256").hexdigest()\n',
                new='    return hmac.new(bytes(1), encoded(fields), "sha256").hexdigest()\n',
            ),
        ),
        tests=("tests/db/test_keyed_audit.py",),
    ),
    Mutant(
        name="live average shown",
        edits=(
            Edit(
                path="portal/services/insight/overview.py",
                old='    """Return the overview of a month, by default the newest reported; raises AccessDenied."""\n',
                new="    from portal.domain.accounts.access import CALENDAR\n"
                "    from portal.domain.release import cells\n"
                "    from portal.services.release import releases as live\n"
                "    cells.may_replace = lambda *changed: True\n"
                "    live.release(portal, CALENDAR, month or latest_whole_month(portal.clock.today))\n",
            ),
        ),
        tests=("tests/walls/test_interference.py",),
        only="p8_others",
    ),
    Mutant(
        name="a clinic's forecast out of everybody's months",
        edits=(
            Edit(
                path="portal/services/release/forecasts.py",
                old="            yield from _of_clinic(clinic, answers[clinic.code], month, all_breaks)\n",
                new="            everybody = _of_region(scoped, register, month)\n"
                "            yield from _of_clinic(clinic, {**answers[clinic.code], **everybody}, month, all_breaks)\n",
            ),
        ),
        tests=("tests/services/release/test_forecasts.py",),
        only="no_other_clinics",
    ),
    Mutant(
        name="a correction that is kept back takes the sheet's news away",
        edits=(
            Edit(
                path="db/release/releases.py",
                old="    return tuple(next(filter(None, noted), ()))\n",
                new="    return tuple(next(noted, ()))\n",
            ),
        ),
        tests=("tests/walls/test_two_worlds.py",),
        only="nothing_anywhere",
    ),
    Mutant(
        name="a letter of a release that shows nothing new",
        edits=(
            Edit(
                path="portal/services/release/releases.py",
                old="    is_written = is_told and plan.preview.would_change\n",
                new="    is_written = is_told\n",
            ),
        ),
        tests=("tests/walls/test_two_worlds.py",),
        only="nothing_anywhere",
    ),
    Mutant(
        name="others' breaks in what may explain a month",
        edits=(
            Edit(
                path="portal/services/insight/indicator_series.py",
                old="        own_breaks = tuple(b for b in breaks.list_all(scoped) if b.clinic in (None, code))\n",
                new="        from portal.domain.accounts.access import EVERY_CLINIC\n"
                "        with portal.database.reading(EVERY_CLINIC) as everybodys:\n"
                "            own_breaks = tuple(breaks.list_all(everybodys))\n",
            ),
        ),
        tests=("tests/walls/test_two_worlds.py",),
        only="nothing_anywhere",
    ),
    Mutant(
        name="En väg in's newest month in the queues",
        edits=(
            Edit(
                path="portal/domain/sources/throughflow.py",
                old="        (month for month, values in months.items() if any(map(values.get, source.flow.incoming))), None\n",
                new="        (month for month, values in reversed(months.items()) if any(map(values.get, source.flow.incoming))),\n"
                "        None,\n",
            ),
        ),
        tests=("tests/walls/test_two_worlds.py",),
        only="nothing_anywhere",
    ),
    Mutant(
        name="the region's months by what came after their release",
        edits=(
            Edit(
                path="portal/services/release/forecasts.py",
                old="    answered = releases.count_answered(scoped, first=first, last=month, indicators=MEASURES)\n",
                new="    totals = values.monthly_totals(scoped, measures=MEASURES, first=first, last=month)\n"
                "    answered = {cell: total[2] for cell, total in totals.items()}\n",
            ),
        ),
        tests=("tests/services/release/test_forecasts.py",),
        only="not_answered",
    ),
    Mutant(
        name="plans of every clinic",
        edits=(
            Edit(
                path="db/plans/plans.py",
                old="        .where(scoped.in_scope(plan_table.c.clinic_code))\n",
                new="",
            ),
        ),
        tests=("tests/db/test_scoping.py",),
        only="sqlite and plans",
    ),
    Mutant(
        name="a plan judged too early",
        edits=(
            Edit(path="portal/domain/plans/effect.py", old="FEWEST_MONTHS = 6 ", new="FEWEST_MONTHS = 5 "),
        ),
        tests=("tests/domain/plans/test_effect.py",),
        only="six_months",
    ),
    Mutant(
        name="an extra chart column",
        edits=(
            Edit(
                path="portal/ui/insight/control_chart.py",
                old='            "event": events.get(point.month),\n',
                new='            "event": events.get(point.month),\n            "of": charted.values[index],\n',
            ),
        ),
        tests=("tests/walls/test_interference.py",),
        only="r10",
    ),
)


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]
    survivors = [mutant.name for mutant in chosen if not is_killed(mutant)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    return 1 if survivors or not chosen else 0


def is_killed(mutant: Mutant) -> bool:
    verdict, killer = try_out(mutant)
    print(f"{mutant.name:{WIDEST}} {verdict:9} {killer}", flush=True)
    return verdict == "killed"


def try_out(mutant: Mutant) -> tuple[str, str]:
    """Return (verdict, by which test or why not)."""
    if wrong := mutant.misplaced():
        return "MISPLACED", ", ".join(wrong)
    with tempfile.TemporaryDirectory(prefix="portal-mutant-") as folder:
        root = Path(folder)
        copy_tree(root)
        before, output = run_tests(mutant, root)
        if before:
            return "BROKEN", f"its tests don't pass without it: {last_line(output)}"
        for edit in mutant.edits:
            edit.put_in(root)
        after, output = run_tests(mutant, root)
    if after == 0:
        return "SURVIVED", " ".join(mutant.tests)
    if after != 1:  # pytest's code for failed tests; others are no verdict
        return "BROKEN", last_line(output)
    failed = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "killed", failed[0].split(" - ")[0].removeprefix("FAILED ") if failed else last_line(output)


def copy_tree(target: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)


def run_tests(mutant: Mutant, root: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "-k", mutant.only, *mutant.tests],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr


def last_line(output: str) -> str:
    return (output.strip().splitlines() or ["no output"])[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
