"""Every action about reports that came up; each route checks that the unit lies below.

In `received/…` the unit is the organiser's own, in `sent/…` the one that sent the report.
"""

from handlers.routing import Pattern

RECEIVED = Pattern("received/{unit:int}")
RECEIVED_IN = Pattern("received/{unit:int}/{period:period}/{page:int}")

SENT = Pattern("sent/{unit:int}/{period:period}")
SENT_DOCX = Pattern("sent/{unit:int}/{period:period}/docx")
SENT_XLSX = Pattern("sent/{unit:int}/{period:period}/xlsx")
RETURN = Pattern("sent/{unit:int}/{period:period}/{revision:int}/back")
RETURN_BECAUSE = Pattern("sent/{unit:int}/{period:period}/{revision:int}/because")
RETURN_UNDO = Pattern("sent/{unit:int}/{period:period}/{revision:int}/undo")
