"""Errors that carry wording for the person apart from the text for the log."""

from handlers.messages import Choices


class Refused(Exception):
    """The person cannot do this; `wording` tells them so, in their language.

    The transaction is rolled back and the wording is the answer. The log gets `args`, and `by`:
    how the chat of an official who tried an official's action begins (a pseudonym). `ways` stand
    below the wording: what leads on.
    """

    def __init__(self, wording: str, log: str, *, ways: Choices | None = None) -> None:
        super().__init__(log)
        self.wording, self.ways = wording, ways
        self.by: str | None = None
