"""What is stored about an official, said before they confirm. Change a word, change the version."""

from handlers.messages import Note
from handlers.turn import Turn

MEMBER_NOTICE = "2026-11d"


def member_notice(turn: Turn) -> Note:
    """The notice of members and secretaries: the short form, the long one behind it."""
    say = turn.say
    short = say(
        "Joining is voluntary. {controller} then keeps which chat is yours, what you pledge and how "
        "it went. You can leave at any time with /roi.",
        controller=turn.policy.controller,
    )
    return Note(text=short, more=_long(turn))


def _long(turn: Turn) -> str:
    say = turn.say
    return "\n\n".join(
        (
            say(
                "What is kept: your name, unit, role and position as your Union unit entered them; the "
                "address of this chat, encrypted; your language; the day you joined and the version of "
                "this notice; your pledges, how they went and your notes; your shifts at desks; days "
                "off, and when and in which chat you want to be reminded; on the office's Zalo Official "
                "Account, when you last wrote to it; and a log of who changed roles and the list of "
                "your unit, which nobody can edit."
            ),
            say(
                "What for: to ask you in the morning, to hear how it went in the evening, to show you "
                "your own record, and to give the secretary of your unit the weekly digest. When you "
                "last wrote to the Official Account tells only whether it may write to you: Zalo lets "
                "it answer for a few days."
            ),
            say(
                "Who reads it: you and the secretary of your unit; the units above see totals, and of "
                "the list who stands in which unit and has joined. What "
                "citizens say about your service is shown to you and your secretary as totals, from {k} "
                "ratings on, never a single one.",
                k=turn.policy.k,
            ),
            say(
                "Ratings from your chats and browsers about desks of your own unit, or where you or its "
                "people are on duty, are kept but not counted. A browser you used carries a mark for a "
                "day that it is an official's, not whose; nothing is noted about you."
            ),
            say(
                "What is not kept: your messages in this chat, your phone number, your photos, your other "
                "contacts. Telegram and Zalo see what you send through them; Telegram's servers are "
                "outside Vietnam."
            ),
            say(
                "Your rights: see and correct what is kept about you, and leave at any time with /roi: "
                "the chat is forgotten at once and nothing is sent to you any more. What you pledged "
                "stays in the records of your unit."
            ),
        )
    )
