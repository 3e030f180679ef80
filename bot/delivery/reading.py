"""What a courier does not know of the outbox: whether it has to read, and whom it leaves alone."""

from collections.abc import Iterable


class Reading:
    """Answers that this process queues are awaited and handed over; all else is read.

    A chat whose answer is awaited is left alone by every look from before its transaction begins
    until the answer was handed over (or is known not to come): so no look can have taken the same
    rows. A chat that a look left alone, for this or because something was being sent to it, may have
    more than was known: when that is over the outbox is read again.
    """

    def __init__(self) -> None:
        self._due = True
        self._touched: set[str] = set()  # since the look that is under way began
        self._left_alone: set[str] = set()
        self.awaited: set[str] = set()

    def news(self) -> None:
        """Something may wait that nobody handed over: the next look reads."""
        self._due = True

    def begin(self) -> bool:
        """A look begins; whether it has to read."""
        due, self._due = self._due, False
        self._touched = set(self.awaited)
        return due

    def leave_alone(self, chats: Iterable[str]) -> None:
        """What this look reads leaves these chats out."""
        self._left_alone.update(chats)

    def touch(self, chat: str) -> None:
        """Something is sent to this chat: what the look under way brings of it may be old."""
        self._touched.add(chat)

    def is_new(self, chat: str) -> bool:
        """Whether what the look brought of this chat is not what is being sent already; where it
        may be, it is read again."""
        new = chat not in self._touched
        self._due = self._due or not new
        return new

    def over(self, chat: str, *, read_again: bool) -> None:
        """Nothing is being sent to this chat any more."""
        self._due = self._due or read_again or chat in self._left_alone
        self._left_alone.discard(chat)

    def wait_for(self, chat: str) -> None:
        """An answer to this chat will be handed over."""
        self.awaited.add(chat)
        self.touch(chat)

    def came(self, chat: str) -> None:
        """It was, or will not be."""
        self.awaited.discard(chat)
