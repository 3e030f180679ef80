"""Every action about a shift; `duty` is a shift's id, and each route checks whose it is."""

from handlers.routing import Pattern

SHIFT = Pattern("shift")
SHIFT_DESKS = Pattern("shift/desks/{page:int}")
SHIFT_CODE = Pattern("shift/code")
BEGIN = Pattern("shift/at/{desk:desk}")
END = Pattern("shift/{duty:int}/end")
STILL_ON = Pattern("shift/{duty:int}/on")

LAPSED = Pattern("shift/{duty:int}/lapsed")
LAPSED_RIGHT = Pattern("shift/{duty:int}/right")
ENDED_EARLIER = Pattern("shift/{duty:int}/earlier")
ENDED_AT = Pattern("shift/{duty:int}/ended/{at:word}")
ENDED_TYPED = Pattern("shift/{duty:int}/ended")

STAFF = Pattern("staff/{desk:desk}/{token:word}")
STAFF_BEGIN = Pattern("staff/{desk:desk}/{token:word}/begin")

NOT_MINE = Pattern("notmine/{page:int}")
NOT_MINE_DAY = Pattern("notmine/{day:day}/{desk:desk}")
NOT_MINE_SURE = Pattern("notmine/{day:day}/{desk:desk}/sure")
NOT_MINE_BACK = Pattern("notmine/{day:day}/{desk:desk}/back")
