"""`python -m bot …`: one command per thing an operator does; how each of them may fail."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, Group
from cyclopts.exceptions import CycloptsError

from bot.commands import ALL
from bot.commands.command import CannotDo, Misused
from bot.commands.failures import failure, misuse
from bot.commands.spoken_help import SpokenHelp
from bot.commands.terminal import Terminal
from bot.config import ConfigMistakes, language
from handlers.texts import Speaker

VERSION = "0.1.0"
OK, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def make_app(terminal: Terminal) -> App:
    """The command line, in the language the terminal speaks."""
    say = terminal.say
    app = App(
        name="python -m bot",
        version=VERSION,
        help=say(
            "Citizens rate how they were served, members pledge and report each day, secretaries get "
            "the week on Monday: on the web, in Telegram and in Zalo."
        ),
        help_epilogue=say(
            "To look around:   python -m bot run --demo\n"
            "To set it up:     copy config.example.toml to config.toml and fill it in, then\n"
            "                  python -m bot doctor\n"
            "                  python -m bot import roster.xlsx\n"
            "                  python -m bot qr --output posters.pdf\n"
            "                  python -m bot invite --unit CODE --role secretary --all\n"
            "                  python -m bot run\n"
            "More on a command: python -m bot COMMAND --help"
        ),
        usage=say("Usage: python -m bot COMMAND …"),
        group_commands=Group(say("Commands")),
        help_format="plaintext",
        help_formatter=SpokenHelp(say),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        exit_on_error=False,
        print_error=False,
    )
    for add in ALL:
        add(app, terminal)
    app["--help"].help = say("Show this help.")
    app["--version"].help = say("Show the version.")
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 something is wrong, 2 misused."""
    terminal = Terminal(Speaker(language()))
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        outcome = make_app(terminal)(tokens)
    except CycloptsError as error:
        terminal.tell(misuse(error, terminal.say))
        return MISUSED
    except (ConfigMistakes, CannotDo) as reason:
        for line in reason.lines:
            terminal.tell(line)
        return MISUSED if isinstance(reason, ConfigMistakes | Misused) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # nobody reads on, as with `… | head`: what is left goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last stop: an operator gets a sentence, not a trace
        terminal.tell(failure(error, terminal.say))
        return FAILED
    return outcome if isinstance(outcome, int) else OK
