"""Archives and compressed files: what they hold, what stops them, and that nothing is believed that they claim."""

import bz2
import contextlib
import gzip
import io
import lzma
import random
import struct
import tarfile
import tracemalloc
import zipfile
import zlib

import pytest
import zstandard
from feedmill.transforms.captures.byte_streams import _up_to_damage
from feedmill.transforms.captures.containers import DeadInput, SkippedRecords, kind_of, unpack
from feedmill.transforms.captures.limits import Limits
from feedmill.transforms.failures import Reason
from feedmill.transforms.rows.story import Snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

FEED = b"<rss version='2.0'><channel><item><title>The river rose</title></item></channel></rss>"
OTHER = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ministers met</title></entry></feed>'
NOISE = random.Random(7).randbytes(300_000)
PACKERS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}


class Forward(io.RawIOBase):
    """A stream that cannot be sought, as from a pipe, and that gives little at a time."""

    def __init__(self, data):
        self._data = io.BytesIO(data)

    def readable(self):
        return True

    def seekable(self):
        return False

    def read(self, size=-1):
        return self._data.read(min(size, 777) if size >= 0 else 777)


def tar(members, mode="w", **options):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **options) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_752_576_063
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED, out=None):
    out = io.BytesIO() if out is None else out
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2025, 7, 15, 10, 41, 2)), data, method)
    return out


def contents(found):
    return {s.uri: s.data for s in found if isinstance(s, Snapshot)}


def refusals(found):
    return [(r.uri, r.reason) for r in found if isinstance(r, DeadInput)]


def test_a_plain_file_is_itself():
    assert list(unpack("a.xml", FEED, 7)) == [Snapshot("a.xml", FEED, 7, "mtime")]
    assert list(unpack("20250715T104103Z.xml", FEED, 7)) == [
        Snapshot("20250715T104103Z.xml", FEED, 1_752_576_063_000_000, "path")
    ]
    assert list(unpack("a", io.BytesIO(FEED))) == list(unpack("a", Forward(FEED))) == [Snapshot("a", FEED)]
    assert list(unpack("a", b"")) == [Snapshot("a", b"")]


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_file_is_one_snapshot_whatever_it_is_called(name):
    packed = PACKERS[name](FEED)
    for data in (packed, io.BytesIO(packed), Forward(packed)):
        assert list(unpack("feed.xml", data, 7)) == [Snapshot("feed.xml", FEED, 7, "mtime")]
    # streams one behind the other are one file, as the tools have it
    assert contents(unpack("a", packed + PACKERS[name](OTHER))) == {"a": FEED + OTHER}


