"""The one list of flows, by role."""

from handlers.citizen import enrich, find_desk, menu, question, rate, receipt
from handlers.member import checkin, days_off, mine, own_scores, pledge, preferences, quiet
from handlers.official import ask_secretary, chats, home, join, leave_bot, pick_name
from handlers.routing import Router
from handlers.secretary import (
    comments,
    digest,
    invites,
    invites_given,
    notes,
    requests,
    settings,
    thanks,
    unit_settings,
)

CITIZEN = [
    *question.ROUTES,
    *rate.ROUTES,
    *enrich.ROUTES,
    *receipt.ROUTES,
    *find_desk.ROUTES,
    *menu.ROUTES,
]

OFFICIAL = [
    *join.ROUTES,
    *pick_name.ROUTES,
    *ask_secretary.ROUTES,
    *home.ROUTES,
    *chats.ROUTES,
    *leave_bot.ROUTES,
]
MEMBER = [
    *pledge.ROUTES,
    *checkin.ROUTES,
    *mine.ROUTES,
    *preferences.ROUTES,
    *quiet.ROUTES,
    *days_off.ROUTES,
    *own_scores.ROUTES,
]
SECRETARY = [
    *invites.ROUTES,
    *invites_given.ROUTES,
    *requests.ROUTES,
    *settings.ROUTES,
    *digest.ROUTES,
    *thanks.ROUTES,
    *comments.ROUTES,
    *notes.ROUTES,
    *unit_settings.ROUTES,
]


def router() -> Router:
    """Every route of the bot."""
    return Router([*CITIZEN, *OFFICIAL, *MEMBER, *SECRETARY])
