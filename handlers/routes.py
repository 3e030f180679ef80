"""The one list of flows, by role."""

from handlers.citizen import enrich, find_desk, menu, question, rate, receipt
from handlers.routing import Router

CITIZEN = [
    *question.ROUTES,
    *rate.ROUTES,
    *enrich.ROUTES,
    *receipt.ROUTES,
    *find_desk.ROUTES,
    *menu.ROUTES,
]


def router() -> Router:
    """Every route of the bot."""
    return Router(CITIZEN)
