"""What is declared once is met everywhere: an indicator, a check and a source that nobody has."""

import os
import subprocess
import sys

from portal.settings import ROOT
from tests.conftest import DEMO_OF


def test_an_invented_indicator_check_and_source_are_met_wherever_they_belong(demo_file):
    """Adding one touches the file that declares its kind, and no other (an indicator: its measures' too).

    Run by itself, on the demo of this run: the months were sent before anybody had declared them.
    """
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"),
            *("-p", "tests.invented", "tests/pages/invented_entries.py"),
        ],
        cwd=ROOT,
        env=environment | {DEMO_OF: str(demo_file)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
