"""Reads the configuration: file, secrets files, environment, in rising order of precedence."""

import os
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import (
    NestedSecretsSettingsSource,
    SecretsSettingsSource,
    SettingsError,
)

from bot.config.demo import demo_values, may_change, secret_of
from bot.config.fitting import misfits
from bot.config.mistakes import ConfigMistakes, Origins, reason, unknown
from bot.config.settings import Settings, setting_names
from handlers.texts import DEFAULT, LANGUAGES, Speaker

PREFIX = "BOT_"
CONFIG, SECRETS_DIR = "BOT_CONFIG", "BOT_SECRETS_DIR"  # say where to read: no settings themselves
USUAL_FILE = Path("config.toml")

Values = dict[str, dict[str, Any]]


@dataclass
class _Read:
    """Everything that was read, and the mistakes found on the way."""

    values: Values = field(default_factory=dict)
    origins: Origins = field(default_factory=Origins)
    mistakes: list[str] = field(default_factory=list)
    speech: Speaker = field(default_factory=lambda: Speaker(language()))


def language(preferred: object = None) -> str:
    """The operator's language, before or without a valid configuration: environment, then file."""
    said = os.environ.get("BOT_OPERATOR__LANGUAGE", preferred)
    return said if isinstance(said, str) and said in LANGUAGES else DEFAULT


def config_file(named: Path | None = None) -> Path | None:
    """The file the settings are read from: `named`, or else BOT_CONFIG, or else ./config.toml."""
    if named is not None:
        return named
    in_environment = os.environ.get(CONFIG)
    if in_environment:
        return Path(in_environment)
    return USUAL_FILE if USUAL_FILE.is_file() else None


def secrets_folder() -> Path | None:
    """The folder of secrets files, where one is named and exists."""
    folder = Path(os.environ.get(SECRETS_DIR) or os.devnull)
    return folder if folder.is_dir() else None


def load(config: Path | None = None, *, demo: bool = False) -> Settings:
    """Read the settings; raises ConfigMistakes with every mistake found.

    `config` or else BOT_CONFIG or else ./config.toml. Without any of them and without a BOT_*
    variable, or when `demo` is asked for: the demo.
    """
    path = config_file(config)
    if demo or (path is None and not _bot_variables()):
        return _load_demo()
    read = _Read()
    if path is not None:
        _read_file(read, path)
    if read.mistakes:
        raise ConfigMistakes(read.mistakes)
    _read_secrets(read)
    _read_environment(read)
    return _checked(read)


def _bot_variables() -> list[str]:
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX))


def _read_file(read: _Read, path: Path) -> None:
    speech = read.speech
    try:
        text = path.read_text(encoding="utf-8-sig")  # Notepad writes a byte order mark
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        read.mistakes.append(f"{path}: " + speech("is not UTF-8; save it again as UTF-8"))
    except OSError as error:
        read.mistakes.append(
            f"{path}: " + speech("cannot be read ({detail})", detail=error.strerror)
        )
    except tomllib.TOMLDecodeError as error:
        read.mistakes.append(_syntax_mistake(path, str(error), speech))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 1,000 brackets
        read.mistakes.append(_syntax_mistake(path, type(error).__name__, speech))
    else:
        section = data.get("operator")
        if isinstance(section, Mapping):
            read.speech = Speaker(language(section.get("language")))
        read.values = data
        read.origins.file, read.origins.text = str(path), text


def _syntax_mistake(path: Path, detail: str, speech: Speaker) -> str:
    found = re.search(r"line (\d+)", detail)
    place = f"{path}:{found[1]}" if found else str(path)
    return f"{place}: " + speech("is not valid TOML ({detail})", detail=detail)


def _read_secrets(read: _Read) -> None:
    directory = os.environ.get(SECRETS_DIR)
    if not directory:
        return
    folder = Path(directory)
    try:
        present = sorted(each.name for each in folder.iterdir())
        source = SecretsSettingsSource(Settings, secrets_dir=folder)
        found = NestedSecretsSettingsSource(source, secrets_prefix="")()
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        detail = getattr(error, "strerror", None) or type(error).__name__
        read.mistakes.append(
            f"{SECRETS_DIR}: " + read.speech("cannot be read ({detail})", detail=detail)
        )
        return
    for section in [name for name, keys in found.items() if not isinstance(keys, Mapping)]:
        del found[section]  # a file named telegram would hide telegram__token
        place = folder / section
        read.mistakes.append(f"{place}: " + unknown(f"{section}__", read.speech, setting_names()))
    _merge(read.values, found)
    for name in present:
        if "__" in name:
            read.origins.secrets[name.lower().replace("__", ".")] = str(folder / name)


def _read_environment(read: _Read) -> None:
    known = setting_names()
    variables = [f"{PREFIX}{name.upper().replace('.', '__')}" for name in known]
    for name in _bot_variables():
        if name.upper() in {CONFIG, SECRETS_DIR}:
            continue
        key = name[len(PREFIX) :].lower().replace("__", ".", 1)
        if key in known:
            read.origins.variables[key] = name
        else:
            read.mistakes.append(f"{name}: " + unknown(name.upper(), read.speech, variables))
    _merge(read.values, _from_environment(read.origins.variables))


def _from_environment(variables: Mapping[str, str]) -> Values:
    chosen: Values = {}
    for key, variable in variables.items():
        section, name = key.split(".")
        chosen.setdefault(section, {})[name] = os.environ[variable]
    return chosen


def _merge(values: Values, more: Mapping[str, Any]) -> None:
    for section, keys in more.items():
        here = values.setdefault(section, {})
        if isinstance(here, dict):  # what is no section is named as a mistake by the validation
            here.update(keys)


def _mend(values: Values, section: str, rest: list[str]) -> None:
    if rest:
        del values[section][rest[0]]
    else:
        del values[section]


def _checked(read: _Read) -> Settings:
    """Validated settings, or every mistake: of the values, then of what must fit together."""
    settings, wrong = _validated(read)
    for key, sentence in misfits(settings):
        if key not in wrong:
            read.mistakes.append(f"{read.origins.place(key)}: {read.speech(sentence)}")
    if read.mistakes:
        raise ConfigMistakes(read.mistakes)
    return settings


def _validated(read: _Read) -> tuple[Settings, set[str]]:
    """Settings with every wrong key left at its default, and the keys that were wrong."""
    try:
        return Settings.model_validate(read.values), set()
    except ValidationError as error:
        wrong: set[str] = set()
        sound = deepcopy(read.values)
        for detail in error.errors(include_url=False, include_input=False):
            section, *rest = [str(step) for step in detail["loc"]]
            key = ".".join([section, *rest[:1]])
            if key in wrong:
                continue
            wrong.add(key)
            read.mistakes.append(
                f"{read.origins.place(key)}: {reason(detail, read.speech, setting_names())}"
            )
            _mend(sound, section, rest)
        return Settings.model_validate(sound), wrong


def _load_demo() -> Settings:
    read = _Read()
    _read_environment(read)
    variables = {key: name for key, name in read.origins.variables.items() if may_change(key)}
    read.values = demo_values(_from_environment(variables))
    settings = _validated(read)[0]
    if read.mistakes:
        raise ConfigMistakes(read.mistakes)
    complete = Settings.model_validate({**read.values, "privacy": {"secret": secret_of(settings)}})
    complete._demo = True
    return complete
