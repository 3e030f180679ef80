"""What operators rely on: units, containers, alerts and the runbook name what there is."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import make_app
from bot.commands.terminal import Terminal
from bot.config import setting_names
from bot.observability import REGISTRY
from bot.parts import PARTS
from handlers.jobs import ALL
from handlers.texts import Speaker

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "docs/operation.md", ROOT / "docs/operation.vi.md"]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
TIMERS = sorted((ROOT / "deploy").glob("*.timer"))
ALERTS = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
GRACE_S = 40  # the longest a door waits for what is under way, and the page server with it


def named(file: Path) -> str:
    return file.name


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def rules() -> list[dict[str, Any]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def metrics() -> dict[str, set[str]]:
    """Every name a rule may ask for, with its labels."""
    found: dict[str, set[str]] = {"up": {"job"}}
    for collector in set(REGISTRY._collector_to_names):
        labels = set(collector._labelnames)  # type: ignore[attr-defined]
        for name in REGISTRY._collector_to_names[collector]:
            found[name] = labels | {"le"}
    return found


def commands() -> set[str]:
    return {name for name in make_app(Terminal(Speaker("en"))) if not name.startswith("-")}


# Alerts.

_WORDS = {
    "time",
    "sum",
    "max",
    "min",
    "by",
    "rate",
    "increase",
    "and",
    "or",
    "absent",
    "histogram_quantile",
}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_a_metric_there_is_by_labels_it_has(rule: dict[str, Any]) -> None:
    known = metrics()
    expression = re.sub(r'"[^"]*"', '""', rule["expr"])
    asked = set()
    for name, matchers in re.findall(r"\b([a-z][a-z_]+)\b(?:\{([^}]*)\})?", expression):
        if name in known:
            asked.add(name)
            assert set(re.findall(r"([a-z]+)\s*[!=]", matchers)) <= known[name]
    assert asked
    labels = set().union(*(known[name] for name in asked))
    rest = set(re.findall(r"\b([a-z][a-z_]+)\b", re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", expression)))
    assert rest - _WORDS - asked <= labels, "a word that is neither metric, label nor PromQL"
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_alerts_ask_for_outcomes_and_jobs_there_are() -> None:
    said = "".join(text(file) for file in sorted((ROOT / "bot").rglob("*.py")))
    for rule in rules():
        for values in re.findall(r'(?:outcome|result|lane)!?=~?"([^"]*)"', rule["expr"]):
            for value in values.split("|"):
                assert f'"{value}"' in said, value
        for job in re.findall(r'\{job="([^"]*)"\}', rule["expr"].replace("up{", "")):
            assert job in {*(each.name for each in ALL), "ba-trach-nhiem-bot"}


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_alert_is_explained_and_no_other(guide: Path) -> None:
    rows = re.findall(r"^\| ([A-Z]\w+) \| (.+) \| (.+) \|$", text(guide), re.MULTILINE)
    assert [name for name, *_ in rows] == [rule["alert"] for rule in rules()]


def test_a_chapter_that_a_row_points_at_is_there() -> None:
    for guide, word in zip(GUIDES, ("see", "xem"), strict=True):
        pointed = re.findall(rf"{word} \*([^*]+)\*", text(guide))
        assert len(pointed) >= 4
        for title in pointed:
            assert f"**{title}.**" in text(guide), title


# The runbook.


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_command_setting_and_metric_the_runbook_names_is_there(guide: Path) -> None:
    shown = re.findall(r"`bot ([a-z]+)", text(guide))
    assert len(set(shown)) >= 8
    assert set(shown) <= commands()
    for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", text(guide)):
        if name.split(".")[0] in {each.split(".")[0] for each in setting_names()}:
            assert name in setting_names()
    for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text(guide)):
        assert name in metrics() or name in {"pg_dump", "max_connections"}, name


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_every_line_of_the_log_that_the_runbook_quotes_is_said(guide: Path) -> None:
    said = "".join(text(file) for file in sorted((ROOT / "bot").rglob("*.py")))
    quoted = re.findall(r"`([a-z]+(?: [a-z,]+)+)`", text(guide))
    lines = [
        line for line in quoted if line.split()[0] not in {"bot", "docker", "make", "systemctl"}
    ]
    assert len(lines) >= 4
    for line in lines:
        assert f'"{line}"' in said, line


def test_both_runbooks_have_the_same_chapters_and_blocks() -> None:
    english, vietnamese = map(text, GUIDES)
    for pattern in (r"^## (\d)\.", r"^       (.+)$"):
        assert re.findall(pattern, english, re.M) == re.findall(pattern, vietnamese, re.M)
    for pattern in (r"^### ", r"^\*\*[^*]+\.\*\*", r"^\|", r"^\d\. ", r"^   - "):
        found = [len(re.findall(pattern, each, re.M)) for each in (english, vietnamese)]
        assert found[0] == found[1] > 0, pattern


# systemd.


def unit(file: Path) -> configparser.ConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(file, encoding="utf-8")
    return parser


def credentials(file: Path) -> list[str]:
    return re.findall(r"^#?LoadCredential=(\w+):\S+/(\w+)$", text(file), re.MULTILINE)


@pytest.mark.parametrize("file", UNITS, ids=named)
def test_a_unit_runs_a_command_there_is_with_secrets_that_are_settings(file: Path) -> None:
    _, module, bot, command, *_ = shlex.split(unit(file)["Service"]["ExecStart"])
    assert (module, bot) == ("-m", "bot")
    assert command in commands()
    assert credentials(file)
    for name, path in credentials(file):
        assert name == path
        assert name.replace("__", ".") in setting_names()


def test_the_unit_lists_every_secret_there_is() -> None:
    from pydantic import SecretStr

    from bot.config import Settings

    secret = {
        f"{section}__{key}"
        for section, of in Settings.model_fields.items()
        for key, field in of.annotation.model_fields.items()  # type: ignore[union-attr]
        if isinstance(field.default, SecretStr)
    }
    main = next(file for file in UNITS if "backup" not in file.name)
    assert {name for name, _ in credentials(main)} == secret | {"database__url"}


def test_the_service_has_the_time_it_takes_to_end() -> None:
    main = next(file for file in UNITS if "backup" not in file.name)
    assert int(unit(main)["Service"]["TimeoutStopSec"]) > GRACE_S
    for service in ("web", "worker"):
        assert COMPOSE["services"][service]["stop_grace_period"] == "60s"


@pytest.mark.parametrize("file", [*UNITS, *TIMERS], ids=named)
def test_systemd_understands_the_unit(file: Path, tmp_path: Path) -> None:
    assert unit(file).sections()
    for each in (*UNITS, *TIMERS):  # a timer is looked at with its service
        program = text(each).replace("/opt/ba-trach-nhiem-bot/.venv/bin/python", sys.executable)
        (tmp_path / each.name).write_text(program, encoding="utf-8")
    if analyse := shutil.which("systemd-analyze"):
        found = subprocess.run(
            [analyse, "verify", "--man=no", str(tmp_path / file.name)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert [line for line in found.stderr.splitlines() if file.name in line] == []


# Containers.

_KEYS = {
    "build", "image", "restart", "stop_grace_period", "read_only", "tmpfs", "cap_drop", "security_opt",
    "depends_on", "environment", "secrets", "command", "ports", "profiles", "healthcheck", "volumes",
    "shm_size", "working_dir",
}  # fmt: skip


def test_compose_has_known_keys_and_names_what_there_is() -> None:
    services = COMPOSE["services"]
    assert set(COMPOSE) == {"x-bot", "services", "volumes", "secrets"}
    for name, service in services.items():
        assert set(service) <= _KEYS, name
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        for other in service.get("depends_on", ()):
            assert "healthcheck" in services[other]
    for name in services["web"]["secrets"]:
        assert name.replace("__", ".") in setting_names()


def test_compose_runs_every_part_and_commands_there_are() -> None:
    only = []
    for name in ("web", "worker", "backup"):
        command, *rest = COMPOSE["services"][name]["command"]
        assert command in commands()
        if rest[0] == "--only":
            only += rest[1].split(",")
    assert sorted(only) == sorted(PARTS)


def test_what_a_command_writes_in_a_container_outlives_it() -> None:
    """A path without a folder too; and the guides name the service where that is so."""
    tool = COMPOSE["services"]["backup"]
    assert f"backups:{tool['working_dir']}" in tool["volumes"]
    for guide in GUIDES:
        assert set(re.findall(r"docker compose run --rm (\w+)", text(guide))) == {"backup"}


def test_compose_sets_settings_there_are() -> None:
    for variable in COMPOSE["x-bot"]["environment"]:
        name = variable.removeprefix("BOT_").lower().replace("__", ".")
        assert variable == "BOT_SECRETS_DIR" or name in setting_names()


def test_the_image_copies_what_there_is_and_what_is_not_ignored() -> None:
    dockerfile = text(ROOT / "Dockerfile")
    ignored = text(ROOT / ".dockerignore").splitlines()
    sources = re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.MULTILINE)
    assert len(sources) >= 5
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source.rstrip('/')}" in ignored
    assert "://" not in dockerfile.replace("http://127.0.0.1:8080/healthz", "")
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER bot$", dockerfile, re.MULTILINE)
    for variable in re.findall(r"BOT_([A-Z_]+)=", dockerfile):
        assert variable.lower().replace("__", ".") in setting_names()


def test_secrets_of_an_installation_are_not_kept_by_git() -> None:
    assert {"/config.toml", "/secrets/", "/.env"} <= set(text(ROOT / ".gitignore").splitlines())
