"""What a splitter may be told."""

from typing import NamedTuple

from feedmill.transforms.failures import UsageError


class Settings(NamedTuple):
    """What a splitter may be told. Everything else comes from the snapshot's bytes."""

    timezone: str = "UTC"  # IANA name: the zone of reader pages, which show none


def check_timezone(name: str) -> None:
    """Check that there is such a time zone.

    Raises:
        UsageError: there is no such time zone.
    """
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--timezone {name}: not an IANA time zone, such as Europe/Paris") from None
