"""Text to facts: plain functions, no Beam, no I/O, no clock."""
