"""Invitations, receipt codes, codes for linking, staff payloads: typed, in a link, as an address."""

from urllib.parse import quote

from handlers.citizen.receipt import looks_like_code
from handlers.messages import sound
from handlers.official.link_code import looks_like_link_code, names_link_code
from handlers.staff_link import is_staff_token, read_staff_payload
from tests.fuzz.given import Given
from tests.fuzz.ground import ground
from tests.fuzz.people import does
from tests.fuzz.watching import Finding

_SHAPES = (
    "1234567890", "12345 67890", "123 456 789", "123456789", "i-", "s-QC11-abcdefghij234567",
    "/start i-", "/start s-", "/start q-QC11", "https://x.vn/i/", "https://x.vn/s/QC11-abcdefghij234567",
    "join/", "code", "mã 123-456-789",
)  # fmt: skip
SEEDS = [each.encode() for each in _SHAPES]


def run(data: bytes) -> None:
    """Use one code in every way there is."""
    given, here = Given(data), ground()
    shape = given.pick((*_SHAPES, *here.made.tokens))
    code = given.pick((shape, shape + given.text(40), given.text(40), given.text(40) + shape))
    code = sound(code)
    looks_like_code(code)
    looks_like_link_code(code)
    names_link_code(code)
    if (staff := read_staff_payload(code)) and is_staff_token(here.database.keys, *staff):
        raise Finding("a staff token is guessed", code)
    how = given.number(5)
    if how == 0:
        does(here, given, text=code, channels=("telegram", "zalo_bot", "zalo_oa"))
    elif how == 1:
        does(here, given, action=given.pick(("code", "search")), text=code, channels=("web",))
    elif how == 2:
        does(here, given, action=f"{given.pick(('join', 'join-yes', 'staff/QC11'))}/{code}")
    else:
        where = given.pick(("/i/", "/s/", "/q/", "/tep/"))
        path = (where + quote(code, errors="replace")).encode()
        here.does(lambda: here.asks("GET", path, [(b"host", b"127.0.0.1:8080")]))
