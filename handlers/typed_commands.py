"""The words that are commands: behind a slash anywhere, bare where nothing else is asked."""

import unicodedata

from handlers.citizen.actions import (
    CANCEL,
    FIND,
    HELP,
    LANGUAGES,
    PRIVACY,
    RECEIPT,
    START,
)
from handlers.member.actions import CHECKIN, MINE, OWN_SCORES, PLEDGE, REMINDERS
from handlers.member.shift_actions import SHIFT
from handlers.names import folded
from handlers.official.actions import CHATS, LEAVE
from handlers.organiser.people_actions import BELOW
from handlers.routing import Pattern
from handlers.secretary.actions import DIGEST
from handlers.secretary.desk_actions import DESKS
from handlers.secretary.dispute_actions import DISPUTES
from handlers.secretary.invite_actions import INVITES
from handlers.secretary.report_actions import REPORTS
from handlers.secretary.setting_actions import SETTINGS
from handlers.texts import Speaker, mark

COMMANDS: dict[str, Pattern] = {  # both languages always work, whichever menu a client shows
    "start": START,
    "danhgia": FIND,
    "rate": FIND,
    "ma": RECEIPT,
    "code": RECEIPT,
    "riengtu": PRIVACY,
    "privacy": PRIVACY,
    "ngonngu": LANGUAGES,
    "language": LANGUAGES,
    "trogiup": HELP,
    "help": HELP,
    "camket": PLEDGE,
    "pledge": PLEDGE,
    "baocao": CHECKIN,
    "checkin": CHECKIN,
    "cuatoi": MINE,
    "nhatky": MINE,
    "mine": MINE,
    "nhac": REMINDERS,
    "reminders": REMINDERS,
    "bantin": DIGEST,
    "digest": DIGEST,
    "baocaoky": REPORTS,
    "report": REPORTS,
    "catruc": SHIFT,
    "shift": SHIFT,
    "diemcuatoi": OWN_SCORES,
    "scores": OWN_SCORES,
    "moi": INVITES,
    "invite": INVITES,
    "doanvien": INVITES,
    "members": INVITES,
    "donvi": BELOW,
    "units": BELOW,
    "quay": DESKS,
    "desks": DESKS,
    "kenh": CHATS,
    "chats": CHATS,
    "ngaytruc": DISPUTES,
    "disputes": DISPUTES,
    "caidat": SETTINGS,
    "settings": SETTINGS,
    "roi": LEAVE,
    "leave": LEAVE,
    "menu": START,
    "huy": CANCEL,
    "cancel": CANCEL,
}
_MENU = {
    "vi": ("start", "danhgia", "ma", "riengtu", "ngonngu", "trogiup"),
    "en": ("start", "rate", "code", "privacy", "language", "help"),
}
_MEANS = {
    START: mark("Start over"),
    FIND: mark("Rate a desk"),
    RECEIPT: mark("See, change or withdraw by receipt code"),
    PRIVACY: mark("How privacy is protected"),
    LANGUAGES: mark("Choose the language"),
    HELP: mark("How it works"),
}

_SPOKEN = {  # how the Vietnamese ones are written with accents
    "danhgia": "đánh giá",
    "ma": "mã",
    "riengtu": "riêng tư",
    "ngonngu": "ngôn ngữ",
    "trogiup": "trợ giúp",
    "camket": "cam kết",
    "baocao": "báo cáo",
    "cuatoi": "của tôi",
    "nhatky": "nhật ký",
    "nhac": "nhắc",
    "bantin": "bản tin",
    "baocaoky": "báo cáo kỳ",
    "catruc": "ca trực",
    "diemcuatoi": "điểm của tôi",
    "moi": "mời",
    "doanvien": "đoàn viên",
    "donvi": "đơn vị",
    "quay": "quầy",
    "kenh": "kênh",
    "ngaytruc": "ngày trực",
    "caidat": "cài đặt",
    "roi": "rời",
    "huy": "hủy",
}
_STOP = {"hủy", "huỷ", "huy", "cancel", "thôi", "thoi"}
_NAME = "huy"  # also a first name
_GREETING = {
    *("xin chào", "chào", "chào bạn", "chào em", "chào cháu", "alo", "hello", "hi", "bắt đầu"),
    *(
        "cảm ơn",
        "cám ơn",
        "xin cảm ơn",
        "cảm ơn cháu",
        "cảm ơn em",
        "cảm ơn bạn",
        "thank you",
        "thanks",
    ),
}
_NOTHING_MORE = {
    *("xong", "xong rồi", "hết", "hết rồi", "done", "no", "không", "ko", "không ạ", "không có"),
    *("không có gì", "không có gì thêm", "không góp ý gì", "nothing"),
}


def spoken_command(text: str) -> Pattern | None:
    """The command somebody means who types its bare word: "camket", "cam kết", "Bản tin"."""
    plain = _written(text)
    for name, spoken in _SPOKEN.items():
        if plain in (name, spoken, folded(spoken)):
            return COMMANDS[name]
    return COMMANDS.get(plain)


def means_greeting(text: str) -> bool:
    """Whether a text only greets or thanks: it searches nothing."""
    plain = _written(text)
    return plain in _GREETING or plain in map(folded, _GREETING)


def means_nothing_more(text: str) -> bool:
    """Whether a text says that there is nothing to add: it is no comment and no note."""
    plain = _written(text)
    return plain in _NOTHING_MORE or plain in map(folded, _NOTHING_MORE)


def means_stop(text: str, *, person: bool) -> bool:
    """Whether a text stops what is asked. Where a `person` is asked for, Huy is somebody's name."""
    plain = _written(text)
    return plain in _STOP and not (person and plain == _NAME)


def _written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().strip(" .!").split())


def command_menus() -> dict[str, list[tuple[str, str]]]:
    """The commands a messenger lists, by language: (command, what it does)."""
    return {
        language: [(name, Speaker(language)(_MEANS[COMMANDS[name]])) for name in names]
        for language, names in _MENU.items()
    }
