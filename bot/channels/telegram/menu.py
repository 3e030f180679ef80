"""The command menu beside Telegram's text field, in each language."""

from collections.abc import Mapping, Sequence

from handlers.texts import Speaker, mark

Commands = Mapping[str, Sequence[tuple[str, str]]]

_MENU = {
    "vi": {
        "start": mark("Start again"),
        "danhgia": mark("Rate a desk"),
        "ma": mark("See, change or withdraw by receipt code"),
        "riengtu": mark("How privacy is protected"),
        "ngonngu": mark("Change the language"),
        "trogiup": mark("How it works"),
    },
    "en": {
        "start": mark("Start again"),
        "rate": mark("Rate a desk"),
        "code": mark("See, change or withdraw by receipt code"),
        "privacy": mark("How privacy is protected"),
        "language": mark("Change the language"),
        "help": mark("How it works"),
    },
}


def command_menu() -> Commands:
    """(command, description) by language; both languages' commands are always understood."""
    return {
        language: [(command, Speaker(language)(text)) for command, text in menu.items()]
        for language, menu in _MENU.items()
    }
