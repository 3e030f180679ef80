"""Backup and restore: one portable file for both databases, made from one snapshot."""

from bot.backup.container import Damaged, Header
from bot.backup.judging import judged
from bot.backup.putting_back import put_back
from bot.backup.reasons import CannotRestore
from bot.backup.taking import take

__all__ = ["CannotRestore", "Damaged", "Header", "judged", "put_back", "take"]
