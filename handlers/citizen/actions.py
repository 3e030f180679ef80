"""Every action a citizen's button can carry. `of` names a rating (handlers.references)."""

from handlers.routing import Pattern

START = Pattern("start")
HELP = Pattern("help")
PRIVACY = Pattern("privacy")
LANGUAGES = Pattern("languages")
LANGUAGE = Pattern("language/{to:word}")
OTHER = Pattern("other/{what:word}")
OLD = Pattern("old")
STALE = Pattern("stale")
CANCEL = Pattern("cancel")

FIND = Pattern("find")
SEARCH = Pattern("search")
FOUND = Pattern("found/{page:int}/{query:query}")

OPEN = Pattern("open/{desk:desk}")
ASK = Pattern("ask/{of:of}")
SAY = Pattern("say/{of:of}")
RATE = Pattern("rate/{of:of}/{level:level}")
SEE = Pattern("see/{of:of}")

WHO = Pattern("who/{of:of}/{person:int}")
WHY = Pattern("why/{of:of}/{side:word}/{code:word}/{on:int}")
REASONS = Pattern("reasons/{of:of}")
COMMENT = Pattern("comment/{of:of}")
DONE = Pattern("done/{of:of}")
WITHDRAW = Pattern("withdraw/{of:of}")
ERASE = Pattern("erase/{of:of}")

RECEIPT = Pattern("receipt")
BY_CODE = Pattern("code")
