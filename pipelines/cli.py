"""The command `feedmill`. Beam is imported for `ingest` alone, so that all else starts quickly.

Exit status: 0 all went well; 1 the run failed or the warehouse is not whole;
2 the command cannot be carried out as given; 3 all was taken in but what
feedmill itself failed at, which is a dead letter; 75 another feedmill is
writing to the warehouse, later it may go; 130 interrupted.
"""

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from feedmill.pipelines.flag_types import duration
from feedmill.pipelines.wording import count, say
from feedmill.transforms import __version__
from feedmill.transforms.failures import Busy, UsageError

if TYPE_CHECKING:
    from feedmill.transforms.storage.local import Store
    from feedmill.transforms.warehouse.compact import Compaction

_EPILOG = """
examples:
  feedmill ingest --input 'seeds/*.txt' --output out
  feedmill query "SELECT lang, count(*) FROM items_latest GROUP BY ALL"
  feedmill split --json page.txt
  feedmill verify out

exit status: 0 all went well; 1 the run failed or the warehouse is not whole;
2 the command cannot be carried out as given; 3 all was taken in but what
feedmill itself failed at, which is a dead letter; 75 another feedmill is
writing to the warehouse, try again; 130 interrupted.
"""


def main(argv: Sequence[str] | None = None, *, alone: bool | None = None) -> int:
    """Run one command; return the exit status.

    Args:
        argv: its words; those of the process, if not given.
        alone: whether the process is the command's own, and ends with it: by default, if no `argv` is given. Only then
            is anything set that is the process's: its streams, signals, logging, garbage collector and allocator, and
            what Beam imports.
    """
    alone = argv is None if alone is None else alone
    if os.name != "posix":  # files are locked, linked and renamed as only POSIX has it
        print(f"feedmill: this system ({sys.platform}) is not supported; use Linux, macOS or WSL", file=sys.stderr)
        return 2
    argv = list(sys.argv[1:] if argv is None else argv)
    if alone:
        for stream in (sys.stdout, sys.stderr):  # a terminal or a locale that has no such character shows its number
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
    try:
        if argv[:1] == ["ingest"]:
            from feedmill.pipelines.plan import help_text, plan_run

            if {"-h", "--help"} & set(argv):
                print(help_text(), end="")
                return 0
            plan = plan_run(argv[1:])
            if alone:  # Python takes 0.3 s to look for garbage among what Beam leaves
                atexit.register(gc.freeze)
                from feedmill.pipelines.local_run import import_beam

                import_beam(plan)
            from feedmill.pipelines.commands.ingest import ingest

            return ingest(plan, alone=alone)
        flags = _parser().parse_args(argv)
        return flags.command(flags)
    except UsageError as error:
        say(f"feedmill: {error}", sys.stderr)
        return os.EX_TEMPFAIL if isinstance(error, Busy) else 2
    except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
        say(f"feedmill: {error.filename}: {error.strerror}", sys.stderr)
        return 2
    except BrokenPipeError:  # `feedmill ... | head`
        if not alone:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        again = "; the same command goes on from what is committed" if argv[:1] == ["ingest"] else ""
        say(f"feedmill: interrupted{again}", sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="feedmill",
        description="Feed snapshots in, one clean, deduplicated, explainable table of stories out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"feedmill {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    commands.add_parser("ingest", help="read snapshots into a warehouse (its own --help tells the flags)")

    split = commands.add_parser("split", help="show the stories of snapshots, without a warehouse")
    split.add_argument("files", nargs="+", metavar="FILE", help="files, folders or globs")
    shown = split.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="one JSON line a snapshot")
    shown.add_argument(
        "--why", action="store_true", help="show the template of the stories, and for each line its label and evidence"
    )
    split.add_argument(
        "--timezone", default="UTC", help="IANA time zone of dates that state none (default: %(default)s)"
    )
    split.set_defaults(command=_split)

    query = commands.add_parser(
        "query", help="ask a warehouse with SQL (DuckDB); the tables and views are there by name"
    )
    query.add_argument("sql", nargs="?", metavar="SQL", help="without it, the stories by language and month")
    _add_warehouse(query)
    query.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help="of the answer (default: %(default)s)"
    )
    query.add_argument(
        "--safe", action="store_true", help="with --format csv: put a ' before what a spreadsheet would run: = + - @"
    )
    query.set_defaults(command=_query)

    explain = commands.add_parser(
        "explain", help="tell all that is known of an item and why each sighting is one of it, or what a file gave"
    )
    explain.add_argument(
        "what",
        metavar="ITEM|FILE",
        help="an item id, guid, URL or title, or words of a title; or a snapshot by its URI, file name or id",
    )
    explain.add_argument("--source", action="store_true", help="also print the bytes that each sighting came from")
    _add_warehouse(explain)
    explain.set_defaults(command=_explain)

    report = commands.add_parser("report", help="write a page that shows what is in a warehouse")
    _add_place(report, _SPELLINGS[:2])  # --output would be taken for -o
    report.add_argument(
        "-o", dest="page", default="report.html", metavar="PAGE", help="the file (default: %(default)s)"
    )
    report.set_defaults(command=_report)

    verify = commands.add_parser("verify", help="check every file and every count of a warehouse")
    _add_place(verify)
    verify.set_defaults(command=_verify)

    compact = commands.add_parser("compact", help="bring many small files of a warehouse into few; the rows stay")
    _add_place(compact)
    _add_wait(compact)
    compact.set_defaults(command=_compact)

    migrate = commands.add_parser(
        "migrate", help="write what an older feedmill wrote as this one writes it; the rows stay"
    )
    _add_place(migrate)
    _add_wait(migrate)
    migrate.set_defaults(command=_migrate)
    return parser


