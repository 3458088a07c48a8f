"""How much is read: of one file, and in one run."""

from typing import NamedTuple

# The local engine keeps all that goes between steps in memory. So more than this is taken in by several runs, one
# after the other.
RUN_BYTES = 96 * 1024 * 1024


class Limits(NamedTuple):
    """What a file may unpack to before it is taken for a bomb. Bytes are counted at every level that unpacks.

    The ratio is high because it must be: a month of hourly snapshots of one
    feed is packed 1,000 to 1 and is no attack.
    """

    bytes_out: int = 8 << 30  # unpacked from one file, all told: the largest shards of crawls are 5 GiB
    member_bytes: int = 64 << 20  # one snapshot; also of a file that is not packed
    ratio: int = 1_000  # bytes out for each byte of the file, asked once `ratio_from` bytes are out
    ratio_from: int = 256 << 20
    members: int = 100_000  # files in archives; records of a crawl, which are only counted, have no limit
    nesting: int = 4  # layers: feeds.tar.gz has two
