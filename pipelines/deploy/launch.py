"""What a Flex Template's launcher runs: `feedmill ingest`, as a module of the installed package and not as a script."""

import sys

from pipelines.cli import main

if __name__ == "__main__":
    sys.exit(main(["ingest", *sys.argv[1:]]))
