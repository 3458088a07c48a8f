"""The compiled form of a model says what the model says, and is used for that very model alone."""

import os

import numpy as np
import pytest
from feedmill.transforms.text.language import compiled, voters


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "_FOLDER", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("read", "shipped"),
    [
        (voters._read_profiles, voters._profile_folder()),
        (voters._read_identifier, voters._identifier_file()),
        (voters._read_words, voters._WORDS),
    ],
)
def test_compiled_or_not_a_model_is_the_same(read, shipped, folder):
    as_shipped = compiled.arrays(read, shipped)
    compiled.keep(read, shipped)
    mapped = compiled.arrays(read, shipped)
    assert mapped.keys() == as_shipped.keys()
    for name, array in mapped.items():
        assert isinstance(array, np.memmap), name
        assert not array.flags.writeable, name
        assert array.dtype == as_shipped[name].dtype, name
        assert np.array_equal(array, as_shipped[name]), name


def test_what_was_compiled_of_another_state_of_the_file_is_not_used(folder, tmp_path):
    model = tmp_path / "model"
    model.write_text("1")
    os.utime(model, (1, 1))

    def read():
        return {"number": np.array([int(model.read_text())])}

    compiled.keep(read, model)
    assert isinstance(compiled.arrays(read, model)["number"], np.memmap)
    model.write_text("2")
    os.utime(model, (2, 2))
    assert compiled.arrays(read, model)["number"].tolist() == [2]
    compiled.keep(read, model)
    assert compiled.arrays(read, model)["number"].tolist() == [2]
    assert isinstance(compiled.arrays(read, model)["number"], np.memmap)
    assert len(list(folder.iterdir())) == 1, "the old one is gone"


def test_what_fails_leaves_nothing(folder):
    def read():
        raise OSError("no such model")

    with pytest.raises(OSError, match="no such model"):
        compiled.keep(read)
    assert list(folder.iterdir()) == []


def test_the_install_step_compiles_every_model(folder):
    voters.compile_models()
    assert sorted(place.name.partition("-")[0] for place in folder.iterdir()) == [
        "_read_identifier",
        "_read_profiles",
        "_read_words",
    ]
