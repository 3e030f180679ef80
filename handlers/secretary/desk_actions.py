"""Every action about the desks one looks after; each route checks whose desk or words they are.

`sheet`: a4, a6 or staff; `language`: vi, en or both. `number` is an improvement's.
"""

from handlers.routing import Pattern

DESKS = Pattern("desks")
FIND_DESK = Pattern("desks/find")
DESK_PAGE = Pattern("desks/page/{page:int}/{query:query}")
PRINT_ALL = Pattern("desks/sheets/{query:query}")
ALL_SHEETS = Pattern("desks/print/{sheet:brief}/{language:brief}/{query:query}")

DESK = Pattern("desk/{desk:desk}")
SHEET = Pattern("desk/{desk:desk}/print/{sheet:word}/{language:word}")

IMPROVEMENTS = Pattern("desk/{desk:desk}/done")
WRITE = Pattern("desk/{desk:desk}/done/write")
WRITTEN = Pattern("desk/{desk:desk}/done/written")
IMPROVEMENT = Pattern("desk/{desk:desk}/done/{number:int}")
REWRITE = Pattern("desk/{desk:desk}/done/{number:int}/write")
REWRITTEN = Pattern("desk/{desk:desk}/done/{number:int}/written")
PUBLISH_HERE = Pattern("desk/{desk:desk}/done/{number:int}/here")
PUBLISH_EVERYWHERE = Pattern("desk/{desk:desk}/done/{number:int}/unit")
SHOW_AGAIN = Pattern("desk/{desk:desk}/done/{number:int}/again")
TAKE_DOWN = Pattern("desk/{desk:desk}/done/{number:int}/down")
