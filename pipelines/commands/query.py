"""`feedmill query`."""

import contextlib
import io
import sys
from typing import Any

from feedmill.pipelines.wording import json_line, plain
from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import open_store
from feedmill.transforms.warehouse.manifests import committed_runs
from feedmill.transforms.warehouse.query import connect, unreadable

_OVERVIEW = """
SELECT strftime(published_at, '%Y-%m') AS month, lang, count(*) AS items,
  count(DISTINCT source_name) AS sources, sum(word_count) AS words
FROM items_latest GROUP BY ALL ORDER BY ALL
"""


def query(warehouse: str, sql: str | None, form: str, *, safe: bool = False) -> int:
    """Print the answer to `sql` as a table, CSV or JSON (one object a row). Return the exit status.

    With `safe`, CSV holds nothing that a spreadsheet would run.

    Where files are compacted while it is asked, as beside a stream, it is asked again.
    """
    import duckdb

    if safe and form != "csv":
        raise UsageError("--safe is for spreadsheets: give --format csv too")
    store = open_store(warehouse)
    runs: list[str] | None = None
    while runs != (runs := committed_runs(store)):
        try:
            session = connect(store)
            answer = session.sql(sql or _OVERVIEW)
            if answer is None:  # a statement that answers nothing, such as SET
                return 0
            if form == "table":
                with contextlib.redirect_stdout(io.StringIO()) as shown:
                    answer.show(max_rows=100, max_width=_width())
                print(plain(shown.getvalue(), lines=True), end="")
                return 0
            names = answer.columns
            rows = answer.fetchall()
            break
        except (duckdb.IOException, FileNotFoundError) as error:
            problem = unreadable(warehouse, error)
        except duckdb.Error as error:
            raise UsageError(str(error)) from None
    else:
        raise problem
    if form == "csv":
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        is_seen = sys.stdout.isatty()
        for row in (names, *rows):
            cells = map(_cell, row)
            if safe:
                cells = map(_not_run, cells)
            writer.writerow(plain(cell) if is_seen and isinstance(cell, str) else cell for cell in cells)
    else:
        for row in rows:
            print(_json(dict(zip(names, row, strict=True))))
    return 0


def _cell(value: Any) -> Any:
    """Return a value as CSV has it: bytes in hexadecimal, lists and structs as JSON."""
    if isinstance(value, bytes):
        return value.hex()
    return _json(value) if isinstance(value, (list, dict)) else value


def _not_run(cell: Any) -> Any:
    """Return a cell that a spreadsheet takes for a text, whatever it starts with (https://owasp.org/www-community/attacks/CSV_Injection).

    >>> _not_run("=1+1"), _not_run("a=1"), _not_run(-1)
    ("'=1+1", 'a=1', -1)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _json(value: Any) -> str:
    return json_line(value, lambda v: v.hex() if isinstance(v, bytes) else str(v))


def _width() -> int:
    import shutil

    return max(shutil.get_terminal_size((160, 0)).columns, 80)
