"""What a Flex Template's launcher runs: `feedmill ingest`, as a module of the installed package and not as a script."""

import sys
from collections.abc import Iterable

from feedmill.pipelines.cli import main


def flags_of(argv: Iterable[str]) -> list[str]:
    """Return a template's parameters as flags: all of the former have a value, `--streaming` has none.

    >>> flags_of(["--window=2s", "--streaming=true"]), flags_of(["--streaming=false"])
    (['--window=2s', '--streaming'], [])
    """
    known = {"--streaming=true": ["--streaming"], "--streaming=false": []}
    return [flag for given in argv for flag in known.get(given, [given])]


if __name__ == "__main__":
    sys.exit(main(["ingest", *flags_of(sys.argv[1:])], alone=True))
