"""Ratings that are kept but not counted: answered as any other, and nobody is accused."""

from dataclasses import replace

import pytest

from handlers.policy import Limits
from storage.queries.tally import forget_tallies
from tests.conftest import Clock
from tests.officials import furnish_officials, joined
from tests.people import Place, Talker

CHANNELS = pytest.mark.parametrize("channel", ["telegram", "web"])


def limited(place: Place, **limits: object) -> Place:
    policy = replace(place.policy, limits=Limits(**limits))  # type: ignore[arg-type]
    return Place(place.database, place.clock, policy)


async def rates(talker: Talker, level: int = 5, desk: str = "Q1", nth: int = 1) -> str:
    await talker.opens(f"rate/{desk}/261116/{nth}/{level}")
    return talker.text()


async def statuses(place: Place) -> list[str]:
    return sorted(rating.status for rating in await place.ratings())


@CHANNELS
async def test_past_the_burst_of_a_desk_ratings_are_kept_and_flagged(
    place: Place, channel: str
) -> None:
    place = limited(place, burst=3)
    answers = [await rates(place.person(f"c{number}", channel)) for number in range(5)]
    assert await statuses(place) == ["active"] * 3 + ["flagged"] * 2
    without_codes = {"\n".join(each.split("\n")[:2]) for each in answers}
    assert len(without_codes) == 1, "whoever comes too many reads the same"


async def test_by_default_more_than_thirty_in_ten_minutes_are_a_burst(
    place: Place, clock: Clock
) -> None:
    for number in range(31):
        await rates(place.person(f"c{number}"))
        clock.move(seconds=9)
    assert await statuses(place) == ["active"] * 30 + ["flagged"]
    await rates(place.person("elsewhere"), desk="Q3")
    assert (await statuses(place)).count("flagged") == 1, "each desk has a measure of its own"


async def test_a_burst_is_over_when_its_minutes_are(place: Place, clock: Clock) -> None:
    place = limited(place, burst=3)
    for number in range(4):
        await rates(place.person(f"c{number}"))
    clock.move(minutes=20)
    await rates(place.person("later"))
    assert (await statuses(place)).count("flagged") == 1


async def test_a_queue_that_lasts_all_morning_is_no_burst(place: Place, clock: Clock) -> None:
    place = limited(place, burst=4)
    for number in range(20):
        await rates(place.person(f"c{number}"))
        clock.move(minutes=4)
    assert set(await statuses(place)) == {"active"}


@CHANNELS
async def test_of_one_person_the_fourth_visit_of_a_day_is_flagged(
    place: Place, channel: str
) -> None:
    an = place.person("an", channel)
    for nth in range(1, 6):
        await rates(an, nth=nth)
    assert await statuses(place) == ["active"] * 3 + ["flagged"] * 2


async def test_rating_anew_after_withdrawing_takes_no_flag_off(place: Place) -> None:
    place = limited(place, same_person=2)
    an = place.person("an")
    for _ in range(4):
        await rates(an)
        await an.opens("erase/Q1/261116/1")
    await rates(an)
    assert await statuses(place) == ["flagged", *["withdrawn"] * 4]


async def test_a_changed_level_stays_flagged(place: Place) -> None:
    place = limited(place, burst=1)
    await rates(place.person("first"))
    an = place.person("an")
    await rates(an, 5)
    await rates(an, 1)
    (flagged,) = [each for each in await place.ratings() if each.status == "flagged"]
    assert flagged.level == 1
    await an.opens("erase/Q1/261116/1")
    assert await statuses(place) == ["active", "withdrawn"]


async def looking_alike(place: Place, number: int, desk: str = "Q1", *, kiosk: bool = False) -> str:
    talker = place.person(f"v{number}", "web")
    talker.kiosk = kiosk
    await talker.does(action=f"rate/{desk}/261116/1/5", device="one kind of phone on one Wi-Fi")
    return talker.text()


async def test_a_browser_that_looks_new_each_time_is_flagged_past_a_family(place: Place) -> None:
    for number in range(17):
        await looking_alike(place, number)
    assert await statuses(place) == ["active"] * 15 + ["flagged"] * 2


async def test_those_who_look_alike_all_count_when_they_come_as_people_do(
    place: Place, clock: Clock
) -> None:
    for number in range(30):
        await looking_alike(place, number)
        clock.move(minutes=2)
    assert set(await statuses(place)) == {"active"}


async def test_one_device_cannot_use_up_the_measure_of_a_desk(place: Place) -> None:
    place = limited(place, burst=10, same_device=2)
    for number in range(20):
        await looking_alike(place, number)
    for number in range(8):
        await rates(place.person(f"honest{number}"))
    assert (await statuses(place)).count("active") == 10


async def test_a_tablet_on_the_counter_is_one_device_for_everybody(place: Place) -> None:
    place = limited(place, burst=12, same_device=2)
    for number in range(14):
        await looking_alike(place, number, kiosk=True)
    assert await statuses(place) == ["active"] * 12 + ["flagged"] * 2, "but bursts are bursts"


async def test_flags_can_be_switched_off(place: Place) -> None:
    place = limited(place, flags=False, burst=1)
    for number in range(3):
        await rates(place.person(f"c{number}"))
    assert set(await statuses(place)) == {"active"}


@CHANNELS
async def test_an_official_reads_that_the_rating_of_a_colleagues_desk_does_not_count(
    place: Place, channel: str
) -> None:
    await place.database.run(lambda s: furnish_officials(s, place.clock()))
    lan = await joined(place, "700", "C1", "member", "P1", channel)
    said = await rates(lan)
    assert "không tính vào điểm của quầy" in said
    assert "Rất hài lòng" in said
    assert await statuses(place) == ["flagged"]


async def test_an_official_is_a_citizen_at_the_desks_of_others(place: Place) -> None:
    await place.database.run(lambda s: furnish_officials(s, place.clock()))
    minh = await joined(place, "700", "C1", "member", "P2")
    said = await rates(minh, desk="Q3")
    assert "không tính vào điểm" not in said
    assert await statuses(place) == ["active"]


async def test_a_desk_where_one_is_on_duty_is_ones_own_wherever_it_stands(place: Place) -> None:
    await place.database.run(lambda s: furnish_officials(s, place.clock()))
    lan = await joined(place, "700", "C1", "member", "P1")
    await rates(lan, desk="Q13")  # of C2, where Lan is on duty
    bay = await joined(place, "800", "C2", "secretary", "S2")
    await rates(bay, desk="Q2")  # of C1, where Hoa of C2 is on duty
    assert await statuses(place) == ["flagged", "flagged"]


async def test_a_browser_that_an_official_used_today_is_the_offices(place: Place) -> None:
    somebody = place.person("v1", "web")
    await somebody.does(action="rate/Q1/261116/1/5", staff_device=True)
    assert "không tính vào điểm" not in somebody.text(), "it may be somebody else by now"
    assert await statuses(place) == ["flagged"]


async def test_the_counters_go_with_the_day(place: Place, clock: Clock) -> None:
    place = limited(place, burst=1)
    await rates(place.person("first"))
    clock.move(days=1)
    today = clock().date()
    assert await place.database.run(lambda s: forget_tallies(s, today)) == 2
    await place.person("an").opens("rate/Q1/261117/1/5")
    assert set(await statuses(place)) == {"active"}
