"""Lists that go by days: headings that name the day of what stands below them, and tickers, "10:30 Rates held"."""

import re
import statistics

from feedmill.transforms.text.dates import read_date
from feedmill.transforms.text.lines import Line, bullet, columns
from feedmill.transforms.text.stamps import Stamp, is_day, read_stamp

# without seconds, which logs have
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?)?", re.I)
_HEADLINE = 25  # columns: half of a ticker's headlines have as many
_LEAD = re.compile(
    rf"[\[(]?(?P<clock>{_CLOCK.pattern})(?:\s(?:Uhr|ч))?[\])]?\s{{0,4}}[-–—|:•·]?\s{{0,4}}(?=[^\W\d]|[\"'«“„‘「『#(\[])",
    re.I,
)


def ticker(lines: list[Line]) -> dict[int, Stamp]:
    """The stamp of each line that starts with a time of day, by its start; {} if these are not half of the lines.

    >>> from feedmill.transforms.text.lines import read_lines
    >>> text = "10:30 Rates held again by the bank\\n10:41 – Rain fell on all the coast\\n11:02 A mast fell in the wind"
    >>> [(stamp.raw, stamp.rest) for stamp in ticker(read_lines(text)).values()][1]
    ('10:41', 'Rain fell on all the coast')
    """
    found: dict[int, Stamp] = {}
    for line in lines:
        lead = bullet(line.text)
        text = line.text[lead[1] :] if lead else line.text
        if clock := _LEAD.match(text):
            rest = text[clock.end() :]
            # "10:41 | The Pier | Crane falls, 3 March": more than a time is said
            if read_stamp(rest) is None:
                found[line.start] = Stamp(clock["clock"], None, (), (), "", rest)
    if len(found) < 3 or 2 * len(found) < len(lines):
        return {}
    # programmes and timetables have names, and the same times again and again
    size = statistics.median(columns(stamp.rest or "") for stamp in found.values())
    return found if size >= _HEADLINE and 2 * len({stamp.raw for stamp in found.values()}) >= len(found) else {}


def headings(lines: list[Line], stamps: dict[int, Stamp]) -> dict[int, Stamp]:
    """The lines that name the day of the stories below them, and nothing else, with their stamps, by their start.

    They stand apart from what is above and, but for stories of one line, below, where a story's own date does not.
    Other lines say when each story is, and there are more of these.
    """
    found = {
        line.start: stamp
        for n, line in enumerate(lines[:-1])
        if (stamp := stamps.get(line.start))
        and is_day(line.text)
        and (n == 0 or line.blank_before)
        and (lines[n + 1].blank_before or ((below := stamps.get(lines[n + 1].start)) and below.rest))
    }
    others = sum(at not in found for at in stamps if at > min(found, default=0))
    return found if len(found) < others else {}


def dated(stamps: dict[int, Stamp], days: dict[int, Stamp], zone: str) -> dict[int, Stamp]:
    """Gives stamps that have a time of day alone the date of the heading above them."""
    day: Stamp | None = None
    made: dict[int, Stamp] = {}
    for at in sorted({*stamps, *days}):
        if at in days:
            day = days[at]
            continue
        stamp = stamps[at]
        if day and day.when and _CLOCK.fullmatch(stamp.raw):
            clock = stamp.raw.lower().replace("h", ":")
            stamp = stamp._replace(when=read_date(f"{day.raw} {clock}", zone=zone) or day.when)
        made[at] = stamp
    return made
