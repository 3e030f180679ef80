"""The pages of --help in the operator's language: cyclopts writes a few words in English only."""

from typing import TYPE_CHECKING, Any

from cyclopts.help import DefaultFormatter, HelpEntry, HelpPanel
from cyclopts.help.inline_text import InlineText
from rich.text import Text

from handlers.texts import Speech

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions


class SpokenHelp(DefaultFormatter):
    """cyclopts' panels, with "required" and the choices said in the operator's language."""

    def __init__(self, say: Speech) -> None:
        super().__init__()
        self._say = say

    def __call__(self, console: "Console", options: "ConsoleOptions", panel: HelpPanel) -> None:
        entries = [self._spoken(entry) for entry in panel.entries]
        super().__call__(console, options, panel.copy(entries=entries))

    def render_usage(self, console: "Console", options: "ConsoleOptions", usage: Any) -> None:  # noqa: ARG002
        """The line as it is: it already begins with the word for usage."""
        if usage:
            console.print(usage, markup=False, highlight=False)

    def _spoken(self, entry: HelpEntry) -> HelpEntry:
        notes = []
        if entry.choices:
            notes.append(self._say("One of: {choices}.", choices=", ".join(entry.choices)))
        if entry.required:
            notes.append(self._say("Required."))
        if not notes:
            return entry
        description = entry.description
        if not isinstance(description, InlineText):
            description = InlineText(Text(str(description or "")))
        for note in notes:
            description.append(Text(note, "dim"))
        return entry.copy(description=description, choices=None, required=False)
