"""`feedmill query`."""

import json
import sys
from typing import Any

from feedmill.transforms.failures import UsageError
from feedmill.transforms.storage.local import open_store
from feedmill.transforms.warehouse.manifests import committed_runs
from feedmill.transforms.warehouse.query import connect, unreadable

_OVERVIEW = """
SELECT strftime(published_at, '%Y-%m') AS month, lang, count(*) AS items,
  count(DISTINCT source_name) AS sources, sum(word_count) AS words
FROM items_latest GROUP BY ALL ORDER BY ALL
"""


def query(warehouse: str, sql: str | None, form: str) -> int:
    """Prints the answer to `sql` as a table, CSV or JSON (one object a row). Returns the exit status.

    Where files are compacted while it is asked, as beside a stream, it is asked again.
    """
    import duckdb

    store = open_store(warehouse)
    runs: list[str] | None = None
    while runs != (runs := committed_runs(store)):
        try:
            session = connect(store)
            answer = session.sql(sql or _OVERVIEW)
            if answer is None:  # a statement that answers nothing, such as SET
                return 0
            if form == "table":
                answer.show(max_rows=100, max_width=_width())
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
        writer.writerow(names)
        writer.writerows(map(_cell, row) for row in rows)
    else:
        for row in rows:
            print(_json(dict(zip(names, row, strict=True))))
    return 0


def _cell(value: Any) -> Any:
    """A value as CSV has it: bytes in hexadecimal, lists and structs as JSON."""
    if isinstance(value, bytes):
        return value.hex()
    return _json(value) if isinstance(value, (list, dict)) else value


def _json(value: Any) -> str:
    return json.dumps(value, default=lambda v: v.hex() if isinstance(v, bytes) else str(v), ensure_ascii=False)


def _width() -> int:
    import shutil

    return max(shutil.get_terminal_size((160, 0)).columns, 80)
