"""The roster: files of units, people, desks and duties, checked as a whole, stored, taken back."""

from handlers.roster.endings import Concern, Ending, EndsMuch, Unled
from handlers.roster.mistakes import RosterError, RosterMistakes
from handlers.roster.read import Roster, read_files
from handlers.roster.report import Counts, ImportReport
from handlers.roster.store import import_roster
from handlers.roster.undo import CannotUndo, UndoReport, undo_import

__all__ = [
    "CannotUndo",
    "Concern",
    "Counts",
    "Ending",
    "EndsMuch",
    "ImportReport",
    "Roster",
    "RosterError",
    "RosterMistakes",
    "UndoReport",
    "Unled",
    "import_roster",
    "read_files",
    "undo_import",
]
