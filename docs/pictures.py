"""Draws the README's chart, calendar and roll-up: `python docs/pictures.py docs/images`, from invented data.

They come from the recipes that draw them for secretaries, members and organisers.
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
CARD: dict[str, Any] = {
    "title": "Thành Đoàn Hương Sen",
    "week": "Tuần 47, 16/11–22/11/2026",
    "keys": [
        ["86%", "người dân hài lòng (1.204 lượt)"],
        ["71/75", "đơn vị có hoạt động"],
        ["78%", "đoàn viên có cam kết"],
    ],
    "panels": [
        {
            "name": "Được người",
            "points": 81,
            "indicators": [["Đoàn viên đã kết nối", 0.87], ["Đoàn viên có cam kết", 0.78]],
        },
        {
            "name": "Được việc",
            "points": 79,
            "indicators": [["Cam kết đã làm", 0.72], ["Cam kết chưa báo cáo", 0.06]],
        },
        {
            "name": "Được tổ chức",
            "points": 94,
            "indicators": [["Đơn vị có hoạt động", 0.95], ["Đơn vị có bí thư đã kết nối", 0.92]],
        },
        {
            "name": "Được lòng dân",
            "points": 80,
            "indicators": [["Lượt đánh giá hài lòng", 0.86], ["Góp ý đã trả lời", 0.67]],
        },
    ],
    "of_hundred": "/100",
    "nothing": "Chưa có số liệu",
    "note": "Tính từ số liệu của chương trình này (bộ chỉ tiêu phiên bản 1), không phải điểm chính thức.",
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
    """Write the pictures into a folder."""
    for name, recipe, data in (
        ("digest.png", "digest_chart", CHART),
        ("month.png", "month_calendar", CALENDAR),
        ("rollup.png", "rollup_card", CARD),
    ):
        (Path(folder) / name).write_bytes(draw(recipe, data))


if __name__ == "__main__":
    main(*sys.argv[1:])
