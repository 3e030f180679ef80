"""`invite`: one-time links for people of the roster, a link for a chat group, slips to print."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Settings
    from handlers.official.operator_invites import Made, Wanted

Role = Literal["member", "secretary"]

_TELEGRAM_ANSWERS_WITHIN_S = 3.0


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "invite",
        usage="--unit CODE --role member|secretary [--person CODE | --all | --group] "
        "[--slips FILE.pdf] | --revoke LINK  [--config FILE]",
        summary=say("Make one-time links by which members and secretaries join."),
        more=say(
            "One link a line on standard output, everything else on standard error. A link works once, "
            "for the person it names, else for one person of the unit who picks their name; it expires "
            "after joining.invite_days. It cannot be shown again: only a keyed hash of it is stored. "
            "The page behind it offers every way in, Telegram too."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot invite --unit C1 --role secretary --person P2\n"
            "  python -m bot invite --unit C1 --role member --all --slips slips.pdf\n"
            "  python -m bot invite --unit C1 --group\n"
            "  python -m bot invite --revoke https://danhgia.example.vn/i/…\n"
            "Next: send each link to its person alone. Secretaries invite their own people with /moi."
        ),
    )
    def invite(
        *,
        unit: Annotated[str | None, Parameter(help=say("The unit to join."))] = None,
        role: Annotated[Role | None, Parameter(help=say("As what."))] = None,
        person: Annotated[
            str | None, Parameter(help=say("Whom alone it lets in, by their code."))
        ] = None,
        everyone: Annotated[
            bool,
            Parameter(
                name="--all",
                help=say("A link for each who has not joined yet."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        group: Annotated[
            bool,
            Parameter(
                help=say("One link for the unit's own chat group; its secretary agrees to each."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        slips: Annotated[
            Path | None, Parameter(help=say("Also write slips with QR codes to this PDF file."))
        ] = None,
        revoke: Annotated[
            str | None,
            Parameter(help=say("Withdraw the invitation of this link."), allow_leading_hyphen=True),
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        from handlers.official.operator_invites import Wanted

        if revoke is not None:
            if unit or role or person or everyone or group or slips:
                raise Misused(say("--revoke goes with --config only."))
            return withdraw(revoke, settings_of(config, terminal), terminal)
        if unit is None:
            raise Misused(say("{name} is missing. See --help.", name="--unit"))
        if role is None and not group:
            raise Misused(say("{name} is missing. See --help.", name="--role"))
        if sum((person is not None, everyone, group)) > 1:
            raise Misused(say("Choose one of --person, --all and --group."))
        if group and role == "secretary":
            raise Misused(say("The link of a chat group lets in members only."))
        if slips is not None and not slips.parent.is_dir():
            raise CannotDo(say("There is no folder {folder}.", folder=slips.parent))
        wanted = Wanted(unit, role or "member", person, everyone=everyone, group=group)
        return make(wanted, slips, settings_of(config, terminal), terminal)


def make(wanted: "Wanted", slips: Path | None, settings: "Settings", terminal: Terminal) -> int:
    """Store the invitations, print their links, write the slips."""
    from bot.app import real_clock
    from bot.config import is_loopback
    from handlers.official.operator_invites import make_invites

    now, say = real_clock(), terminal.say
    expires = now + timedelta(days=settings.joining.invite_days)
    with opened(settings, terminal) as database:
        made = database.run_now(lambda session: make_invites(session, wanted, now, expires, say))
    if not made:
        terminal.tell(say("Everybody on the list has joined already."))
        return 0
    if slips is not None:
        _write_slips(made, expires, slips, settings, terminal)
    if is_loopback(urlsplit(settings.public_url).hostname or ""):
        terminal.tell(
            say("These links open on this machine only: set web.public_url before you send them.")
        )
    name = _telegram_name(settings)
    for each in made:
        terminal.result(link_of(each, settings))
        _explain(each, name, settings, terminal)
    terminal.tell(say("Valid until {moment}.", moment=_said(expires, settings)))
    return 0


def _said(moment: "datetime", settings: "Settings") -> str:
    return moment.astimezone(settings.policy().timezone).strftime("%H:%M %d/%m/%Y")


def link_of(made: "Made", settings: "Settings") -> str:
    """The address that opens the invitation on every way in."""
    return f"{settings.public_url}/i/{made.token}"


def _explain(made: "Made", name: str | None, settings: "Settings", terminal: Terminal) -> None:
    """On standard error: whom the link is for, and the same invitation on Telegram."""
    say = terminal.say
    if made.group:
        terminal.tell(say("For the chat group of {unit}.", unit=made.unit_name))
    elif made.person is not None:
        person = made.person
        terminal.tell(say("For {name} ({code}).", name=person.full_name, code=person.code))
        if person.linked:
            terminal.tell(
                say("{name} has joined already: this adds one more chat.", name=person.full_name)
            )
    else:
        terminal.tell(say("For one person of {unit}, who picks their name.", unit=made.unit_name))
    if settings.telegram.token.get_secret_value():
        shown = name or say("<name of the bot>")
        terminal.tell(f"  Telegram: https://t.me/{shown}?start=i-{made.token}")


def _telegram_name(settings: "Settings") -> str | None:
    """The bot's name, if Telegram says it quickly."""
    import httpx

    token = settings.telegram.token.get_secret_value()
    if not token:
        return None
    try:
        answer = httpx.get(
            f"{settings.telegram.api_base}{token}/getMe", timeout=_TELEGRAM_ANSWERS_WITHIN_S
        )
        body = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    result = body.get("result") if isinstance(body, dict) else None
    name = result.get("username") if isinstance(result, dict) else None
    return name if isinstance(name, str) else None


def _write_slips(
    made: "list[Made]", expires: "datetime", file: Path, settings: "Settings", terminal: Terminal
) -> None:
    from handlers.documents.slips import Slip, slips
    from handlers.documents.spreadsheets import replacing
    from handlers.texts import DEFAULT, Speaker

    say = Speaker(DEFAULT, citizen=settings.province.citizen)
    until = _said(expires, settings)
    drawn = slips(
        [
            Slip(
                "" if each.person is None else each.person.full_name,
                each.unit_name,
                each.role,
                link_of(each, settings),
                until,
                group=each.group,
            )
            for each in made
        ],
        say,
    )
    with replacing(file) as stream:
        stream.write(drawn)
    terminal.tell(
        terminal.say.count(
            "{n} slip written to {file}.", "{n} slips written to {file}.", len(made), file=file
        )
    )


def withdraw(link: str, settings: "Settings", terminal: Terminal) -> int:
    """Make a link lead nowhere."""
    from bot.app import real_clock
    from handlers.official.operator_invites import revoke_invite

    say = terminal.say
    with opened(settings, terminal) as database:
        before = database.run_now(lambda session: revoke_invite(session, link, real_clock(), say))
    said = {
        "open": say("Withdrawn: the link leads nowhere from now on."),
        "used": say("It was used already; to undo it, the person sends /roi to the bot."),
        "revoked": say("It was withdrawn before."),
        "expired": say("It had expired already."),
    }
    terminal.tell(said[before])
    return 0
