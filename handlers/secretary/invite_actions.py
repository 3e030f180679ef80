"""Every action about inviting; `unit` is a unit's id, and each route checks who leads it."""

from handlers.routing import Pattern

INVITES = Pattern("invites")
UNIT_INVITES = Pattern("invites/{unit:int}")
NOT_LINKED = Pattern("invites/{unit:int}/people/{page:int}")
FIND_PERSON = Pattern("invites/{unit:int}/find")
INVITE = Pattern("invites/{unit:int}/new/{person:int}")
OPEN_INVITES = Pattern("invites/{unit:int}/open/{page:int}")
REVOKE = Pattern("invites/{unit:int}/revoke/{invite:int}")
GROUP_LINK = Pattern("invites/{unit:int}/group")
NEW_GROUP_LINK = Pattern("invites/{unit:int}/group/new")
STOP_GROUP_LINK = Pattern("invites/{unit:int}/group/stop")
REQUESTS = Pattern("invites/{unit:int}/requests")
APPROVE = Pattern("invites/{unit:int}/let-in/{request:int}")
DECLINE = Pattern("invites/{unit:int}/turn-away/{request:int}")
