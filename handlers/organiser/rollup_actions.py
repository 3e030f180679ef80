"""Every action about the roll-up; `unit` is a unit's id, and each route checks who leads above it.

The roll-up itself has the digest's own actions (handlers.secretary.actions.WEEK): it takes its place.
"""

from handlers.routing import Pattern

CARD = Pattern("rollup/{unit:int}/{week:week}")
UNITS = Pattern("rollup/{unit:int}/{week:week}/units/{page:int}")
FIND_UNIT = Pattern("rollup/{unit:int}/{week:week}/find")
PICTURE = Pattern("rollup/{unit:int}/{week:week}/picture")
ROLLUP_SHEET = Pattern("rollup/{unit:int}/{week:week}/sheet")
OWN = Pattern("rollup/{unit:int}/{week:week}/own")
