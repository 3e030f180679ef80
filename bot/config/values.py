"""The kinds of values settings take: addresses, secrets, lists, times, days; what makes one wrong."""

import re
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from bot.config.mistakes import Mistaken
from handlers.local_times import read_time, read_week_time, write_time, write_week_time
from handlers.texts import mark

SHORTEST_SECRET = 32


def _listed(value: object) -> object:
    """A list from one line of the environment: values separated by commas, or as in TOML."""
    if not isinstance(value, str):
        return value
    bare = value.strip().removeprefix("[").removesuffix("]")
    return tuple(part.strip().strip("\"'") for part in bare.split(",") if part.strip())


def _web_address(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname)
        well_formed = well_formed and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, brackets that do not match
        well_formed = False
    if not well_formed or re.search(r"\s|…", value):
        raise Mistaken(mark("must be an address that starts with https:// or http://"))
    return value


def _no_blanks(value: SecretStr) -> SecretStr:
    if re.search(r"\s", value.get_secret_value()):
        raise Mistaken(mark("contains a blank or a line break; copy it again"))
    if not value.get_secret_value().isascii():  # "…" of the guide; no header takes it either
        raise Mistaken(mark("contains letters with accents or “…”; copy it again"))
    return value


def _plain(value: str) -> str:
    return _no_blanks(SecretStr(value)).get_secret_value()


def _counted(value: object) -> object:
    if isinstance(value, float) or (isinstance(value, str) and "." in value):
        raise Mistaken(mark("must be a whole number without a point, such as 3000"))
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
        raise Mistaken(mark("must have at least {n} characters"), n=SHORTEST_SECRET)
    return value


def _local_time(value: str) -> str:
    try:
        return write_time(read_time(value))
    except ValueError as error:
        raise Mistaken(mark("must be a time of day, such as 08:00")) from error


def _week_time(value: str) -> str:
    try:
        return write_week_time(read_week_time(value))
    except ValueError as error:
        raise Mistaken(mark("must be a day of the week and a time, such as mon 08:00")) from error


def _days(value: object) -> object:
    """Days as TOML dates or as text, in a list or separated by commas."""
    listed = _listed(value)
    if not isinstance(listed, list | tuple):
        raise Mistaken(mark('must be a list of days, such as ["2026-02-16", "2026-02-17"]'))
    try:
        return tuple(each if type(each) is date else date.fromisoformat(each) for each in listed)
    except (TypeError, ValueError) as error:
        raise Mistaken(
            mark('must be a list of days, such as ["2026-02-16", "2026-02-17"]')
        ) from error


LocalTime = Annotated[str, AfterValidator(_local_time)]
WeekTime = Annotated[str, AfterValidator(_week_time)]
Days = Annotated[tuple[date, ...], BeforeValidator(_days)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
PlainText = Annotated[str, AfterValidator(_plain)]
Count = Annotated[int, BeforeValidator(_counted)]  # 3.000 is three thousand to a Vietnamese reader
Token = Annotated[SecretStr, AfterValidator(_no_blanks)]
Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Secrets = Annotated[tuple[Secret, ...], BeforeValidator(_listed)]
