"""The ASGI app: the page behind every QR, health, metrics, webhooks."""
