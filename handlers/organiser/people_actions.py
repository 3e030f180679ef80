"""Every action of an organiser about the people of units below; each route checks that they are.

`unit` is the unit it is about, `target` where somebody moves to, `entry` the number of the audit
entry that an undo brings back from. Others may lead to UNIT_CARD.
"""

from handlers.routing import Pattern

BELOW = Pattern("below")
UNITS = Pattern("below/{unit:int}/units/{page:int}")
FIND_UNIT = Pattern("below/{unit:int}/find")
UNIT_CARD = Pattern("below/{unit:int}")

INVITE_SECRETARY = Pattern("below/{unit:int}/invite/{person:int}")
CANDIDATES = Pattern("below/{unit:int}/choose/{page:int}")
FIND_CANDIDATE = Pattern("below/{unit:int}/choose/find")
APPOINT = Pattern("below/{unit:int}/appoint/{person:int}")
APPOINT_YES = Pattern("below/{unit:int}/appoint/{person:int}/yes")
APPOINTED = Pattern("below/{unit:int}/appoint/{person:int}/done")
NEW_SECRETARY = Pattern("below/{unit:int}/new")
NEW_SECRETARY_TYPED = Pattern("below/{unit:int}/new/typed")
NEW_NAMESAKE = Pattern("below/{unit:int}/new/namesake")
NEW_UNDO = Pattern("below/{unit:int}/new/undo/{entry:int}")
END_OFFICE = Pattern("below/{unit:int}/end/{person:int}")
END_OFFICE_YES = Pattern("below/{unit:int}/end/{person:int}/yes")
ENDED = Pattern("below/{unit:int}/end/{person:int}/done")
GIVE_BACK = Pattern("below/{unit:int}/back/{entry:int}")

PEOPLE_BELOW = Pattern("below/{unit:int}/people/{page:int}")
FIND_BELOW = Pattern("below/{unit:int}/people/find")
MOVE = Pattern("move/{unit:int}/{person:int}/{page:int}")
FIND_TARGET = Pattern("move/{unit:int}/{person:int}/find")
MOVE_TO = Pattern("move/{unit:int}/{person:int}/to/{target:int}")
MOVE_YES = Pattern("move/{unit:int}/{person:int}/to/{target:int}/yes")
MOVED = Pattern("move/{unit:int}/{person:int}/to/{target:int}/done")
MOVE_BACK = Pattern("move/{unit:int}/back/{entry:int}")
