"""Every action about the settings of a unit; each route checks who leads it.

`entry` is the number of the audit entry whose change is taken back.
"""

from handlers.routing import Pattern

SETTINGS = Pattern("settings")
UNIT_SETTINGS = Pattern("settings/{unit:int}")
SETTING = Pattern("settings/{unit:int}/{name:word}")
SET_TO = Pattern("settings/{unit:int}/{name:word}/to/{value:word}")
SET_TYPED = Pattern("settings/{unit:int}/{name:word}/typed")
INHERIT = Pattern("settings/{unit:int}/{name:word}/inherit")
UNDO_SETTING = Pattern("settings/{unit:int}/undo/{entry:int}")
