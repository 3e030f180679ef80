"""The settings of the program under fuzz: every entry is open, and nobody listens elsewhere."""

from typing import Any

from tests.fuzz.watching import SECRETS

_NOWHERE = "http://127.0.0.1:9"  # nobody listens there
SETTINGS: dict[str, Any] = {
    "privacy": {"secret": SECRETS["privacy secret"]},
    "web": {"metrics_token": SECRETS["metrics token"], "public_url": "http://127.0.0.1:8080"},
    "telegram": {
        "token": SECRETS["telegram token"],
        "api_base": f"{_NOWHERE}/bot",
        "mode": "webhook",
        "webhook_secret": SECRETS["telegram webhook secret"],
    },
    "zalo_bot": {
        "token": SECRETS["zalo token"],
        "api_base": f"{_NOWHERE}/bot",
        "mode": "webhook",
        "webhook_secret": SECRETS["zalo webhook secret"],
    },
    "zalo_oa": {
        "app_id": "4242",
        "app_secret": SECRETS["zalo app secret"],
        "oa_secret": SECRETS["zalo oa secret"],
        "refresh_token": SECRETS["zalo refresh token"],
        "api_base": _NOWHERE,
        "oauth_base": _NOWHERE,
    },
}
