import datetime as dt

import pyarrow as pa
import pytest
from feedmill.transforms.warehouse.layout import Partitioning, cut, date_part, partition_path

JULY = int(dt.datetime(2025, 7, 15, tzinfo=dt.UTC).timestamp() * 1e6)


@pytest.mark.parametrize("value", ["", "..", "a/b", "EN", "x=y", "é", "a b"])
def test_a_partition_value_cannot_leave_its_folder(value):
    with pytest.raises(ValueError, match="only a-z"):
        partition_path("items", {"lang": value})


def test_dates_before_the_year_1000_and_the_epoch_have_four_digits():
    assert date_part(-62_000_000_000_000_000, "year") == "0005"


@pytest.mark.parametrize("text", ["", "week", "month,", "lang", "month,source"])
def test_an_unknown_partitioning_is_named(text):
    with pytest.raises(ValueError, match="--partition_by"):
        Partitioning.parse(text)


def test_every_row_lands_in_one_partition_and_lang_goes_into_the_path():
    rows = pa.table(
        {
            "item_id": ["a", "b", "c", "d"],
            "published_at": pa.array([JULY, None, JULY, JULY], pa.timestamp("us", tz="UTC")),
            "lang": ["en", "en", "fr", "en"],
        }
    )
    parts = {folder: part["item_id"].to_pylist() for folder, part in cut("items", rows, Partitioning())}
    assert parts == {
        "items/published_month=2025-07/lang=en": ["a", "d"],
        "items/published_month=2025-07/lang=fr": ["c"],
        "items/published_month=__HIVE_DEFAULT_PARTITION__/lang=en": ["b"],
    }
    by_year = cut("items", rows, Partitioning("year", lang=False))
    assert [folder for folder, _ in by_year] == [
        "items/published_year=2025",
        "items/published_year=__HIVE_DEFAULT_PARTITION__",
    ]
    assert "lang" in by_year[0][1].column_names


@pytest.mark.parametrize("unit", ["year", "month", "day"])
def test_many_dates_are_cut_as_each_alone(unit):
    instants = [None, 0, -1, 1, JULY, -62_000_000_000_000_000, JULY + 31 * 86_400_000_000, 253_402_300_799_999_999]
    rows = pa.table({"published_at": pa.array(instants, pa.timestamp("us", tz="UTC")), "row": range(len(instants))})
    found = {
        row: folder for folder, part in cut("items", rows, Partitioning(unit, False)) for row in part["row"].to_pylist()
    }
    for row, instant in enumerate(instants):
        assert found[row] == partition_path("items", {f"published_{unit}": date_part(instant, unit)})
