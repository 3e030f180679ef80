"""The few static files, read once: named by their content, so that they may be kept for ever."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_HERE = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    url: str
    media_type: str
    content: bytes
    packed: bytes


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    url = f"/static/{path.stem}.{digest}{path.suffix}"
    return Asset(url, _TYPES[path.suffix], content, gzip.compress(content, mtime=0))


class Assets:
    """Every file of `static/`, by its plain name."""

    def __init__(self) -> None:
        self._named = {path.name: _read(path) for path in sorted(_HERE.iterdir())}
        self._served = {asset.url: asset for asset in self._named.values()}

    def url(self, name: str) -> str:
        """Where `name` is served."""
        return self._named[name].url

    async def serve(self, request: Request) -> Response:
        """GET /static/…"""
        asset = self._served.get(request.scope["path"])
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.content, media_type=asset.media_type, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.media_type, headers=headers)

    async def favicon(self, _request: Request) -> Response:
        """GET /favicon.ico, for whoever asks without reading the page."""
        icon = self._named["icon.svg"]
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(icon.content, media_type=icon.media_type, headers=headers)
