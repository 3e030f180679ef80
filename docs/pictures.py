"""Draws the README's chart and calendar: `python docs/pictures.py docs/images`, from invented data.

Both come from the recipes that draw them for secretaries and members.
"""

import sys
from pathlib import Path
from typing import Any

from handlers.documents.recipes import draw

CHART: dict[str, Any] = {
    "title": "Chi đoàn Sở Nội vụ",
    "week": "Tuần 47, 16/11–22/11/2026",
    "levels": {"5": 31, "4": 18, "3": 5, "2": 2, "1": 1},
    "levels_title": "Người dân đánh giá: 57 lượt",
    "suppressed_text": "",
    "level_names": [
        "Rất hài lòng",
        "Hài lòng",
        "Bình thường",
        "Không hài lòng",
        "Rất không hài lòng",
    ],
    "satisfied_title": "Tỷ lệ hài lòng 5 tuần",
    "satisfied": [["T43", 0.78], ["T44", 0.81], ["T45", 0.84], ["T46", 0.83], ["T47", 49 / 57]],
    "pledges_title": "Cam kết theo từng trách nhiệm",
    "pledge_names": ["Đã làm", "Được một phần", "Chưa làm được", "Chưa báo cáo"],
    "pledges": [
        ["Trách nhiệm với công việc", 41, 9, 3, 4],
        ["Trách nhiệm với nhân dân", 28, 6, 2, 1],
        ["Trách nhiệm với chính mình", 17, 4, 5, 3],
    ],
}
_DONE = (2, 3, 4, 9, 10, 12, 16, 17, 18, 23, 24)
_WEEKENDS = (1, 7, 8, 14, 15, 21, 22, 28, 29)
CALENDAR: dict[str, Any] = {
    "title": "Những ngày của tôi, tháng 11/2026",
    "weekday_names": ["T2", "T3", "T4", "T5", "T6", "T7", "CN"],
    "first": "2026-11-01",
    "today": "2026-11-25",
    "days": {
        **{str(day): "done" for day in _DONE},
        **{str(day): "off" for day in (*_WEEKENDS, 20)},
        "5": "partly",
        "6": "late",
        "11": "not_done",
        "13": "missed",
        "19": "partly",
        "25": "pledged",
    },
    "legend": [
        ["done", "Đã làm"],
        ["partly", "Được một phần"],
        ["not_done", "Chưa làm được"],
        ["late", "Ghi muộn"],
        ["pledged", "Chưa báo cáo"],
        ["missed", "Chưa ghi"],
        ["off", "Ngày nghỉ"],
    ],
    "footer": "Bạn đã ghi nhận đều 6 ngày làm việc. Rất đáng khen!",
}


def main(folder: str) -> None:
    """Write both pictures into a folder."""
    for name, recipe, data in (
        ("digest.png", "digest_chart", CHART),
        ("month.png", "month_calendar", CALENDAR),
    ):
        (Path(folder) / name).write_bytes(draw(recipe, data))


if __name__ == "__main__":
    main(*sys.argv[1:])
