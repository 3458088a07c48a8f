"""HTML layouts by family; importing this package registers them all."""

from . import freshrss, generic, loose, mails, readers, sites, social

__all__ = ["freshrss", "generic", "loose", "mails", "readers", "sites", "social"]
