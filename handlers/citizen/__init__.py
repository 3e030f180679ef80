"""What a citizen does: rate an encounter, say why, find it again by receipt code."""
