"""Why a comment may be hidden; a secretary may also give a reason of their own."""

from handlers.texts import mark

WHY = {
    "insult": mark("It insults somebody"),
    "personal": mark("It names a private person"),
    "elsewhere": mark("It is about something else"),
}
OWN_WORDS = "own"
