"""Pictures and files for messengers that take no upload: words, and an address to fetch them at."""

from collections.abc import Awaitable, Callable

from handlers.messages import Document, Part, Picture, Reply, Text

Address = Callable[[Picture | Document], Awaitable[str]]
"""Where a picture or file can be fetched; raises DatabaseUnavailable."""


async def with_addresses(answer: Reply, address: Address, *, pictures: bool = False) -> Reply:
    """The reply with its files (and pictures) as lines that a person can open: no message more."""
    parts: list[Part] = []
    for part in answer.parts:
        if isinstance(part, Document):
            parts.append(Text(text=f"📎 {part.name}\n{await address(part)}"))
        elif isinstance(part, Picture) and pictures:
            parts.append(Text(text=f"{part.alt}\n{await address(part)}"))
        else:
            parts.append(part)
    return answer.model_copy(update={"parts": tuple(parts)})
