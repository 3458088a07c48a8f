"""What a process holds of a warehouse: each file read once, and never too much."""

import os
import random
import tempfile

import numpy as np
import pyarrow as pa
import pytest
from feedmill.transforms.storage.local import LocalStore
from feedmill.transforms.warehouse import column_cache as held
from feedmill.transforms.warehouse.column_cache import MappedTables, PieceCache


@pytest.fixture
def reads():
    return []


@pytest.fixture
def numbers(reads):
    """Holds files of eight numbers, named by the first."""

    def read(store, name):
        reads.append(name)
        return np.arange(int(name), int(name) + 8)

    return PieceCache(read, np.concatenate, lambda piece: piece.nbytes)


def held_in(numbers, store, names):
    return sorted(np.concatenate([np.empty(0, int), *numbers.pieces(store, names)]).tolist())


def expected(names):
    return sorted(n for name in names for n in range(int(name), int(name) + 8))


def test_files_are_read_once_and_found_in_few_pieces(numbers, reads):
    store = LocalStore("w")
    names = [str(8 * n) for n in range(200)]
    for count in range(1, 201):
        pieces = list(numbers.pieces(store, names[:count]))
        assert len(pieces) <= 9  # powers of two
    assert held_in(numbers, store, names) == expected(names)
    assert reads == names


def test_a_large_piece_stays_as_it_is(numbers, monkeypatch):
    monkeypatch.setattr(held, "_LARGE", 4 * 64)  # bytes of four files
    store = LocalStore("w")
    names = [str(8 * n) for n in range(32)]
    [large] = numbers.pieces(store, names[:4])
    assert any(piece is large for piece in numbers.pieces(store, names))
    assert len(list(numbers.pieces(store, names))) == 8
    assert held_in(numbers, store, names) == expected(names)


def test_files_that_were_folded_into_others_are_forgotten(numbers):
    store = LocalStore("w")
    held_in(numbers, store, ["0", "8", "16"])
    assert held_in(numbers, store, ["16", "24"]) == expected(["16", "24"])
    assert held_in(numbers, LocalStore("other"), ["0"]) == expected(["0"])


def test_what_was_brought_together_need_not_be_read_again(numbers, reads):
    store = LocalStore("w")
    held_in(numbers, store, ["0", "8", "16"])
    numbers.replaced(store, ["0", "8"], ["both"])
    assert held_in(numbers, store, ["both", "16", "24"]) == expected(["0", "8", "16", "24"])
    assert sorted(reads, key=int) == ["0", "8", "16", "24"]
    numbers.replaced(store, ["16", "not held"], ["other"])
    numbers.replaced(LocalStore("elsewhere"), ["16"], ["other"])
    assert held_in(numbers, store, ["both", "16", "24"]) == expected(["0", "8", "16", "24"])


def test_what_is_too_much_is_read_each_time(numbers, reads, monkeypatch):
    monkeypatch.setattr(held, "MAX_BYTES", 10 * 64)
    store = LocalStore("w")
    names = [str(8 * n) for n in range(15)]
    random.Random(1).shuffle(names)
    for _ in range(3):
        assert held_in(numbers, store, names) == expected(names)
    ((_, pieces),) = numbers._of.values()
    assert sum(piece.nbytes for piece in pieces) <= 10 * 64
    assert len(reads) < 3 * len(names)


def test_a_mapped_file_has_no_name_in_any_folder(tmp_path, monkeypatch):
    """So nothing is left of it however the process ends, killed too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tables = [pa.table({"a": range(start, start + 70_000)}) for start in (0, 70_000)]
    mapped = MappedTables(tables[0].schema, tables)
    assert os.listdir(tmp_path) == []
    parts = list(mapped.parts())
    assert len(parts) == 2
    del mapped
    assert pa.concat_tables(parts)["a"].to_pylist() == list(range(140_000))  # parts outlive it
