"""Raw requests to the web app: any method, address, header and body."""

from tests.fuzz.given import ODD_TEXTS, Given
from tests.fuzz.ground import ground
from tests.fuzz.watching import SECRETS

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "X")
PATHS = (
    "/", "/toi", "/chat", "/q/QC11", "/q/qc11?kiosk", "/q/ZZ9", "/quyen-rieng-tu", "/i/xxxxxxxxxxxxxxxxxxxxxx",
    "/s/QC11-abcdefghij234567", "/nhan", "/nhan/stream", "/nhan/da-nhan", "/file", "/tep/abc/x.png",
    "/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico", "/static/page.css", "/static/..%2f..%2fpasswd",
    "/hooks/telegram", "/hooks/zalo-bot", "/hooks/zalo-oa", "/hooks/other", "/trogiup", "/camket", "/baocaoky",
    "//example.com/", "/q/QC11/", "/q/%00", "/q/%ff", "*", "", "http://x/q/QC11",
)  # fmt: skip
HEADERS = (
    "host", "origin", "sec-fetch-site", "cookie", "content-type", "content-length", "accept-language",
    "accept-encoding", "authorization", "x-forwarded-for", "referer", "range", "if-none-match", "last-event-id",
    "transfer-encoding", "expect", "accept",
)  # fmt: skip
VALUES = (
    "127.0.0.1:8080", "http://127.0.0.1:8080", "null", "cross-site", "same-origin", "[", "http://[", "a b",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=undefined", "multipart/form-data; boundary=x; charset=utf-7",
    "application/x-www-form-urlencoded; charset=utf-16", "text/plain", "vi;q=0.1,en;q=nan", "vi;q=1e999", "q" * 9000,
    "bytes=0-", "gzip", "Bearer ", "Bearer " + SECRETS["metrics token"], "visitor=", "visitor=a.b.c", "chunked", "-1",
    "9" * 4400, "*",
)  # fmt: skip
_BODIES = (
    b"action=open%2FQC11&token=x",
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\xff\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\nPK\r\n--x--\r\n',
    b"a=1&" * 2000,
    b"%ff%00=%zz",
    b"x" * 70_000,
)
SEEDS = [bytes([number % 3, number, number, 2, number, number]) for number in range(40)]


def run(data: bytes) -> None:
    """Send one request."""
    given, here = Given(data), ground()
    method = given.pick(METHODS)
    target = given.pick(PATHS).encode()
    if given.yes(60):
        target += b"/" + given.raw(30)
    if given.yes(60):
        target += b"?" + given.raw(30)
    headers = [_header(given) for _ in range(given.number(7))]
    if given.yes():
        headers.append((b"cookie", here.cookie(given.pick(("", "C1S", "C1M", "TOPS")))))
    body = given.pick(_BODIES) if given.yes(100) else given.rest()
    here.does(lambda: here.asks(method, target, headers, body))


def _header(given: Given) -> tuple[bytes, bytes]:
    name = given.pick(HEADERS).encode()
    value = given.pick((*VALUES, *ODD_TEXTS)).encode("latin-1", "replace")
    if given.yes(80):
        value = given.raw(60)
    return name, value.translate(None, b"\r\n\x00")  # no server hands such a header over
