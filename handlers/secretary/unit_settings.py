"""What a unit decides for itself: shown with whose word it is, changed, inherited again, undone."""

from collections.abc import Sequence
from typing import Any

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.own_unit import own_unit
from handlers.secretary.setting_actions import (
    INHERIT,
    SET_TO,
    SET_TYPED,
    SETTING,
    SETTINGS,
    UNDO_SETTING,
    UNIT_SETTINGS,
)
from handlers.secretary.setting_kinds import KINDS, SettingKind, Unfit
from handlers.turn import Turn
from storage.queries.audit import find_entry, record
from storage.queries.digest import unit_name
from storage.queries.tree import ancestors, has_units_below
from storage.queries.unit_settings import OWN_ONLY, Held, change_setting, in_force, own_settings

CHANGE = "setting.change"


def settings(turn: Turn) -> Sequence[Reply]:
    """The settings of the unit one leads; of several, which?"""
    units = turn.official.units("secretary")
    if len(units) == 1:
        return unit_settings(turn, units[0].unit_id)
    title = turn.say("The settings of which unit?")
    choices = tuple(
        Choice(label=each.unit_name, action=UNIT_SETTINGS.build(unit=each.unit_id))
        for each in units
    )
    return [reply(Title(text=title), Choices(label=title, choices=choices))]


def unit_settings(turn: Turn, unit: int) -> Sequence[Reply]:
    """Every setting with the value in force."""
    own_unit(turn, unit)
    return [_overview(turn, unit)]


def _overview(turn: Turn, unit: int, *parts_first: Part, undo: Choice | None = None) -> Reply:
    say, standing = turn.say, own_unit(turn, unit)
    held = in_force(turn.session, unit)
    buttons = [
        Choice(label=say(kind.label), action=SETTING.build(unit=unit, name=name))
        for name, kind in KINDS.items()
    ]
    home = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="quiet")
    below = has_units_below(turn.session, [unit])
    return reply(
        *parts_first,
        Title(text=say("Settings of {unit}", unit=standing.unit_name)),
        *(Text(text=_line(turn, unit, kind, held[name])) for name, kind in KINDS.items()),
        Text(text=say("Units below yours take these over unless they decide otherwise."))
        if below
        else None,
        Choices(
            label=say("What would you like to change?"),
            choices=(*([undo] if undo else []), *buttons, home),
        ),
    )


def _line(turn: Turn, unit: int, kind: SettingKind, held: Held) -> str:
    say = turn.say
    values: dict[str, object] = {
        "setting": say(kind.label),
        "value": "; ".join(kind.shown(say, held.value).split("\n")),
    }
    if held.unit_id is None:
        return say("{setting}: {value} (as usual)", **values)
    if held.unit_id == unit:
        return say("{setting}: {value} (decided here)", **values)
    above = unit_name(turn.session, held.unit_id).name
    return say("{setting}: {value} (as {unit} decided)", unit=above, **values)


def ask(turn: Turn, unit: int, name: str) -> Sequence[Reply]:
    """One setting: what holds, what it could be."""
    own_unit(turn, unit)
    return [_question(turn, unit, name)] if name in KINDS else [_overview(turn, unit)]


def _question(turn: Turn, unit: int, name: str, error: str = "") -> Reply:
    say, kind = turn.say, KINDS[name]
    held = in_force(turn.session, unit)[name]
    own = getattr(own_settings(turn.session, unit), name)
    field = Field(
        action=SET_TYPED.build(unit=unit, name=name),
        label=say(kind.typed),
        send=say("Save"),
        value=turn.text if error else own if isinstance(own, str) else "",
        error=error,
        most=kind.most,
        lines=kind.lines,
        digits_to=kind.digits_to,
    )
    return reply(
        Title(text=say(kind.question)),
        Text(text=_line(turn, unit, kind, held)),
        Text(text=say(kind.hint)) if kind.hint else None,
        _offered(turn, unit, name, own),
        field if kind.typed else None,
        _others(turn, unit, name, own),
    )


