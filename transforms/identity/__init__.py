"""Which sightings are one story, and why. Plain Python over Arrow; no Beam, no I/O."""
