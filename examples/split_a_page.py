"""Split one page and look at its stories, as in a notebook: `python examples/split_a_page.py [FILE]`.

Needs neither Beam nor a warehouse.
"""

import datetime as dt
import pathlib
import sys

from feedmill import Rejected, Snapshot, split_snapshot

PAGE = "seeds/003_83d9d477a57b2412.txt"


def main(path: str = PAGE) -> int:
    """Print date, source, title and confidence of each story of a file; return 1 if the file is declined."""
    snapshot = Snapshot(path, pathlib.Path(path).read_bytes())
    try:
        found = split_snapshot(snapshot)
    except Rejected as rejected:
        print(f"{path}: {rejected.reason.value}: {rejected.detail}")
        return 1
    print(f"{found.format}, interface in {found.chrome_lang or 'no language that is known'}")
    for story in found.stories:
        # times are microseconds since 1970, UTC; None where the page tells none
        when = dt.datetime.fromtimestamp(story.published_at / 1e6, dt.UTC) if story.published_at is not None else None
        date = f"{when:%Y-%m-%d %H:%M}" if when else "no date"
        print(f"{date:16}  {story.confidence:4.0%}  {story.source_name or '-':24.24}  {story.title or story.body}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
