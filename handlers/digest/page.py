"""A digest as one page of HTML that needs nothing else: to print, to keep, to mail."""

import base64
from collections.abc import Sequence
from html import escape

from handlers.digest.chart import chart
from handlers.digest.figures import Digest
from handlers.digest.text import parts
from handlers.documents.recipes import draw, media_type
from handlers.messages import Note, Part, Picture, Text, Title
from handlers.texts import Speech

_LOOK = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2533}h1{font-size:1.5rem}p{white-space:pre-line}img{max-width:100%;height:auto}"
)


def page(digest: Digest, say: Speech) -> str:
    """The same sections as in the chat, then the picture."""
    return html_page([*parts(digest, say), *([] if digest.empty else [chart(digest, say)])], say)


def html_page(shown: Sequence[Part], say: Speech) -> str:
    """A page of these parts; the first title is its own."""
    body = "\n".join(filter(None, (_html(part, say.language) for part in shown)))
    head = next(part.text for part in shown if isinstance(part, Title))
    return (
        f'<!doctype html>\n<html lang="{say.language}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(head)}</title>'
        f"<style>{_LOOK}</style></head>\n<body>\n{body}\n</body>\n</html>"
    )


def _html(part: Part, language: str) -> str:
    match part:
        case Title():
            return f"<h1>{escape(part.text)}</h1>"
        case Text(tone="strong"):
            return f"<h2>{escape(part.text)}</h2>"
        case Text():
            return f"<p>{escape(part.text)}</p>"
        case Note():
            return f"<p><small>{escape(part.text)}</small></p>"
        case Picture():
            drawn = base64.b64encode(draw(part.recipe, part.data, language)).decode()
            kind = media_type(part.recipe)
            return f'<img src="data:{kind};base64,{drawn}" alt="{escape(part.alt)}">'
    return ""
