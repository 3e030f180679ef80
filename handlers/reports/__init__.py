"""Periodic reports: their periods, figures and narrative, and the data their document is made of."""
