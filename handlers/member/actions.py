"""Every action a member's button can carry. Those about a day carry it: a stale one asks first."""

from handlers.routing import Pattern

PLEDGE = Pattern("pledge")
PLEDGE_DAY = Pattern("pledges/{day:day}")
PLEDGE_AXIS = Pattern("pledges/{day:day}/{axis:word}")
TAKE = Pattern("pledge/{day:day}/{code:word}/{on:int}")
TAKE_IN = Pattern("pledge/{day:day}/{code:word}/{on:int}/{axis:word}")
AS_BEFORE = Pattern("asbefore/{day:day}")
PLEDGED = Pattern("pledged/{day:day}")

CHECKIN = Pattern("checkin")
CHECKIN_DAY = Pattern("checkin/{day:day}")
CHECKIN_ITEM = Pattern("checkin/{day:day}/{code:word}")
OUTCOME = Pattern("checkin/{day:day}/{code:word}/{outcome:word}")
ALL_DONE = Pattern("alldone/{day:day}")
NOTE = Pattern("note/{day:day}")

MINE = Pattern("mine")
MONTH = Pattern("mine/{first:day}")
OWN_SCORES = Pattern("scores")

REMINDERS = Pattern("reminders")
TIME = Pattern("reminders/{what:word}")
SET_TIME = Pattern("reminders/{what:word}/{at:word}")
TYPED_TIME = Pattern("remindertime/{what:word}")
QUIET = Pattern("quiet")
SET_QUIET = Pattern("quiet/{span:word}")
TYPED_QUIET = Pattern("quiettime")
PAUSE = Pattern("pause")
PAUSE_UNTIL = Pattern("pause/{until:day}")
TYPED_PAUSE = Pattern("pausetime")
RESUME = Pattern("resume")

DAYS_OFF = Pattern("daysoff")
NEW_DAYS_OFF = Pattern("daysoff/{kind:word}")
TYPED_DAYS_OFF = Pattern("daysofftyped/{kind:word}")
ADD_DAYS_OFF = Pattern("daysoff/{kind:word}/{first:day}/{last:day}")
DELETE_DAYS_OFF = Pattern("daysoffgone/{leave:int}")