def _offered(turn: Turn, unit: int, name: str, own: Any) -> Choices | None:
    say, kind = turn.say, KINDS[name]
    if not kind.offered:
        return None
    choices = tuple(
        Choice(
            label=kind.shown(say, each).capitalize(),
            action=SET_TO.build(unit=unit, name=name, value=_word(each)),
            pressed=True if own is not None and each == own else None,
        )
        for each in kind.offered
    )
    return Choices(label=say(kind.question), choices=choices, columns=2)


def _word(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _others(turn: Turn, unit: int, name: str, own: Any) -> Choices:
    say, choices = turn.say, []
    if own is not None:
        above = len(ancestors(turn.session, unit)) > 1 and name not in OWN_ONLY
        label = say("As the unit above has it") if above else say("Take it back")
        choices.append(Choice(label=label, action=INHERIT.build(unit=unit, name=name)))
    back = Choice(label=say("‹ Go back"), action=UNIT_SETTINGS.build(unit=unit), look="quiet")
    return Choices(label=say("What would you like to do?"), choices=(*choices, back))


def set_to(turn: Turn, unit: int, name: str, value: str) -> Sequence[Reply]:
    """A value was pressed."""
    own_unit(turn, unit)
    offered = {_word(each): each for each in KINDS[name].offered} if name in KINDS else {}
    if value not in offered:
        return ask(turn, unit, name)
    return [_changed(turn, unit, name, offered[value])]


def set_typed(turn: Turn, unit: int, name: str) -> Sequence[Reply]:
    """A value was typed; what does not fit is shown again with what is wrong."""
    own_unit(turn, unit)
    if name not in KINDS:
        return ask(turn, unit, name)
    try:
        value = KINDS[name].read(turn.text)
    except Unfit as unfit:
        return [_question(turn, unit, name, turn.say(unfit.sentence, **unfit.values))]
    return [_changed(turn, unit, name, value)]


def inherit(turn: Turn, unit: int, name: str) -> Sequence[Reply]:
    """The unit's own word is taken back."""
    own_unit(turn, unit)
    return [_changed(turn, unit, name, None)] if name in KINDS else ask(turn, unit, name)


def undo(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """A change is taken back, unless the setting was changed again since."""
    own_unit(turn, unit)
    found = find_entry(turn.session, entry)
    if found is None or found.action != CHANGE or found.unit_id != unit or found.details is None:
        raise Refused(
            turn.say("There is nothing to undo."),
            f"entry {entry} is no change of a setting of unit {unit}",
        )
    name, before, after = (found.details[key] for key in ("name", "before", "after"))
    if name not in KINDS or getattr(own_settings(turn.session, unit), name) != after:
        say = turn.say("This was changed again since; nothing was undone.")
        return [_overview(turn, unit, Text(text=say, tone="alert"))]
    return [_changed(turn, unit, name, before, may_undo=False)]


def _changed(turn: Turn, unit: int, name: str, value: Any, *, may_undo: bool = True) -> Reply:
    say, label = turn.say, turn.say(KINDS[name].label)
    before = change_setting(turn.session, unit, name, value)
    if before == value:
        told = say("{setting}: nothing was changed.", setting=label)
        return _overview(turn, unit, Text(text=told, tone="strong"))
    entry = record(
        turn.session,
        at=turn.now,
        actor_id=turn.official.person_id,
        action=CHANGE,
        unit_id=unit,
        details={"name": name, "before": before, "after": value},
    )
    action = UNDO_SETTING.build(unit=unit, entry=entry)
    back = Choice(label=say("Undo"), action=action, look="primary") if may_undo else None
    told = say("{setting}: changed.", setting=label) if may_undo else say("Taken back.")
    return _overview(turn, unit, Text(text=told, tone="strong"), undo=back)


ROUTES = [
    Route(SETTINGS, settings, secretary),
    Route(UNDO_SETTING, undo, secretary, again=UNIT_SETTINGS),
    Route(UNIT_SETTINGS, unit_settings, secretary),
    Route(INHERIT, inherit, secretary, again=UNIT_SETTINGS),
    Route(SET_TYPED, set_typed, secretary),
    Route(SET_TO, set_to, secretary, again=UNIT_SETTINGS),
    Route(SETTING, ask, secretary),
]
