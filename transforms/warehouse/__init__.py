"""The tables on disk: layout, staging, manifests, reading back. Plain Python; no Beam."""