@pytest.mark.parametrize("name", PACKERS)
def test_a_compressed_file_that_is_cut_off_gives_what_is_there(name):
    packed = PACKERS[name](NOISE)
    *parts, refused = unpack("a", packed[: len(packed) * 3 // 4])
    assert refused == DeadInput("a", Reason.BAD_ARCHIVE, f"the {name} stream is cut off", 0, len(packed) * 3 // 4)
    assert all(NOISE.startswith(part.data) for part in parts)
    # bzip2 works in blocks of 900 kB, xz checks what it gave at the end: only the others promise a part
    assert parts or name == "bzip2"


@pytest.mark.parametrize("name", PACKERS)
def test_a_damaged_stream_is_refused(name):
    packed = bytearray(PACKERS[name](FEED * 50))
    packed[len(packed) // 2] ^= 0xFF
    assert ("a", Reason.BAD_ARCHIVE) in refusals(unpack("a", bytes(packed)))


def test_what_a_damaged_gzip_stream_gave_before_the_damage_is_kept():
    packed = gzip.compress(FEED * 50, mtime=0)
    wrong_sum = packed[:-8] + bytes(8)
    first, refused = unpack("a", wrong_sum)
    assert first.data == FEED * 50
    assert refused[:2] == ("a", Reason.BAD_ARCHIVE)
    assert "incorrect data check" in refused.detail
    flipped = bytearray(gzip.compress(NOISE, mtime=0))
    flipped[len(flipped) * 3 // 4] ^= 0xFF
    *parts, refused = unpack("a", bytes(flipped))
    assert isinstance(refused, DeadInput)
    assert len(b"".join(part.data for part in parts)) > len(NOISE) // 2


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.integers(0, 400), st.integers(1, 400))
def test_damage_is_found_to_the_byte(data, place, most):
    packed = bytearray(zlib.compress(data * 3))
    packed[place % len(packed)] ^= 0x55
    by_byte, inner = b"", zlib.decompressobj()
    with contextlib.suppress(zlib.error):
        for at in range(len(packed)):
            by_byte += inner.decompress(packed[at : at + 1])
    assert _up_to_damage(zlib.decompressobj(), bytes(packed), most) == by_byte[:most]


def test_damage_in_a_large_piece_takes_no_longer_than_its_size():
    whole = random.Random(4).randbytes(8 << 20)
    packed = zlib.compress(whole)[:-4] + bytes(4)  # by the square of it, this would take minutes
    assert _up_to_damage(zlib.decompressobj(), packed, len(whole)) == whole


def test_something_else_behind_a_stream_is_not_dropped_in_silence():
    assert refusals(unpack("a", gzip.compress(FEED) + b"and more")) == [("a", Reason.BAD_ARCHIVE)]
    assert refusals(unpack("a", gzip.compress(FEED) + bytes(700))) == []  # padding


def test_the_time_in_a_gzip_header_is_that_of_the_file():
    [found] = unpack("a.gz", gzip.compress(FEED, mtime=1_752_576_063), 7)
    assert (found.captured_at, found.captured_from) == (1_752_576_063_000_000, "mtime")


@pytest.mark.parametrize("name", ["plain", *PACKERS])
@pytest.mark.parametrize("shape", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_members_of_a_tar(name, shape):
    long = "x/" + "long name " * 9 + "/" + "é" * 60 + "/feed.xml"  # longer than a header has room for
    names = ["a.xml", "b/20250715T104103Z.xml", *([long] if shape != tarfile.USTAR_FORMAT else [])]
    data = tar([(n, FEED + n.encode()) for n in names], format=shape)
    packed = PACKERS[name](data) if name != "plain" else data
    for source in (packed, Forward(packed)):
        found = list(unpack("t", source, 7))
        assert contents(found) == {f"t#{n}": FEED + n.encode() for n in names}
        assert {(s.captured_at, s.captured_from) for s in found if "b/" not in s.uri} == {
            (1_752_576_063_000_000, "mtime")
        }


def test_only_files_of_a_tar_are_members():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("../../etc/passwd")
            info.type, info.linkname, info.size = kind, "/etc/passwd", 0
            archive.addfile(info)
        info = tarfile.TarInfo("/etc/../a.xml")  # a name is a name
        info.size = len(FEED)
        archive.addfile(info, io.BytesIO(FEED))
    assert list(unpack("t", out.getvalue())) == [Snapshot("t#/etc/../a.xml", FEED, None, None)]


def test_a_name_that_comes_twice_makes_two_snapshots():
    assert contents(unpack("t", tar([("a", FEED), ("a", OTHER)]))) == {"t#a": FEED, "t#a;2": OTHER}


def test_a_tar_that_is_cut_off_gives_what_is_there():
    data = tar([("a", FEED), ("b", NOISE), ("c", OTHER)])
    found = list(unpack("t", data[:100_000]))
    assert list(contents(found)) == ["t#a", "t#b"]
    assert NOISE.startswith(found[1].data)
    assert refusals(found) == [("t", Reason.BAD_ARCHIVE)]
    found = list(unpack("t", gzip.compress(data)[:100_000]))
    assert list(contents(found)) == ["t#a", "t#b"]
    assert refusals(found) == [("t", Reason.BAD_ARCHIVE)]


def test_a_damaged_header_ends_a_tar():
    data = bytearray(tar([("a", FEED), ("b", OTHER)]))
    data[1024 + 5] ^= 1
    found = list(unpack("t", bytes(data)))
    assert contents(found) == {"t#a": FEED}
    assert refusals(found) == [("t", Reason.BAD_ARCHIVE)]


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("streamed", [False, True])
def test_members_of_a_zip(method, streamed):
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError

        def tell(self):
            raise OSError

    members = [("a.xml", FEED), ("ü/20250101.xml", NOISE), ("c.xml", b""), ("d.xml", OTHER + b"PK\x07\x08" + OTHER)]
    data = zipped(members, method, Pipe() if streamed else None).getvalue()
    for source in (data, io.BytesIO(data), Forward(data)):
        found = list(unpack("z", source, 7))
        assert contents(found) == {f"z#{name}": data for name, data in members}
        assert (found[0].captured_at, found[0].captured_from) == (1_752_576_062_000_000, "mtime")
        assert found[1].captured_from == "path"


def test_a_zip_that_is_cut_off_gives_what_is_there():
    data = zipped([("a", FEED), ("b", NOISE)]).getvalue()
    found = list(unpack("z", data[:200_000]))
    assert list(contents(found)) == ["z#a", "z#b"]
    assert NOISE.startswith(found[1].data)
    assert refusals(found) == [("z", Reason.BAD_ARCHIVE)]


def test_a_damaged_member_of_a_zip_costs_itself():
    data = bytearray(zipped([("a", FEED), ("b", OTHER), ("c", FEED)], zipfile.ZIP_STORED).getvalue())
    data[data.index(b"Ministers")] ^= 1
    found = list(unpack("z", bytes(data)))
    assert {"z#a", "z#c"} <= contents(found).keys()
    [refused] = [r for r in found if isinstance(r, DeadInput)]
    assert (refused.uri, refused.reason) == ("z#b", Reason.BAD_ARCHIVE)
    assert data[refused.start : refused.start + 4] == b"PK\x03\x04"
    assert OTHER[-20:] in bytes(data[refused.start : refused.end])


def test_an_encrypted_member_is_refused_and_the_next_is_read():
    data = bytearray(zipped([("a", FEED), ("b", OTHER)]).getvalue())
    data[6] |= 1  # the flag in the first local header
    found = list(unpack("z", bytes(data)))
    assert refusals(found) == [("z#a", Reason.BAD_ARCHIVE)]
    assert "encrypted" in found[0].detail
    assert contents(found) == {"z#b": OTHER}


def test_archives_in_archives():
    inner = zipped([("f.xml.gz", gzip.compress(FEED)), ("g.xml", OTHER)]).getvalue()
    data = gzip.compress(tar([("in.zip", inner), ("h.xml", FEED)]))
    found = contents(unpack("o", data))
    assert found == {"o#in.zip#f.xml.gz": FEED, "o#in.zip#g.xml": OTHER, "o#h.xml": FEED}


def test_a_damaged_archive_in_an_archive_costs_itself():
    data = tar([("a.gz", gzip.compress(NOISE)[:-900]), ("b.zip", b"PK\x03\x04 broken"), ("c.xml", FEED)])
    found = list(unpack("t", data))
    assert contents(found)["t#c.xml"] == FEED
    assert refusals(found) == [("t#a.gz", Reason.BAD_ARCHIVE), ("t#b.zip", Reason.BAD_ARCHIVE)]


def test_an_archive_with_nothing_in_it_says_so():
    empty, folders = zipped([]).getvalue(), zipped([("a/", b""), ("a/b/", b"")]).getvalue()
    for data in (empty, folders):
        assert list(unpack("z", data)) == [DeadInput("z", Reason.EMPTY, "nothing is in it", 0, len(data))]
    data = zipped([("in.zip", empty), ("a.xml", FEED)]).getvalue()
    found = list(unpack("z", data))
    assert contents(found) == {"z#a.xml": FEED}
    assert refusals(found) == [("z#in.zip", Reason.EMPTY)]


def test_office_documents_are_one_thing_and_not_thirty():
    data = zipped([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]).getvalue()
    assert refusals(unpack("z", data)) == [("z", Reason.BINARY)]


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"\x04\x22\x4d\x18"])
def test_what_is_not_unpacked_says_so(head):
    [refused] = unpack("a", head + bytes(100))
    assert refused.reason is Reason.BAD_ARCHIVE
    assert "unpack it first" in refused.detail


# --- bombs ----------------------------------------------------------------------------------------

SMALL = Limits(bytes_out=3_000_000, member_bytes=1_000_000, ratio=50, ratio_from=100_000, members=100, nesting=3)


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_is_stopped_early(name):
    packed = PACKERS[name](bytes(80_000_000))
    tracemalloc.start()
    try:
        found = list(unpack("a", packed, None, SMALL))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refusals(found) == [("a", Reason.BOMB)]
    assert not contents(found)
    assert peak < 48_000_000


def test_each_limit_stops():
    def reasons(data, **limits):
        found = list(unpack("a", data, None, Limits(**limits)))
        return {r.reason for r in found if isinstance(r, DeadInput)}, len(contents(found))

    several = zipped([(str(i), NOISE) for i in range(9)]).getvalue()
    assert reasons(several, bytes_out=1_000_000) == ({Reason.BOMB}, 3)
    assert reasons(several, member_bytes=100_000) == ({Reason.BOMB}, 0)
    assert reasons(several, members=4) == ({Reason.BOMB}, 4)
    assert reasons(gzip.compress(bytes(900_000)), ratio=20, ratio_from=10_000) == ({Reason.BOMB}, 0)
    assert reasons(gzip.compress(bytes(900_000)), ratio=20, ratio_from=1_000_000) == (set(), 1)
    nested = gzip.compress(gzip.compress(gzip.compress(FEED)))
    assert reasons(nested, nesting=2) == ({Reason.BOMB}, 0)
    assert reasons(nested, nesting=3) == (set(), 1)
    assert reasons(FEED, member_bytes=10) == ({Reason.TOO_LARGE}, 0)


def test_a_member_that_is_too_large_costs_itself():
    data = tar([("a", bytes(2_000_000)), ("b", FEED)])
    found = list(unpack("t", data, None, SMALL))
    assert refusals(found) == [("t#a", Reason.BOMB)]
    assert contents(found) == {"t#b": FEED}


@pytest.mark.timeout(20)
def test_a_tar_of_very_many_members_is_stopped():
    block = tar([("a", b"")])[:512]

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return block * 400

        def seekable(self):
            return False

    found = list(unpack("t", Endless(), None, Limits(members=2_000)))
    assert refusals(found) == [("t", Reason.BOMB)]
    assert len(contents(found)) == 2_000


@pytest.mark.timeout(20)
def test_an_archive_that_holds_itself_is_stopped():
    """As a quine would look: unpacking gives an archive again, for ever."""
    data = FEED
    for _ in range(60):
        data = zipped([("r.zip", data)]).getvalue()
    assert refusals(unpack("r.zip", data)) == [("r.zip#r.zip#r.zip#r.zip#r.zip", Reason.BOMB)]


def test_members_that_overlap_are_read_once():
    """What zip bombs of today are made of: a directory of many entries that point to the same bytes."""
    data = bytearray(zipped([("a", bytes(500_000))]).getvalue())
    at = data.index(b"PK\x01\x02")
    entry = bytes(data[at : data.index(b"PK\x05\x06")])
    data[at:at] = entry * 1_000
    assert list(contents(unpack("z", bytes(data)))) == ["z#a"]


def test_a_size_that_is_only_claimed_costs_no_memory():
    header = bytearray(tar([("a", b"")])[:512])
    header[124:136] = b"77777777777\0"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    tracemalloc.start()
    try:
        found = list(unpack("t", bytes(header) + FEED))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert contents(found) == {"t#a": FEED}
    assert refusals(found) == [("t", Reason.BAD_ARCHIVE)]
    assert peak < 3_000_000


def test_an_xz_that_wants_gigabytes_of_memory_is_refused():
    packed = lzma.compress(FEED, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30, "preset": 0}])
    assert refusals(unpack("a", packed)) == [("a", Reason.BAD_ARCHIVE)]


# --- laws -----------------------------------------------------------------------------------------

_STARTS = st.sampled_from(
    [
        gzip.compress(FEED, mtime=0),
        bz2.compress(FEED),
        lzma.compress(FEED),
        zstandard.compress(FEED),
        tar([("a", FEED), ("b", OTHER)]),
        zipped([("a", FEED), ("b", OTHER)]).getvalue(),
        zipped([("a", FEED), ("b", OTHER)], zipfile.ZIP_STORED).getvalue(),
        b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 87\r\n\r\n" + FEED + b"\r\n\r\n",
        b'{"text": "a", "url": "https://a.example/"}\n' * 3,
        b"PAR1" + bytes(40) + b"PAR1",
    ]
)
_EDITS = st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=0, max_size=6)), max_size=4)


