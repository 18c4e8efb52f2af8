"""`python -m trainlab` is `trainlab`."""

from trainlab.cli import main

main()
