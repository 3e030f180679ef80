"""Where a page gets its pictures from (they are in it), and what its download buttons send."""

import base64
from collections.abc import Mapping, Sequence

from bot.drawing import Drawn
from bot.web.identity import Signatures, Visitor
from handlers.messages import Document, Reply

Sources = Mapping[tuple[int, int], str]
"""By the number of the reply and the index of its part."""


def sources(
    replies: Sequence[Reply],
    drawn: Sequence[Mapping[int, Drawn]],
    signatures: Signatures,
    visitor: Visitor,
) -> Sources:
    """Pictures as data addresses, documents as signed orders that only this visitor can place."""
    found: dict[tuple[int, int], str] = {}
    for number, (answer, pictures) in enumerate(zip(replies, drawn, strict=True)):
        for index, part in enumerate(answer.parts):
            if index in pictures:
                found[number, index] = data_address(pictures[index])
            elif isinstance(part, Document):
                found[number, index] = signatures.write_order(visitor, part)
    return found


def data_address(picture: Drawn) -> str:
    """The picture itself as an address (RFC 2397): no second request, nothing to guess."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
