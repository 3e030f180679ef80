"""What one look at the outbox brings."""

from dataclasses import dataclass, field

from storage.queries.outbox import Unsent


@dataclass
class Page:
    """Answers (each chat's in order) and proactive messages (one a chat) to send next."""

    answers: list[Unsent] = field(default_factory=list)
    proactive: list[Unsent] = field(default_factory=list)

    def answers_by_chat(self) -> dict[str, list[Unsent]]:
        """The answers of each chat (pseudonym), the chat that waits longest first."""
        chats: dict[str, list[Unsent]] = {}
        for row in self.answers:
            chats.setdefault(row.chat, []).append(row)
        return chats
