"""Files of sendPhoto, sendDocument and editMessageMedia: where they come from, what is refused."""

from __future__ import annotations

import struct
from typing import Any

from .errors import ApiError, bad_request
from .links import link_problem
from .parameters import JSON, Params, Upload
from .world import World

MAX_PHOTO = 10 * 1024 * 1024
MAX_DOCUMENT = 50 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURES = (_PNG, b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")


def read_file(world: World, params: Params, kind: str, source: Any) -> tuple[JSON, Upload]:
    """The Bot API form of the file ({"photo": […]} or {"document": {…}}) and its content.

    source: an uploaded part's own name, attach://part, a file_id seen before, or an address.
    """
    upload, file_id = _find(world, params, kind, source)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        width, height = _check_photo(upload.content)
        return {"photo": [_size(file_id, width, height, upload)]}, upload
    if len(upload.content) > MAX_DOCUMENT:
        raise ApiError(413, "Request Entity Too Large")
    document = {**_ids(file_id), "file_name": upload.name, "file_size": len(upload.content)}
    return {"document": document}, upload


def _find(world: World, params: Params, kind: str, source: Any) -> tuple[Upload, str]:
    text = str(source or "")
    part = params.files.get(text.removeprefix("attach://") if text else kind)
    if part is not None:
        return part, world.keep_file(part)
    if not text:
        raise bad_request(f"there is no {kind} in the request")
    if text in world.files:
        return world.files[text], text
    if text.startswith(("http://", "https://")) and link_problem(text) is None:
        remote = Upload(text.rsplit("/", 1)[-1], _PNG + text.encode())
        return remote, world.keep_file(remote)
    raise bad_request("wrong file identifier/HTTP URL specified")


def _check_photo(content: bytes) -> tuple[int, int]:
    if len(content) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo;"
            f" the maximum size is {MAX_PHOTO} bytes",
        )
    if not content.startswith(_PICTURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if content[12:16] != b"IHDR":
        return 1280, 720
    width, height = struct.unpack(">II", content[16:24])
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return int(width), int(height)


def _size(file_id: str, width: int, height: int, upload: Upload) -> JSON:
    return {
        **_ids(file_id),
        "width": width,
        "height": height,
        "file_size": len(upload.content),
    }


def _ids(file_id: str) -> JSON:
    return {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-8:]}"}
