"""feedmill's steps and the plain functions below them."""

__version__ = "0.2.0"
