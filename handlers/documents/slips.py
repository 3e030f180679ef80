"""Printable slips: several invitations on an A4 page, to be cut and handed out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers.documents.typesetting import breakable, qr_svg, typeset
from handlers.texts import Speech

_TEMPLATE = Path(__file__).parent / "slip.typ"


@dataclass(frozen=True)
class Slip:
    """One invitation as its slip says it; `name` is "" where people pick theirs."""

    name: str
    unit_name: str
    role: str
    url: str
    until: str
    group: bool = False


def slips(each_one: Sequence[Slip], say: Speech) -> bytes:
    """A PDF with eight slips a page, in the order given, in the language of `say`.

    ValueError without slips: there is no PDF without pages.
    """
    if not each_one:
        raise ValueError("no slips to print")
    return typeset(_TEMPLATE, slip_data(each_one, say), "pdf")[0]


def slip_data(each_one: Sequence[Slip], say: Speech) -> str:
    """Everything the template prints, as JSON."""
    return json.dumps(
        {
            "language": say.language,
            "movement": say("Movement “3 responsibilities”"),
            "title": say("Invitation to join"),
            "slips": [_printed(slip, say) for slip in each_one],
        }
    )


def _printed(slip: Slip, say: Speech) -> dict[str, str]:
    once = say("Point your phone's camera at the code. It works once, until {day}.", day=slip.until)
    many = say(
        "Point your phone's camera at the code and pick your name; your secretary agrees. "
        "Until {day}.",
        day=slip.until,
    )
    return {
        "name": slip.name or say("Pick your name"),
        "unit_name": slip.unit_name,
        "role": say("Secretary") if slip.role == "secretary" else say("Member"),
        "how": many if slip.group else once,
        "keep": "" if slip.group else say("For you alone: please do not pass it on."),
        "shown_url": breakable(slip.url),
        "qr": qr_svg(slip.url),
        "alt": say("QR code that opens {url}", url=slip.url),
    }
