"""What the values of flags may be: types for argparse, which raise `ArgumentTypeError`."""

import argparse
import re

from feedmill.transforms.failures import UsageError

# What `--runner` says of the in-process engine, and what asks for it: Beam's own default, DirectRunner, first tries to
# download another.
LOCAL_RUNNER = "FnApiRunner"
ASK_FOR_LOCAL = (None, "DirectRunner", "direct")


def whole_number(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 up")
    return number


def byte_count(text: str) -> int:
    """Return bytes.

    >>> byte_count("100"), byte_count("5kB"), byte_count("96MiB"), byte_count("2 gb")
    (100, 5000, 100663296, 2000000000)
    """
    found = re.fullmatch(r"(\d+) ?([kmgt])(i?)b", text, re.I)
    if not found:
        return whole_number(text)
    return int(found[1]) * (1024 if found[3] else 1000) ** ("kmgt".index(found[2].lower()) + 1)


_UNITS = {"ms": 0.001, "s": 1, "": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text: str) -> float:
    """Return seconds.

    >>> duration("2s"), duration("500ms"), duration("1.5m"), duration("0")
    (2.0, 0.5, 90.0, 0.0)
    """
    told = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)", text.strip(), re.ASCII)
    if not told:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time, such as 2s, 500ms or 10m")
    return float(told[1]) * _UNITS[told[2]]


def truth(text: str) -> bool:
    """Return what a flag says that may stand alone, or be given a value, as Flex Templates do."""
    try:
        return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false") from None


def some_time(text: str) -> float:
    """Return seconds, more than none."""
    if seconds := duration(text):
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is no length of time, such as 2s, 500ms or 10m")


def partitioning(text: str) -> str:
    """Return `--partition_by` as `Partitioning` writes it.

    >>> partitioning("day,lang")
    'day,lang'
    """
    if text.removesuffix(",lang") not in ("year", "month", "day"):
        raise UsageError(f"--partition_by {text}: give year, month or day, alone or followed by ,lang")
    return text
