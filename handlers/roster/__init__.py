"""The roster: files of units, people, desks and duties, checked as a whole, stored, taken back."""

from handlers.roster.endings import Ending, EndsMuch
from handlers.roster.mistakes import RosterError, RosterMistakes
from handlers.roster.read import Roster, read_files
from handlers.roster.report import Counts, ImportReport
from handlers.roster.store import import_roster
from handlers.roster.undo import CannotUndo, UndoReport, undo_import

__all__ = [
    "CannotUndo",
    "Counts",
    "Ending",
    "EndsMuch",
    "ImportReport",
    "Roster",
    "RosterError",
    "RosterMistakes",
    "UndoReport",
    "import_roster",
    "read_files",
    "undo_import",
]
