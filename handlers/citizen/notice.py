"""The privacy notice: what the tap beside it consents to. Change a word, change the version."""

from handlers.citizen.actions import PRIVACY
from handlers.messages import Choice, Note
from handlers.turn import Turn

VERSION = "2026-11e"


def short_notice(turn: Turn) -> str:
    """The one sentence beside the question."""
    return turn.say(
        "A rating carries no name, phone number or account of yours. "
        "By choosing an answer you agree that {controller} keeps it for {months} months.",
        controller=turn.policy.controller,
        months=turn.policy.retention_months,
    )


def long_notice(turn: Turn) -> str:
    """Everything that is kept, why, who sees it, how long, and your rights; paragraphs by blank line."""
    say = turn.say
    return "\n\n".join(
        (
            say(
                "What is kept of a rating: the level, the reasons and the comment you add, the desk and "
                "its unit, the official on duty whom it is about, the day (never the hour), through which "
                "door it came (web, Telegram or Zalo), the version of this notice and of the scale, and the "
                "answer of the unit to your comment."
            ),
            say(
                "What is not kept with it: your name, phone number, account, network address or cookie. "
                "Phone and identity card numbers found in a comment are masked before it is stored. "
                "Comments are stored encrypted."
            ),
            say(
                "To let you change your answer the same day, a code made with a random key of that day "
                "recognises you at that desk. The key is destroyed at 3 o'clock the next morning; then "
                "nobody can tell any more which rating was yours."
            ),
            say(
                "Only to deliver an answer, these live for a short time, encrypted, apart from the rating: "
                "where to send it, until it is sent; what your next message refers to, at most 24 hours; a "
                "mark that a message was already handled, at most 3 days, on Zalo at most 61, since Zalo "
                "may hand it over again; a count of wrong codes, at most a day. On the web a cookie holds "
                "a random number for 24 hours, and the network address stays in memory for at most an "
                "hour to stop abuse. Telegram and Zalo see what you send through them; Telegram's "
                "servers are outside Vietnam."
            ),
            say(
                "So that nobody tips the scales: of many ratings that come to a desk within minutes or from "
                "one device, those past a limit, and those from the devices of the office itself, are kept "
                "but not counted. The office sees how many they are, never whose; their comments are not "
                "shown. To notice it, ratings are counted until the end of the day under that day's key, in "
                "numbers nobody else can read: of a desk, an account or browser, and of browsers that look "
                "alike."
            ),
            say(
                "Why: to improve the service. Who sees it: the official and the secretary of their unit as "
                "totals from {k} ratings on, the comments without any sign of who wrote them; the units "
                "above them as totals. Kept for {months} months by {controller}, then deleted; how often each "
                "level and each reason was given to a unit in a week, and how many were not counted, stays. Copies kept against loss are "
                "deleted after {days} days.",
                k=turn.policy.k,
                months=turn.policy.retention_months,
                controller=turn.policy.controller,
                days=turn.policy.backup_days,
            ),
            say(
                "Rating is voluntary. With the receipt code alone you can see, change or withdraw a rating "
                "at any time, at once and without giving a reason; withdrawing erases its content. "
                "Without the code nobody, not even we, can find your rating."
            ),
        )
    )


def notice(turn: Turn) -> Note:
    """The notice as it stands beside the question."""
    see = Choice(label=turn.say("See the details"), action=PRIVACY.build(), look="quiet")
    return Note(text=short_notice(turn), more=long_notice(turn), see=see)
