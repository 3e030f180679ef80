"""The weekly digest: figures of one closed week of one unit, and how they are told."""
