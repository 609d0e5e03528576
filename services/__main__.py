"""`python -m services` is the showcase command."""

from services.cli import main

main()
