"""Everything the audit log may hold, and how each entry reads: one sentence an action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from handlers.official.channel_names import channel_name
from handlers.secretary.hide_reasons import WHY
from handlers.texts import Speech, mark
from storage.queries.audit import Entry

# Placeholders: {who} did it, {name} of whom it tells; any other comes from the entry's details.
ACTIONS: dict[str, str] = {
    "invite.create": mark("{who} made an invitation for {name}."),
    "invite.create_any": mark("{who} made an invitation for anybody on the list ({role})."),
    "invite.resend": mark("{who} sent {name} the invitation again; the earlier one ended."),
    "invite.revoke": mark("{who} withdrew the invitation for {name}."),
    "invite.use": mark("{who} joined by invitation, on {channel}."),
    "invite.refuse": mark("Whoever opened the invitation for {name} said that it is not for them."),
    "group_link.create": mark("{who} made a link for the chat group."),
    "group_link.stop": mark("{who} stopped the link of the chat group."),
    "request.approve": mark("{who} let {name} in, on {channel}."),
    "request.decline": mark("{who} declined a request to join as {name}."),
    "chat.invite": mark("{who} made a link for one more messenger of their own."),
    "chat.unlink": mark("{who} unlinked a chat on {channel}."),
    "person.leave": mark("{who} left the program."),
    "member.add": mark("{who} put {name} on the list."),
    "member.remove": mark("{who} took {name} off the list."),
    "member.restore": mark("{who} put {name} back on the list."),
    "member.rename": mark("{who} corrected a name: {before} is now {after}."),
    "member.position": mark("{who} changed the position of {name}: {after}."),
    "member.move": mark("{who} moved {name} from {source} to {target}."),
    "member.move_undo": mark("{who} moved {name} back from {target} to {source}."),
    "office.offer": mark("{who} offered the office of secretary to {name}."),
    "office.withdraw": mark("{who} withdrew the offer of the office to {name}."),
    "office.accept": mark("{who} accepted the office of secretary from {giver}."),
    "office.decline": mark("{who} declined the office of secretary offered by {giver}."),
    "secretary.appoint": mark("{who} appointed {name} secretary."),
    "secretary.end": mark("{who} ended the office of secretary of {name}."),
    "secretary.restore": mark("{who} gave {name} the office of secretary back."),
    "setting.change": mark("{who} changed a setting of the unit."),
    "shift.begin": mark("{name} began a shift at {desk}."),
    "shift.end": mark("{name} ended a shift at {desk}."),
    "shift.resume": mark("{name} took back that a shift at {desk} had ended."),
    "shift.forgotten": mark("A shift of {name} at {desk} ended by itself."),
    "shift.correct": mark("{name} corrected when a shift at {desk} ended."),
    "day.dispute": mark("{name} said that {day} at {desk} was not their shift."),
    "day.dispute_undo": mark("{name} took back that {day} at {desk} was not their shift."),
    "day.decline": mark("{who} declined: {day} at {desk} stays the shift of {name}."),
    "rating.detach": mark("{who} decided that {day} at {desk} does not count for {name}."),
    "comment.hide": mark("{who} hid a comment of {week}: {reason}."),
    "comment.show": mark("{who} showed a hidden comment of {week} again."),
    "improvement.publish": mark("{who} published what changed at desk {desk}."),
    "improvement.change": mark("{who} changed the text of what changed at desk {desk}."),
    "improvement.hide": mark("{who} took down what changed at desk {desk}."),
    "report.edit": mark("{who} edited the report of {period}."),
    "report.approve": mark("{who} approved the report of {period}, revision {revision}."),
    "report.revise": mark("{who} began revision {revision} of the report of {period}."),
    "report.return_undone": mark("{who} took back the return of the report of {period}."),
    "report.return": mark("{who} sent the report of {period} back, revision {revision}."),
    "roster.import": mark("{who} imported a list."),
    "roster.undo": mark("{who} undid an import."),
}

_ROLES = {"member": mark("member"), "secretary": mark("secretary")}
_NOTHING = "–"


@dataclass(frozen=True)
class Known:
    """Names the entries need: people by id and by code, units by code."""

    by_id: Mapping[int, str]
    by_code: Mapping[str, str]
    units: Mapping[str, str]


def sentence(say: Speech, entry: Entry, known: Known) -> str:
    """What happened, for people."""
    values = _values(say, entry, known)
    text = ACTIONS.get(entry.action)
    if text is None:
        return say("{who}: {action}", who=values["who"], action=entry.action)
    wanted = {name for _, name, _, _ in Formatter().parse(text) if name}
    return say(text, **{name: values.get(name) or _NOTHING for name in wanted})


def _values(say: Speech, entry: Entry, known: Known) -> dict[str, str]:
    details = entry.details or {}
    values = {name: _said(value) for name, value in details.items() if value is not None}
    values["who"] = _who(say, entry, known)
    values["name"] = _name(say, details, known)
    if "channel" in details:
        values["channel"] = channel_name(say, str(details["channel"]))
    if details.get("role") in _ROLES:
        values["role"] = say(_ROLES[details["role"]])
    if details.get("reason") in WHY:
        values["reason"] = say(WHY[details["reason"]])
    if "day" in details:
        values["day"] = f"{date.fromisoformat(str(details['day'])):%d/%m/%Y}"
    for name in ("source", "target"):
        if name in details:
            values[name] = known.units.get(str(details[name]), str(details[name]))
    if "giver" in details:
        values["giver"] = known.by_code.get(str(details["giver"]), str(details["giver"]))
    return values


def _said(value: object) -> str:
    """A value as it is read; a day (2026-11-16) as people write it."""
    try:
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    except ValueError:
        return str(value)


def _who(say: Speech, entry: Entry, known: Known) -> str:
    if entry.actor_id is not None:
        return known.by_id.get(entry.actor_id, _NOTHING)
    return say("The administration") if entry.by == "operator" else say("The program")


def _name(say: Speech, details: Mapping[str, Any], known: Known) -> str:
    code = details.get("person")
    if code is None:
        return say("anybody on the list")
    return known.by_code.get(str(code), str(code))
