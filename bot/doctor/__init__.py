"""Looks an installation over: what is wrong and what to do about it, one line each."""

from bot.doctor.checks import CHECKS, examine
from bot.doctor.finding import Finding

__all__ = ["CHECKS", "Finding", "examine"]
