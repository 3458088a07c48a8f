"""How rows travel between workers: pickled, with their tables as `parcels.Parcel` packs them.

At every step Beam asks how large some elements are, the first ten always; the coder that it takes by itself tells by
encoding them. Elements here are megabytes, so that was a tenth of a run. These say it without.
"""

import pickle
from typing import Any

from apache_beam import coders

from transforms.batch import Assignment, Batch, Decided, Prints
from transforms.inputs import Inputs
from transforms.parcels import Parcel
from transforms.warehouse.redo import Rewrite


class RowsCoder(coders.Coder):
    """For any NamedTuple of these steps."""

    def encode(self, value: Any) -> bytes:
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def decode(self, encoded: bytes) -> Any:
        return pickle.loads(encoded)

    def estimate_size(self, value: Any) -> int:
        return _size(value)

    def is_deterministic(self) -> bool:
        return False


def _size(value: Any) -> int:
    if isinstance(value, (tuple, list)):
        return sum(map(_size, value))
    return value.nbytes if isinstance(value, Parcel) else len(value) if isinstance(value, (bytes, str)) else 8


for _kind in (Assignment, Batch, Decided, Inputs, Parcel, Prints, Rewrite):
    coders.registry.register_coder(_kind, RowsCoder)
