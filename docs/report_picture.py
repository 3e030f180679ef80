"""Draws the first page of a report: `python docs/report_picture.py docs/images`, from invented data.

LibreOffice makes a PDF of the document, pdftoppm a picture of its first page. With a second folder
the document, its PDF and every page are kept there, to be looked at.
"""

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from handlers.documents.recipes import draw
from handlers.reports.automatic import Told
from handlers.reports.document import document
from handlers.reports.figures import Axis, Below, Counted, Figures, Panel, Share
from handlers.reports.frame import Frame
from handlers.reports.narrative import Narrative, official
from handlers.reports.opened import Opened
from handlers.reports.periods import read_period

_DPI = 96


def _counted(first: date, last: date, scale: float) -> Counted:
    def of(*counts: int) -> dict[str, int]:
        names = ("done", "partly", "not_done", "pledged")
        return {name: int(n * scale) for name, n in zip(names, counts, strict=True)}

    return Counted(
        first=first,
        last=last,
        members=412,
        pledged=int(355 * scale),
        reported=int(288 * scale),
        axes=(
            Axis(code="cong_viec", vi="Trách nhiệm với công việc", en="", pledges=of(2310, 402, 151, 96)),
            Axis(code="nhan_dan", vi="Trách nhiệm với nhân dân", en="", pledges=of(1764, 310, 98, 71)),
            Axis(code="chinh_minh", vi="Trách nhiệm với chính mình", en="", pledges=of(987, 201, 120, 64)),
        ),
        ratings=int(1874 * scale),
        satisfied=Share(n=int(1623 * scale), of=int(1874 * scale)),
        praised=(("high/nd1", 412), ("high/nd6", 377), ("high/cv4", 301)),
        blamed=(("low/cv4", 61), ("low/nd6", 33)),
    )  # fmt: skip


_NAMES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Y tế", "Thuế thành phố", "Cục Hải quan")


def _below(n: int) -> tuple[Below, ...]:
    return tuple(
        Below(
            code=f"C{i}",
            name=f"Chi đoàn {_NAMES[i % len(_NAMES)]}{f' {i // 6 + 1}' if n > 6 else ''}",
            pilot=i == 0,
            members=38 + i,
            pledged=30 + i % 9,
            pledges=1090 - 37 * (i % 20),
            ratings=412 - 57 * (i % 7),
            satisfied=None if i in {3, 5} else Share(n=300 - 40 * (i % 7), of=412 - 57 * (i % 7)),
        )
        for i in range(n)
    )


def report(*, approved: bool = True, units: int = 6, words: dict[str, str] | None = None) -> Opened:
    """A quarter of an invented organisation with units below it."""
    first, last = date(2026, 7, 1), date(2026, 9, 30)
    panel = Panel(vi="Được người", en="", points=88.4,
                  indicators=(("Đoàn viên đã kết nối", "", 0.93, 412), ("Đoàn viên có cam kết", "", 0.86, 412)))  # fmt: skip
    trust = Panel(vi="Được lòng dân", en="", points=85.0,
                  indicators=(("Lượt đánh giá hài lòng", "", 0.87, 1874), ("Góp ý đã trả lời", "", 0.81, 120)))  # fmt: skip
    figures = Figures(
        k=5,
        until=last,
        now=_counted(first, last, 1),
        before=_counted(date(2026, 4, 1), date(2026, 6, 30), 0.92),
        below=_below(units),
        units=Share(n=6, of=7) if units else None,
        panels=(panel, trust) if units else (),
    )
    told = Told("Đoàn các cơ quan thành phố", read_period("2026-Q3"), first, last, figures)
    frame = Frame(
        code="DCQ",
        unit=told.unit_name,
        upper="Thành Đoàn Đà Nẵng",
        symbol="BC/ĐTN",
        place="Đà Nẵng",
        signer_title="Bí thư",
        signer_name="",
        recipients=("- Thành Đoàn Đà Nẵng (để báo cáo);", "- Các đơn vị trực thuộc;", "- Lưu: VP."),
    )
    narrative = Narrative(words or {}, {})
    written = tuple(narrative.written(told, official()))
    day = date(2026, 10, 2) if approved else None
    return Opened(0, told, frame, narrative, written, 1, None, day)


def main(folder: str, keep: str = "") -> None:
    """Write report.png into a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(keep or scratch)
        work.mkdir(exist_ok=True)
        part = document(report())
        (work / "report.docx").write_bytes(draw(part.recipe, part.data))
        as_pdf(work / "report.docx")
        _run("pdftoppm", "-r", str(_DPI), "-png", str(work / "report.pdf"), str(work / "page"))
        _shrink(min(work.glob("page-*.png")), Path(folder) / "report.png")


def as_pdf(file: Path) -> Path:
    """What LibreOffice makes of a document, beside it."""
    profile = f"-env:UserInstallation=file://{file.parent}/profile"
    _run(
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(file.parent),
        str(file),
    )
    return file.with_suffix(".pdf")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def _shrink(page: Path, target: Path) -> None:
    from PIL import Image

    with Image.open(page) as picture:
        picture.convert("L").quantize(16).save(target, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
