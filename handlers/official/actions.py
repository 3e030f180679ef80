"""Every action an official's button can carry, whatever their role; `token` is an invitation's."""

from handlers.routing import Pattern

HOME_MENU = Pattern("home")

JOIN = Pattern("join/{token:word}")
JOIN_YES = Pattern("join-yes/{token:word}")
JOIN_AS = Pattern("join-yes/{token:word}/{person:int}")
JOIN_NAMES = Pattern("join-names/{token:word}/{page:int}")
JOIN_FIND = Pattern("join-find/{token:word}")
JOIN_ME = Pattern("join-me/{token:word}/{person:int}")
JOIN_NOT_ME = Pattern("join-no/{token:word}")
JOIN_TAKE_BACK = Pattern("join-back/{token:word}")

CHATS = Pattern("chats")
CHAT_REMINDERS = Pattern("chats/{link:int}/{on:int}")
CHATS_OFF = Pattern("chats/off")
CHAT_ADD = Pattern("chats/add")

LEAVE = Pattern("leave")
LEAVE_CHAT = Pattern("leave/{link:int}")
LEAVE_ALL = Pattern("leave/all")
