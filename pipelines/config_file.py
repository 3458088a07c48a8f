"""`--config FILE`: the flags of `feedmill ingest`, own ones and Beam's, as the keys of a TOML file."""

import datetime as dt
import tomllib
from typing import Any

from feedmill.transforms.failures import UsageError


def flags_of(path: str) -> list[str]:
    """Return what the file says, as flags. `true` gives the flag alone, `false` leaves it out.

    A list repeats its flag, but for `input`, where it is the comma list.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has a table or a flag of the command's own.
    """
    try:
        with open(path, "rb") as file:
            told = tomllib.load(file)
    except OSError as error:
        raise UsageError(f"--config {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path}: {error}") from None
    flags: list[str] = []
    for key, value in told.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(v, (dict, list, dt.date, dt.time)) for v in values):
            raise UsageError(f"--config {path}: {key}: give a string, a number, true, false, or a list of them")
        if key in ("config", "dry_run", "help", "verbose"):
            raise UsageError(f"--config {path}: {key}: give --{key} with the command")
        if key == "input":
            values = [",".join(map(str, values))]
        flags += [flag for v in values for flag in _flag(key, v)]
    return flags


def _flag(key: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{key}"] if value else []
    return [f"--{key}={value}"]
