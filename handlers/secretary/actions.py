"""Every action about the digest; `unit` is a unit's id, and each route checks who leads it.

`tag` names a comment of that week (storage.queries.comments): no action carries a rating's id.
"""

from handlers.routing import Pattern

DIGEST = Pattern("digest")
WEEK = Pattern("digest/{unit:int}/{week:week}")
MORE = Pattern("digest/{unit:int}/{week:week}/more")
GROUP_TEXT = Pattern("digest/{unit:int}/{week:week}/group")
SHEET = Pattern("digest/{unit:int}/{week:week}/sheet")

THANK = Pattern("thank/{unit:int}/{week:week}/{person:int}")
CARE = Pattern("care/{unit:int}/{week:week}/{person:int}")
SEND_CARE = Pattern("care/{unit:int}/{week:week}/{person:int}/send")

NOTES = Pattern("notes/{unit:int}/{week:week}/{page:int}")

COMMENTS = Pattern("comments/{unit:int}/{week:week}/{page:int}")
ANSWER = Pattern("answer/{unit:int}/{week:week}/{tag:word}")
SEND_ANSWER = Pattern("answer/{unit:int}/{week:week}/{tag:word}/send")
HIDE = Pattern("hide/{unit:int}/{week:week}/{tag:word}")
HIDE_BECAUSE = Pattern("hide/{unit:int}/{week:week}/{tag:word}/{reason:word}")
HIDE_TYPED = Pattern("hidewhy/{unit:int}/{week:week}/{tag:word}")
HIDDEN = Pattern("hidden/{unit:int}/{week:week}/{page:int}")
SHOW_AGAIN = Pattern("hidden/{unit:int}/{week:week}/{tag:word}/show")

WHEN = Pattern("digest/{unit:int}/when")
WHEN_DAY = Pattern("digest/{unit:int}/when/{weekday:int}")
WHEN_AT = Pattern("digest/{unit:int}/when/{weekday:int}/{hour:int}")
WHEN_TYPED = Pattern("digest/{unit:int}/when/{weekday:int}/typed")
WHEN_USUAL = Pattern("digest/{unit:int}/when/usual")
STOP = Pattern("digest/{unit:int}/stop")
RESUME = Pattern("digest/{unit:int}/resume")
