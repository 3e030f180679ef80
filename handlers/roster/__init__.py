"""The roster: files of units, people, desks and duties, checked as a whole and stored."""

from handlers.roster.mistakes import RosterError, RosterMistakes
from handlers.roster.read import Roster, read_files
from handlers.roster.store import Counts, ImportReport, import_roster

__all__ = [
    "Counts",
    "ImportReport",
    "Roster",
    "RosterError",
    "RosterMistakes",
    "import_roster",
    "read_files",
]
