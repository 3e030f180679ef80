#!/bin/sh
# `ba-trach-nhiem-bot COMMAND …`, for root: python -m bot as the service runs it, with its user,
# settings and secrets. Files are named from /var/lib/ba-trach-nhiem-bot on.
set -eu
home=/opt/ba-trach-nhiem-bot settings=/etc/ba-trach-nhiem-bot
cd /var/lib/ba-trach-nhiem-bot
exec runuser -u ba-trach-nhiem-bot -- env PYTHONPATH="$home" PYTHONDONTWRITEBYTECODE=1 \
    BOT_CONFIG="$settings/config.toml" BOT_SECRETS_DIR="$settings/secrets" \
    "$home/.venv/bin/python" -m bot "$@"
