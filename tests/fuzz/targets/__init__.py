"""The one list of targets: each entry of the program as a function from bytes to nothing.

A target's module has `run(data)`, which raises on whatever must not be, and `SEEDS` to begin from.
"""

ALL = (
    "telegram_posts",
    "zalo_bot_posts",
    "zalo_oa_posts",
    "actions",
    "typed_text",
    "codes",
    "web_requests",
    "web_forms",
    "web_visits",
    "signed_values",
    "roster_texts",
    "roster_workbooks",
    "roster_stored",
    "narratives",
    "configuration",
    "environment",
    "broken_databases",
    "backups",
    "telegram_answers",
    "zalo_bot_answers",
    "zalo_oa_answers",
)
