"""Every action about days that were not a member's shift; each route checks who decides."""

from handlers.routing import Pattern

DISPUTES = Pattern("disputes")
DISPUTES_PAGE = Pattern("disputes/{page:int}")
DISPUTE = Pattern("dispute/{dispute:int}")
ACCEPT = Pattern("dispute/{dispute:int}/accept")
ACCEPT_SURE = Pattern("dispute/{dispute:int}/accept/sure")
DECLINE = Pattern("dispute/{dispute:int}/decline")
DECLINE_SURE = Pattern("dispute/{dispute:int}/decline/sure")

DETACH_WHO = Pattern("detach/{unit:int}/{page:int}")
DETACH_DAYS = Pattern("detach/{unit:int}/{person:int}/days/{page:int}")
DETACH = Pattern("detach/{unit:int}/{person:int}/{day:day}/{desk:desk}")
DETACH_SURE = Pattern("detach/{unit:int}/{person:int}/{day:day}/{desk:desk}/sure")
