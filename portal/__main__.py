"""`python -m portal` is the command line."""

from portal.cli.main import main


main()
