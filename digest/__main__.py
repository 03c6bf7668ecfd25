"""`python -m digest`: the command line from a checkout."""

import sys

from digest.cli import main

sys.exit(main())
