"""Models in a form that is there at once: made once, when feedmill is installed, as Python's modules are compiled.

    python -m feedmill.transforms.text.language.voters      makes it: 80 MB, beside the modules' own compiled form

What the packages ship takes 0.4 s of CPU to unpack, a third of a small run (2026-11). Nothing depends on the
compiled form but that time: without it, or after a change to a model or to the code that reads it, models are read as
they are shipped. It is mapped, so processes share its memory.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Arrays = Mapping[str, Any]  # np.ndarray by name
_FOLDER = Path(__file__).with_name("__pycache__")


def arrays(read: Callable[[], Arrays], *shipped: Path) -> Arrays:
    """Return what `read` makes of the files of a model, from its compiled form if that is of these very files."""
    try:
        return _open(_place(read, shipped))
    except FileNotFoundError:
        return read()


def keep(read: Callable[[], Arrays], *shipped: Path) -> None:
    """Make the compiled form of a model if it is not there, in place of any that was made of other files."""
    import numpy as np

    place = _place(read, shipped)
    if place.is_dir():
        return
    _FOLDER.mkdir(exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=_FOLDER))
    try:
        for name, array in read().items():
            np.save(new / f"{name}.npy", array, allow_pickle=False)
        for old in _FOLDER.glob(f"{read.__name__}-*"):
            shutil.rmtree(old)
        new.chmod(0o755)
        new.rename(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _place(read: Callable[[], Arrays], shipped: Sequence[Path]) -> Path:
    """Where the compiled form of a model is: named by the state of its files, and of the code that reads them."""
    code = Path(read.__code__.co_filename)
    state = [read.__name__]
    for file in (Path(__file__), code, *shipped):
        with contextlib.suppress(OSError):
            found = os.stat(file)
            state.append(f"{file.name} {found.st_size} {int(found.st_mtime)}")
    return _FOLDER / f"{read.__name__}-{hashlib.blake2b(repr(state).encode(), digest_size=8).hexdigest()}"


def _open(place: Path) -> Arrays:
    import numpy as np

    return {
        file.name.removesuffix(".npy"): np.load(file.path, mmap_mode="r", allow_pickle=False)
        for file in os.scandir(place)
    }
