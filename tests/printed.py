"""A printed page as a phone's camera sees it: rendered at a resolution, worn, decoded."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

MM_PER_INCH = 25.4


@dataclass(frozen=True)
class Seen:
    """A code on a page: what it says, and how wide its symbol is on paper, without quiet zone."""

    text: str
    width_mm: float


def rendered(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page as it comes out of the printer."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        page.render(scale=dpi / 72, grayscale=True).to_pil()
        for page in (document[index] for index in range(len(document)))
    ]


def worn(page: Image.Image, *, degrees: float, blur: float, noise: int) -> Image.Image:
    """The page held askew, out of focus, in bad light; always in the same way."""
    turned = page.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    grey = np.asarray(turned.filter(ImageFilter.GaussianBlur(blur)), dtype=np.int16)
    speckle = np.random.default_rng(7).integers(-noise, noise + 1, grey.shape)
    return Image.fromarray(np.clip(grey * 0.8 + 20 + speckle, 0, 255).astype(np.uint8))


def codes(page: Image.Image, dpi: int) -> list[Seen]:
    """Every QR code on it, sorted by what it says."""
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)
    return sorted(
        (Seen(each.text, _width(each.position) / dpi * MM_PER_INCH) for each in found),
        key=lambda each: each.text,
    )


def _width(corners: zxingcpp.Position) -> float:
    left, right = corners.top_left, corners.top_right
    return float(np.hypot(right.x - left.x, right.y - left.y))


def texts(pdf: bytes) -> list[str]:
    """The text of every page, spaces evened out."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]


def ink(page: Image.Image, dpi: int) -> tuple[float, float, float, float]:
    """How far the ink stays from the left, upper, right and lower edge, in mm."""
    dark = np.asarray(page) < 200
    across, down = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    edges: Sequence[int] = (
        across[0],
        down[0],
        dark.shape[1] - 1 - across[-1],
        dark.shape[0] - 1 - down[-1],
    )
    left, upper, right, lower = (float(each) / dpi * MM_PER_INCH for each in edges)
    return left, upper, right, lower
