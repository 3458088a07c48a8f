"""Take in what has landed since yesterday, check the books, and print what is new: a job for cron or an orchestrator.

`python examples/daily_job.py LANDING WAREHOUSE`. Run it as often as you like: what was taken in is not taken in twice,
and after a kill the next run goes on. The exit status is 1 if feedmill itself failed at a file, which is a bug.
"""

import sys

import feedmill

NEW = """
    SELECT coalesce(source_name, '-') AS source, lang, count(*) AS items, max(published_at) AS last
    FROM items_latest WHERE run_id IN (SELECT unnest($runs)) GROUP BY ALL ORDER BY items DESC, source LIMIT 20
"""
DECLINED = """
    SELECT reason, count(*) AS files, any_value(snapshot_uri) AS one_of_them
    FROM dead_letter WHERE run_id IN (SELECT unnest($runs)) GROUP BY ALL ORDER BY files DESC
"""


def main(landing: str, warehouse: str) -> int:
    """Ingest, and print what the runs of today added and declined."""
    done = feedmill.ingest(input=landing, output=warehouse)
    if not done.run_ids:
        print("nothing new")
        return 0
    print(f"{done.books.new} new, {done.books.revisions} revisions, {done.books.duplicates} duplicates")
    session = feedmill.connect(warehouse)
    print(session.sql(NEW, params={"runs": list(done.run_ids)}))
    print(session.sql(DECLINED, params={"runs": list(done.run_ids)}))
    failed = session.sql(
        "SELECT count(*) FROM dead_letter WHERE reason = 'internal_error' AND run_id IN (SELECT unnest($runs))",
        params={"runs": list(done.run_ids)},
    ).fetchall()[0][0]
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
