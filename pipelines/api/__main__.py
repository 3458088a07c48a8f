"""`python -m feedmill` is the command `feedmill`."""

import sys

from feedmill.pipelines.cli import main

sys.exit(main())
