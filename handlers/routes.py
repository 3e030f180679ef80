"""The one list of flows, by role."""

from handlers.citizen import enrich, find_desk, menu, question, rate, receipt
from handlers.member import (
    checkin,
    days_off,
    mine,
    not_my_shift,
    own_scores,
    pledge,
    preferences,
    quiet,
    shift,
    shift_end,
    shift_staff,
)
from handlers.official import (
    ask_secretary,
    chats,
    home,
    join,
    leave_bot,
    not_me,
    office_offer,
    pick_name,
)
from handlers.organiser import (
    appoint,
    choose_mover,
    end_office,
    move_member,
    new_secretary,
    received_reports,
    returned_reports,
    rollup,
    unit_card,
    units_below,
)
from handlers.routing import Router
from handlers.secretary import (
    changes,
    comments,
    decline_day,
    desk_printing,
    desks,
    detach_day,
    digest,
    disputed_days,
    hand_over,
    hiding,
    improvement_card,
    improvements,
    invites,
    invites_given,
    member_adding,
    member_card,
    member_details,
    member_removal,
    member_return,
    members,
    members_gone,
    notes,
    reports,
    reports_approve,
    reports_edit,
    reports_file,
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
    *not_me.ROUTES,
    *pick_name.ROUTES,
    *ask_secretary.ROUTES,
    *home.ROUTES,
    *chats.ROUTES,
    *leave_bot.ROUTES,
    *office_offer.ROUTES,
]
MEMBER = [
    *pledge.ROUTES,
    *checkin.ROUTES,
    *mine.ROUTES,
    *preferences.ROUTES,
    *quiet.ROUTES,
    *days_off.ROUTES,
    *own_scores.ROUTES,
    *shift.ROUTES,
    *shift_end.ROUTES,
    *shift_staff.ROUTES,
    *not_my_shift.ROUTES,
]
SECRETARY = [
    *invites.ROUTES,
    *invites_given.ROUTES,
    *requests.ROUTES,
    *members.ROUTES,
    *member_card.ROUTES,
    *member_adding.ROUTES,
    *member_details.ROUTES,
    *member_removal.ROUTES,
    *member_return.ROUTES,
    *members_gone.ROUTES,
    *hand_over.ROUTES,
    *changes.ROUTES,
    *settings.ROUTES,
    *digest.ROUTES,
    *thanks.ROUTES,
    *comments.ROUTES,
    *hiding.ROUTES,
    *disputed_days.ROUTES,
    *decline_day.ROUTES,
    *detach_day.ROUTES,
    *notes.ROUTES,
    *reports.ROUTES,
    *reports_edit.ROUTES,
    *reports_file.ROUTES,
    *reports_approve.ROUTES,
    *desks.ROUTES,
    *desk_printing.ROUTES,
    *improvements.ROUTES,
    *improvement_card.ROUTES,
    *unit_settings.ROUTES,
]

ORGANISER = [
    *units_below.ROUTES,
    *unit_card.ROUTES,
    *appoint.ROUTES,
    *end_office.ROUTES,
    *new_secretary.ROUTES,
    *choose_mover.ROUTES,
    *move_member.ROUTES,
    *rollup.ROUTES,
    *received_reports.ROUTES,
    *returned_reports.ROUTES,
]


def router() -> Router:
    """Every route of the bot."""
    return Router([*CITIZEN, *OFFICIAL, *MEMBER, *SECRETARY, *ORGANISER])
