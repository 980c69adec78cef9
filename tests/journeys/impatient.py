"""The command line with shorter patience, in a process of its own: `python -m tests.journeys.impatient demo …`."""

from db import engine
from portal import settings
from portal.cli.main import main


BUSY_MS = 300  # waited for a lock
SESSION_LIVES = 2  # seconds, while the network is away


if __name__ == "__main__":
    engine.BUSY_TIMEOUT_MS = BUSY_MS
    settings.streamlit_options()["server.disconnectedSessionTTL"] = SESSION_LIVES
    main()
