"""The command line as the tests call it: in this process, or in a shell."""

import contextlib
import io
import json
import os
import subprocess
import sys
from unittest import mock

from portal.cli.main import main
from portal.settings import ROOT
from tests.conftest import TODAY


class Command:
    """Runs the command line on one database as a shell would, in this process: a new one costs seconds."""

    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:///{path}"

    def environment(self, **changes):
        """Return the variables of a shell in which nothing of the portal is set but these; None: not even that."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        of_tests = {"PORTAL_DATABASE_URL": self.url, "PORTAL_TODAY": TODAY.isoformat(), **changes}
        return inherited | {name: value for name, value in of_tests.items() if value is not None}

    def __call__(self, *arguments, stdin="", **environment):
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment(**environment), clear=True),
            mock.patch.object(sys, "argv", ["portal", *map(str, arguments)]),
            mock.patch.object(sys, "stdin", io.StringIO(stdin)),
            contextlib.chdir(ROOT),
            umask_kept(),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = exit_code(main)
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    def in_a_shell(self, *arguments, **environment):
        """Run `python -m portal` in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "portal", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def json(self, *arguments, exits=0, **environment):
        done = self(*arguments, "--json", **environment)
        assert done.returncode == exits, done.stderr
        return json.loads(done.stdout)


@contextlib.contextmanager
def umask_kept():
    """Put back what the command line sets for itself: other tests' files are theirs."""
    before = os.umask(0o022)
    os.umask(before)
    try:
        yield
    finally:
        os.umask(before)


def exit_code(run):
    try:
        run()
    except SystemExit as end:
        return end.code or 0
    return 0


def fails_in_words(done, *words, code=None):
    """Check for a message on stderr that says these words, a non-zero exit, and no traceback."""
    assert done.returncode == code if code else done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) in range(1, 8)
    for word in words:
        assert word in done.stderr
