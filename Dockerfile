# The program in a container; compose.yaml runs it beside PostgreSQL. Nothing of an installation is
# in the image: settings come as BOT_… variables, secrets as files of /run/secrets.
FROM python:3.11-slim AS build
COPY requirements/run.txt /build/run.txt
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /build/run.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home bot \
    && install -d -o bot -g bot -m 700 /data /backups
COPY --from=build /venv /venv
COPY LICENSE /app/
COPY storage/ /app/storage/
COPY handlers/ /app/handlers/
COPY bot/ /app/bot/
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib BOT_WEB__HOST=0.0.0.0
USER bot
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
