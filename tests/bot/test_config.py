"""The configuration: where it is read from, and how its mistakes are named."""

import stat
import tomllib
from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config import ConfigMistakes, Settings, load, setting_names
from bot.config.mistakes import line_of
from storage.keys import Keys

SECRET = "a secret for the tests, long enough to be one"
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "config.toml") -> Path:
    file = Path(name)
    file.write_text(f'[operator]\nlanguage = "en"\n{text}', encoding="utf-8")
    return file


def mistakes(config: Path | None = None) -> list[str]:
    with pytest.raises(ConfigMistakes) as caught:
        load(config)
    return list(caught.value.lines)


def test_every_mistake_of_a_file_is_named_at_once_by_file_line_and_key() -> None:
    file = write(
        "[telegram]\n"
        'mode = "webhok"\n'
        'tokn = "123"\n'
        "[web]\n"
        "port = 99999\n"
        "kiosk_desks = [\n"
        '  "Q1",\n'
        '  "XX",\n'
        "]\n"
        'public_url = "https://danhgia.example.vn/"\n'
        "[schdule]\n"
        'timezone = "Asia/Ho_Chi_Minh"\n'
    )
    assert sorted(mistakes(file)) == sorted(
        [
            "config.toml:4: telegram.mode: must be one of: polling, webhook",
            "config.toml:5: telegram.tokn: there is no such setting; did you mean telegram.token?",
            "config.toml:7: web.port: must be at most 65535",
            (
                'config.toml:8: web.kiosk_desks: must hold desk codes such as "Q1", '
                'or "*" for every desk'
            ),
            "config.toml:12: web.public_url: must not end with a slash",
            "config.toml:13: schdule: there is no such setting; did you mean schedule?",
            (
                "config.toml: privacy.secret: is missing; make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            ),
        ]
    )


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("database.url", '"mysql://a/b"', "must be sqlite:///FILE or postgresql://"),
        ("database.url", '"sqlite://"', "must be sqlite:///FILE or postgresql://"),
        ("database.url", '"nothing"', "must be sqlite:///FILE or postgresql://"),
        ("database.pool_size", "0", "must be at least 1"),
        ("database.direct_url", '"sqlite:///var/x.sqlite"', "must be postgresql://USER"),
        ("database.replica_url", '"nowhere"', "must be postgresql://USER"),
        ("database.statement_timeout", "-1", "must be at least 0"),
        ("database.prepared_statements", '"often"', "must be one of"),
        ("web.host", '""', "must not be empty"),
        ("web.port", '"x"', "must be a whole number"),
        ("web.public_url", '"danhgia.example.vn"', "must be an address that starts with https"),
        ("web.public_url", '"https://a.vn/path"', "must be scheme and host only"),
        ("web.public_url", '"https://a.vn:port"', "must be an address that starts with https"),
        ("web.public_url", '"https://u:p@a.vn"', "must be scheme and host only"),
        ("web.kiosk_desks", "5", "must be a list"),
        ("web.trusted_proxies", '"10.0.0.300"', "must hold IP addresses"),
        ("telegram.token", '"12:a b"', "contains a blank"),
        ("telegram.webhook_secret", '"có dấu"', "may hold 1 to 256 letters"),
        ("telegram.proactive_per_second", "30", "must be at most 29.5"),
        ("telegram.proactive_per_second", "0", "must be more than 0"),
        ("schedule.timezone", '"Mars"', "is not a known time zone"),
        ("schedule.timezone", '"../etc"', "is not a known time zone"),
        ("schedule.digest_at", '"monday 8"', "must be a day of the week and a time, such as mon"),
        ("schedule.digest_at", '"08:00"', "must be a day of the week and a time, such as mon"),
        ("schedule.pledge_at", '"24:00"', "must be a time of day, such as 08:00"),
        ("schedule.checkin_at", "1630", "must be text between quotation marks"),
        ("schedule.days_off", '["2026-02-30"]', "must be a list of days, such as"),
        ("schedule.days_off", "5", "must be a list of days, such as"),
        ("schedule.working_days", "[2026-02-28T08:00:00]", "must be a list of days, such as"),
        ("joining.invite_days", "0", "must be at least 1"),
        ("joining.invite_days", "91", "must be at most 90"),
        ("privacy.secret", '"short"', "must have at least 32 characters"),
        ("privacy.old_secrets", '["short"]', "must have at least 32 characters"),
        ("privacy.k", '"five"', "must be a whole number"),
        ("province.citizen", "5", "must be text between quotation marks"),
        ("operator.log_level", '"LOUD"', "must be one of: DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_value_is_named_with_the_reason(key: str, value: str, said: str) -> None:
    section, name = key.split(".")
    file = Path("config.toml")
    lines = [f"{name} = {value}"]
    if section != "operator":
        file.write_text(f"[{section}]\n{lines[0]}\n[operator]\nlanguage = 'en'\n", "utf-8")
    else:
        file.write_text(f"[operator]\n{lines[0]}\nlanguage = 'en'\n", encoding="utf-8")
    found = [line for line in mistakes(file) if line.startswith(f"config.toml:2: {key}: ")]
    assert len(found) == 1
    assert said in found[0]


def test_no_mistake_repeats_the_value_it_complains_of(monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(
        '[telegram]\ntoken = "123456:AA very secret"\nwebhook_secret = "pass phrase!"\n'
        '[privacy]\nsecret = "hunter2"\nold_secrets = ["hunter1"]\n'
        '[database]\nurl = "mysql://bot:hunter3@db/bot"\n'
    )
    monkeypatch.setenv("BOT_WEB__METRICS_TOKEN", "hunter 4")
    said = "\n".join(mistakes(file))
    for value in ("AA very", "pass phrase", "hunter"):
        assert value not in said
    assert len(said.splitlines()) == 6


def test_a_file_that_is_no_toml_is_named_with_its_line() -> None:
    found = mistakes(write("[web]\nport = = 1\n"))
    assert len(found) == 1
    assert found[0].startswith("config.toml:4: ")


def test_a_file_that_is_not_there_is_named() -> None:
    found = mistakes(Path("nowhere.toml"))
    assert len(found) == 1
    assert found[0].startswith("nowhere.toml: ")


def test_a_file_that_is_not_utf_8_is_named() -> None:
    Path("config.toml").write_bytes('[province]\ncontroller = "Tỉnh"\n'.encode("utf-16"))
    assert len(mistakes()) == 1


def test_a_file_saved_by_notepad_is_read() -> None:
    Path("config.toml").write_bytes(f'﻿[privacy]\r\nsecret = "{SECRET}"\r\n'.encode())
    assert load().privacy.secret.get_secret_value() == SECRET


def test_a_variable_goes_before_a_secrets_file_and_that_before_the_config_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(
        f'[privacy]\nsecret = "{SECRET}"\n'
        '[telegram]\ntoken = "1:file"\nwebhook_secret = "file"\nmode = "polling"\n'
    )
    Path("secrets").mkdir()
    Path("secrets/telegram__token").write_text("1:secrets-file\n", encoding="utf-8")
    Path("secrets/telegram__webhook_secret").write_text("secrets-file\n", encoding="utf-8")
    Path("secrets/some_other_program").write_text("not ours", encoding="utf-8")
    monkeypatch.setenv("BOT_SECRETS_DIR", "secrets")
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "1:environment")
    telegram = load().telegram
    assert telegram.token.get_secret_value() == "1:environment"
    assert telegram.webhook_secret.get_secret_value() == "secrets-file"
    assert telegram.mode == "polling"


def test_a_mistake_in_a_secrets_file_names_that_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secrets").mkdir()
    Path("secrets/privacy__secret").write_text("short", encoding="utf-8")
    monkeypatch.setenv("BOT_SECRETS_DIR", "secrets")
    assert mistakes(write("")) == ["secrets/privacy__secret: must have at least 32 characters"]


def test_a_secrets_file_named_like_a_section_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secrets").mkdir()
    Path("secrets/telegram").write_text("1:x", encoding="utf-8")
    monkeypatch.setenv("BOT_SECRETS_DIR", "secrets")
    found = mistakes(write(f'[privacy]\nsecret = "{SECRET}"'))
    assert len(found) == 1
    assert found[0].startswith("secrets/telegram: there is no such setting")


def test_a_secrets_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_SECRETS_DIR", "nowhere")
    assert mistakes(write(f'[privacy]\nsecret = "{SECRET}"'))[0].startswith("BOT_SECRETS_DIR: ")


def test_mistakes_in_the_environment_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    monkeypatch.setenv("BOT_WEB__PORT", "many")
    monkeypatch.setenv("BOT_TELGRAM__TOKEN", "1:x")
    monkeypatch.setenv("BOT_WEB", "{}")
    assert mistakes() == [
        "BOT_TELGRAM__TOKEN: there is no such setting; did you mean BOT_TELEGRAM__TOKEN?",
        "BOT_WEB: there is no such setting; did you mean BOT_WEB__HOST?",
        "BOT_WEB__PORT: must be a whole number",
    ]


def test_lists_in_the_environment_are_written_with_commas_or_as_in_toml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    monkeypatch.setenv("BOT_WEB__KIOSK_DESKS", "q1, Q2")
    assert load().web.kiosk_desks == ("Q1", "Q2")
    monkeypatch.setenv("BOT_WEB__KIOSK_DESKS", '["q1", "Q2"]')
    assert load().web.kiosk_desks == ("Q1", "Q2")


def test_bot_config_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write(f'[privacy]\nsecret = "{SECRET}"\n[web]\nport = 8123\n', "other.toml")
    monkeypatch.setenv("BOT_CONFIG", "other.toml")
    assert load().web.port == 8123


def test_without_a_file_and_without_a_variable_it_is_the_demo() -> None:
    settings = load()
    assert settings.demo
    assert settings.database.url == "sqlite:///var/demo.sqlite"
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"


def test_one_variable_is_enough_to_leave_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    assert not load().demo


def test_the_demo_keeps_the_secret_it_made_and_keeps_it_to_itself() -> None:
    first = load(demo=True).privacy.secret
    assert load(demo=True).privacy.secret == first
    file = Path("var/demo.secret")
    assert file.read_text(encoding="ascii") == first.get_secret_value()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_demo_takes_its_port_from_outside_but_neither_host_nor_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('[web]\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("BOT_WEB__PORT", "8099")
    monkeypatch.setenv("BOT_WEB__HOST", "0.0.0.0")
    monkeypatch.setenv("BOT_TELEGRAM__TOKEN", "1:x")
    settings = load(demo=True)
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8099)
    assert settings.telegram.token == SecretStr("")


def test_a_webhook_needs_an_https_address_and_a_secret() -> None:
    file = write(
        f'[privacy]\nsecret = "{SECRET}"\n[web]\npublic_url = "http://danhgia.example.vn"\n'
        '[telegram]\ntoken = "1:x"\nmode = "webhook"\n'
    )
    address, secret = mistakes(file)
    assert address.startswith("config.toml:6: web.public_url: must start with https://")
    assert secret.startswith("config.toml: telegram.webhook_secret: is missing")


def test_a_webhook_on_this_machine_may_do_without_https() -> None:
    file = write(
        f'[privacy]\nsecret = "{SECRET}"\n[telegram]\nmode = "webhook"\nwebhook_secret = "x"\n'
    )
    assert load(file).public_url == "http://127.0.0.1:8080"


def test_zalo_cannot_post_to_this_machine_itself_only_a_server_here_can() -> None:
    text = f'[privacy]\nsecret = "{SECRET}"\n[zalo_bot]\nmode = "webhook"\nwebhook_secret = "12345678"\n'
    (address,) = mistakes(write(text))
    assert "web.public_url: must start with https://, because zalo_bot.mode" in address
    here = write(text + 'api_base = "http://127.0.0.1:9/bot"\n')
    assert load(here).public_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("10.1.2.3", "http://10.1.2.3:8080"),
    ],
)
def test_without_a_public_url_it_is_host_and_port(host: str, url: str) -> None:
    assert Settings.model_validate({"web": {"host": host}}).public_url == url