@settings(max_examples=300, deadline=None)
@given(_STARTS, _EDITS, st.none() | st.integers(0, 4000), st.binary(max_size=30))
def test_any_damage_ends_in_rows_and_never_in_an_exception(data, edits, cut, tail):
    data = bytearray(data)
    for at, patch in edits:
        data[at : at + len(patch)] = patch
    data = bytes(data[:cut]) + tail
    found = list(unpack("a", data, 7, SMALL))
    assert all(isinstance(f, (Snapshot, DeadInput, SkippedRecords)) for f in found)
    assert all(
        isinstance(f.reason, Reason) and 0 <= f.start <= f.end <= len(data) for f in found if isinstance(f, DeadInput)
    )
    assert len({f.uri for f in found if isinstance(f, Snapshot)}) == len(contents(found))
    # a stream that gives little at a time says the same, but for how far it had read
    again = list(unpack("a", Forward(data), 7, SMALL))
    assert contents(again) == contents(found)
    assert refusals(again) == refusals(found) or data.startswith(b"PAR1")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_no_known_kind_come_out_as_they_went_in(data):
    if kind_of(data) is None and not data.lstrip().startswith(b"{"):
        assert contents(unpack("a", data)) == {"a": data}


def test_zip_sizes_of_64_bits():
    name, crc = b"a.xml", zlib.crc32(FEED)
    extra = struct.pack("<HHQQ", 1, 16, len(FEED), len(FEED))
    header = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra))
    data = header + name + extra + FEED + b"PK\x05\x06" + bytes(18)
    assert contents(unpack("z", data)) == {"z#a.xml": FEED}