_SPELLINGS = ("-w", "--warehouse", "--output")


def _add_warehouse(parser: argparse._ActionsContainer, spellings: Sequence[str] = _SPELLINGS) -> None:
    parser.add_argument(*spellings, default="out", metavar="WAREHOUSE", help="its folder (default: %(default)s)")


def _add_place(parser: argparse.ArgumentParser, spellings: Sequence[str] = _SPELLINGS) -> None:
    """Add a warehouse that may be named without a flag, or with one, but not with both."""
    one = parser.add_mutually_exclusive_group()
    # suppressed: else what is not there would set the default again, over what the flag says
    one.add_argument(
        "warehouse", nargs="?", default=argparse.SUPPRESS, metavar="WAREHOUSE", help="the same as --warehouse"
    )
    _add_warehouse(one, spellings)


def _add_wait(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait",
        type=duration,
        default=0,
        help="how long to wait for another feedmill that writes to it, such as 10m (default: %(default)s, not at all)",
    )


def _split(flags: argparse.Namespace) -> int:
    from feedmill.pipelines.commands.split import split

    return split(flags.files, timezone=flags.timezone, as_json=flags.json, why=flags.why)


def _query(flags: argparse.Namespace) -> int:
    from feedmill.pipelines.commands.query import query

    return query(flags.warehouse, flags.sql, flags.format, safe=flags.safe)


def _explain(flags: argparse.Namespace) -> int:
    from feedmill.pipelines.commands.explain import explain

    return explain(flags.warehouse, flags.what, source=flags.source)


def _report(flags: argparse.Namespace) -> int:
    from feedmill.pipelines.report.report import report

    return report(flags.warehouse, flags.page)


def _verify(flags: argparse.Namespace) -> int:
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.verify import verify

    where = flags.warehouse
    problems = list(verify(open_store(where)))
    for problem in problems:
        say(f"✗ {problem}")
    if problems:
        say(f"{where}: {count(len(problems), 'problem')}")
        return 1
    say(f"✓ {where}: every file, count and winner is as its manifests say")
    return 0


def _compact(flags: argparse.Namespace) -> int:
    from feedmill.transforms.warehouse.compact import compact

    done = _changed(flags, compact)
    where = flags.warehouse
    if done.manifest is None:
        say(f"{where}: {count(done.before, 'file')}; nothing to bring together")
    else:
        folded = f", and the manifests of {done.manifest.folds} runs are one" if done.manifest.folds else ""
        say(f"{where}: {count(done.before, 'file')} are now {done.after:,}, with the same rows{folded}")
    return 0


def _migrate(flags: argparse.Namespace) -> int:
    from feedmill.transforms.warehouse.compact import migrate
    from feedmill.transforms.warehouse.tables import SCHEMA_VERSION, minor_version

    done = _changed(flags, migrate)
    version = f"schema {SCHEMA_VERSION}.{minor_version()}"
    if done.manifest is None:
        say(f"{flags.warehouse}: {count(done.before, 'file')}, all of {version}; nothing to migrate")
    else:
        say(f"{flags.warehouse}: {count(len(done.manifest.files), 'file')} of {done.before:,} are of {version} now")
    return 0


def _changed(flags: argparse.Namespace, change: Callable[["Store"], "Compaction"]) -> "Compaction":
    """Change a warehouse that is there, as its only writer."""
    from feedmill.transforms.storage.local import open_store
    from feedmill.transforms.warehouse.lock import only_writer
    from feedmill.transforms.warehouse.manifests import recover
    from feedmill.transforms.warehouse.query import connect, readable

    where = flags.warehouse
    store = open_store(where)
    with readable(where):
        connect(store).close()  # says so if there is no warehouse, before a folder is made for it
        with only_writer(where, flags.wait) as alone:
            recover(store, alone=alone)
            return change(store)


if __name__ == "__main__":
    sys.exit(main())