def test_settings_built_in_a_test_do_not_look_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_WEB__PORT", "1")
    write("[web]\nport = 2\n")
    assert Settings().web.port == 8080


def test_old_secrets_open_what_they_sealed() -> None:
    old = "an earlier secret, which was long enough too"
    settings = Settings.model_validate({"privacy": {"secret": SECRET, "old_secrets": [old]}})
    assert settings.keys().open(Keys(old).seal("một góp ý")) == "một góp ý"


def test_the_policy_says_what_the_province_says() -> None:
    settings = Settings.model_validate(
        {"province": {"citizen": "Anh/Chị"}, "privacy": {"k": 7}, "schedule": {"timezone": "UTC"}}
    )
    policy = settings.policy()
    assert (policy.citizen, policy.k, str(policy.timezone)) == ("Anh/Chị", 7, "UTC")


def test_the_policy_holds_times_and_days_as_they_are_meant() -> None:
    Path("config.toml").write_text(
        f'[privacy]\nsecret = "{SECRET}"\n[web]\npublic_url = "https://danhgia.example.vn"\n'
        '[schedule]\ndigest_at = "Fri 7:30"\npledge_at = "7:45"\ncheckin_at = "17:00"\n'
        'days_off = ["2026-02-16", 2026-02-20]\nworking_days = [2026-02-28]\n'
        "[joining]\ninvite_days = 3\n",
        encoding="utf-8",
    )
    policy = load().policy()
    assert policy.digest_at == (4, time(7, 30))
    assert (policy.pledge_at, policy.checkin_at) == (time(7, 45), time(17))
    assert policy.days_off == {date(2026, 2, 16), date(2026, 2, 20)}
    assert policy.working_days == {date(2026, 2, 28)}
    assert (policy.invite_days, policy.public_url) == (3, "https://danhgia.example.vn")


