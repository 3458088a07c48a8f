"""HTML layouts by family; importing this package registers them all."""

from . import freshrss  # noqa: F401
