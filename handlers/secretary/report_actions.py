"""Every action about a unit's own reports; `unit` is a unit's id, and each route checks who leads
it. `section` is a section's place in the report, counted from 0."""

from handlers.routing import Pattern

REPORTS = Pattern("reports")
UNIT = Pattern("reports/{unit:int}")
EARLIER = Pattern("reports/{unit:int}/{period:period}/earlier")

REPORT = Pattern("report/{unit:int}/{period:period}")
DOCX = Pattern("report/{unit:int}/{period:period}/docx")
XLSX = Pattern("report/{unit:int}/{period:period}/xlsx")

SECTIONS = Pattern("report/{unit:int}/{period:period}/text")
SECTION = Pattern("report/{unit:int}/{period:period}/text/{section:int}")
REPLACE = Pattern("report/{unit:int}/{period:period}/text/{section:int}/put")
ADD = Pattern("report/{unit:int}/{period:period}/text/{section:int}/add")
ADDED = Pattern("report/{unit:int}/{period:period}/text/{section:int}/added")
USUAL = Pattern("report/{unit:int}/{period:period}/text/{section:int}/usual")
USUAL_YES = Pattern("report/{unit:int}/{period:period}/text/{section:int}/usual/yes")
FILE = Pattern("report/{unit:int}/{period:period}/file")
FILE_SENT = Pattern("report/{unit:int}/{period:period}/file/sent")

APPROVE = Pattern("report/{unit:int}/{period:period}/approve")
APPROVE_YES = Pattern("report/{unit:int}/{period:period}/approve/{revision:int}/{check:word}")
REVISE = Pattern("report/{unit:int}/{period:period}/revise")
REVISE_YES = Pattern("report/{unit:int}/{period:period}/revise/{revision:int}")
