"""What a province decides: the settings that flows depend on, free of where they are read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Limits:
    """From when on a rating is kept but not counted; `flags` switches all of it off.

    Past `burst` ratings of one desk in `burst_minutes`; past `same_device` in the same minutes from
    browsers that look like one; past `same_person` of one account or browser at one desk on one day.
    """

    flags: bool = True
    burst: int = 30
    burst_minutes: int = 10
    same_device: int = 15
    same_person: int = 3


@dataclass(frozen=True)
class Policy:
    """Settings as the flows see them; bot.config builds it.

    `k`: scores are shown from this many ratings on. `retention_months`: how long a rating is
    kept, `backup_days` a backup of it. `citizen`: how citizens are addressed in Vietnamese. `petitions` and `complaints`: where
    a petition or a complaint belongs. `controller`: who keeps the ratings ("{đơn vị}" of the
    privacy notice). `zalo_url`: where people find the office on Zalo. `windows`: how long after a
    person's message a channel takes ours, by channel, where that ends. `saturdays`: Saturdays are
    working days too; a unit decides that (handlers.saturdays fits the policy to a unit or a person).
    `limits`: which ratings are kept but not counted.
    """

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    k: int = 5
    retention_months: int = 24
    backup_days: int = 30
    citizen: str = "Ông/Bà"
    controller: str = "Tỉnh Đoàn"
    petitions: str = "dichvucong.gov.vn, 18001096"
    complaints: str = "Ban Tiếp công dân"
    pledge_at: time = time(8)
    checkin_at: time = time(16, 30)
    shift_hours: int = 9
    digest_at: tuple[int, time] = (0, time(8))
    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()
    saturdays: bool = False
    invite_days: int = 14
    public_url: str = ""
    zalo_url: str = ""
    windows: Mapping[str, timedelta] = field(default_factory=dict, hash=False)
    limits: Limits = field(default_factory=Limits)
