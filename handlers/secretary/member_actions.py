"""Every action about the members of a unit and its office; each route checks who leads the unit.

`entry` is the number of the audit entry that an undo brings back from.
"""

from handlers.routing import Pattern

MEMBERS = Pattern("members/{unit:int}/{page:int}")
MISSING = Pattern("members/{unit:int}/missing/{page:int}")
FIND_MEMBER = Pattern("members/{unit:int}/find")
ADD = Pattern("members/{unit:int}/add")
ADD_TYPED = Pattern("members/{unit:int}/add/typed")
ADD_NAMESAKE = Pattern("members/{unit:int}/add/namesake")
COME_BACK = Pattern("members/{unit:int}/again/{person:int}")
FORMER = Pattern("members/{unit:int}/gone/{page:int}")
FORMER_CARD = Pattern("members/{unit:int}/gone/who/{person:int}")
PUT_BACK = Pattern("members/{unit:int}/back/{entry:int}")

CARD = Pattern("member/{unit:int}/{person:int}")
NAME = Pattern("member/{unit:int}/{person:int}/name")
NAME_TYPED = Pattern("member/{unit:int}/{person:int}/name/typed")
POSITION = Pattern("member/{unit:int}/{person:int}/position")
POSITION_TYPED = Pattern("member/{unit:int}/{person:int}/position/typed")
REMOVE = Pattern("member/{unit:int}/{person:int}/remove")
REMOVE_YES = Pattern("member/{unit:int}/{person:int}/remove/yes")
REMOVED = Pattern("member/{unit:int}/{person:int}/removed")

OFFICE = Pattern("office/{unit:int}")
SUCCESSORS = Pattern("office/{unit:int}/list/{page:int}")
OFFER = Pattern("office/{unit:int}/to/{person:int}")
OFFER_YES = Pattern("office/{unit:int}/to/{person:int}/yes")
WITHDRAW = Pattern("office/{unit:int}/withdraw")
OFFERED = Pattern("office/offer/{offer:int}")
ACCEPT = Pattern("office/offer/{offer:int}/accept")
REFUSE = Pattern("office/offer/{offer:int}/decline")

CHANGES = Pattern("changes/{unit:int}/{page:int}")
CHANGES_BELOW = Pattern("changes/{unit:int}/below/{page:int}")
