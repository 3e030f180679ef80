"""A roll-up as one page of HTML that needs nothing else: to print, to keep, to mail."""

from handlers.digest.page import html_page
from handlers.rollup.figures import RollUp
from handlers.rollup.files import card
from handlers.rollup.text import parts
from handlers.texts import Speech


def page(found: RollUp, say: Speech) -> str:
    """The same as in the chat, then the picture."""
    picture = [] if found.empty else [card(found, say)]
    return html_page([*parts(found, say), *picture], say)