def test_days_in_the_environment_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    monkeypatch.setenv("BOT_SCHEDULE__DAYS_OFF", "2026-02-16, 2026-02-17")
    assert load().schedule.days_off == (date(2026, 2, 16), date(2026, 2, 17))


def test_a_day_cannot_be_off_and_worked_at_once() -> None:
    file = write(
        f'[privacy]\nsecret = "{SECRET}"\n[schedule]\ndays_off = [2026-02-16]\n'
        "working_days = [2026-02-16]\n"
    )
    (said,) = mistakes(file)
    assert said.startswith("config.toml:7: schedule.working_days: names a day that stands in")


def test_settings_do_not_show_secrets_when_printed() -> None:
    settings = Settings.model_validate(
        {"privacy": {"secret": SECRET}, "telegram": {"token": "1:token"}}
    )
    assert SECRET not in repr(settings)
    assert "1:token" not in repr(settings)


def commented_in() -> str:
    """The example with every commented-out default switched on."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    is_key = {f"# {name.split('.')[1]} = " for name in setting_names()}
    return "\n".join(
        line[2:] if any(line.startswith(start) for start in is_key) else line for line in lines
    )


def test_the_example_holds_every_setting_once_and_no_other() -> None:
    data = tomllib.loads(commented_in())
    assert [f"{section}.{key}" for section in data for key in data[section]] == setting_names()


def test_the_defaults_in_the_example_are_the_real_ones() -> None:
    assert Settings.model_validate(tomllib.loads(commented_in())) == Settings()


def test_every_key_of_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    names = {name.split(".")[1] for name in setting_names()}
    for before, line in pairwise(lines):
        if line.removeprefix("# ").split(" = ")[0] in names:
            above = before.removeprefix("# ").split(" = ")[0] in names  # host and port go together
            assert above or (before.startswith("# ") and before[2:].strip()), line


def test_the_example_asks_for_nothing_but_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert [line for line in mistakes() if "privacy.secret" not in line] == []
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    assert not load().demo


def test_every_setting_says_what_it_is_for() -> None:
    for section, field in Settings.model_fields.items():
        for key, setting in getattr(field.annotation, "model_fields", {}).items():
            assert setting.description, f"{section}.{key}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[web]\nport = 1", 2),
        ("# [web]\n[web]\n\n# port = 2\nport = 1", 5),
        ("web.port = 1", 1),
        ("web = { host = 'a', port = 1 }", 1),
        ('[web]\nhost = """\nport = 3\n"""\nport = 1', 5),
        ("[web]\nhost = ''\n[privacy]\nport = 1", None),
    ],
)
def test_a_key_is_found_however_it_is_written(text: str, line: int | None) -> None:
    assert line_of(text, ["web", "port"]) == line


@given(st.lists(st.sampled_from(["", "# port = 1", "host = ']'", "x = [\n  '[web]',\n]"])))
def test_a_key_is_found_behind_anything(before: list[str]) -> None:
    unique = [
        line.replace("host", f"h{n}").replace("x =", f"x{n} =") for n, line in enumerate(before)
    ]
    text = "\n".join([*unique, "[web]", "port = 1"])
    assert line_of(text, ["web", "port"]) == len(text.splitlines())
