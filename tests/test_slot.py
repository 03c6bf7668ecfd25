"""Slots: the vectors of the reference on delivery, and what must hold for every schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.slot import Schedule, extra_id, issue_id, latest_slot, named, next_slot


def weekly(zone: str, day: int, at: str) -> Schedule:
    return Schedule(frozenset({day}), time.fromisoformat(at), ZoneInfo(zone))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BERLIN_NIGHT = weekly("Europe/Berlin", 6, "02:30")


@pytest.mark.parametrize(
    ("schedule", "now", "key", "due", "state"),
    [
        (BERLIN_NIGHT, "2026-03-29T01:31", "weekly:2026-03-29", "2026-03-29T01:30", "due"),
        (BERLIN_NIGHT, "2026-10-25T00:31", "weekly:2026-10-25", "2026-10-25T00:30", "due"),
        (BERLIN_NIGHT, "2026-10-25T01:31", "weekly:2026-10-25", "2026-10-25T00:30", "due"),
        (
            weekly("America/Santiago", 6, "00:00"),
            "2026-09-06T04:01",
            "weekly:2026-09-06",
            "2026-09-06T04:00",
            "due",
        ),
        (
            weekly("Europe/Berlin", 0, "09:00"),
            "2026-11-28T12:00",
            "weekly:2026-11-23",
            "2026-11-23T08:00",
            "expired",
        ),
        (weekly("Pacific/Apia", 4, "09:00"), "2011-12-31T00:00", "weekly:2011-12-30", "2011-12-30T19:00", "due"),
    ],
)
def test_a_slot_survives_gaps_folds_and_skipped_days(
    schedule: Schedule, now: str, key: str, due: str, state: str
) -> None:
    slot = latest_slot(utc(now), schedule)
    assert (slot.key, slot.due, slot.state) == (key, utc(due), state)


def test_a_daily_slot_later_today_is_not_due_yet() -> None:
    daily = Schedule(frozenset(range(7)), time(9), ZoneInfo("Asia/Shanghai"))
    slot = latest_slot(datetime(2026, 11, 27, 8, tzinfo=ZoneInfo("Asia/Shanghai")), daily)
    assert slot.key == "weekly:2026-11-26"


def test_the_grace_is_counted_from_the_instant_and_its_end_belongs_to_it() -> None:
    schedule = weekly("Asia/Shanghai", 4, "09:07")
    due = utc("2026-11-27T01:07")
    assert latest_slot(due, schedule).state == "due"
    assert latest_slot(due + timedelta(days=3), schedule).state == "due"
    assert latest_slot(due + timedelta(days=3, seconds=1), schedule).state == "expired"


zones = st.sampled_from(
    ["Europe/Berlin", "America/Santiago", "Pacific/Apia", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Gaza", "UTC"]
).map(ZoneInfo)
schedules = st.builds(
    Schedule,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times(),
    zones,
)
moments = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- the strategy adds the zone


@given(schedules, moments)
def test_the_next_slot_becomes_the_latest_one_at_its_instant_and_not_before(schedule: Schedule, now: datetime) -> None:
    latest, following = latest_slot(now, schedule), next_slot(now, schedule)
    assert latest.due <= now < following.due
    assert latest_slot(following.due, schedule).key == following.key
    assert latest_slot(following.due - timedelta(microseconds=1), schedule).key == latest.key
    assert following.day.weekday() in schedule.days


@given(schedules, moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_slots_never_go_back_while_the_clock_goes_on(schedule: Schedule, now: datetime, later: timedelta) -> None:
    assert latest_slot(now, schedule).day <= latest_slot(now + later, schedule).day


@pytest.mark.parametrize(
    ("day", "days", "name"),
    [
        (date(2026, 11, 27), (4,), "2026-W48"),
        (date(2026, 11, 26), (0, 3), "2026-W48-4"),
        (date(2027, 1, 1), (4,), "2026-W53"),
        (date(2024, 12, 30), (0,), "2025-W01"),
    ],
)
def test_an_issue_is_named_by_its_iso_week(day: date, days: tuple[int, ...], name: str) -> None:
    assert issue_id(day, days) == name


def test_a_further_issue_takes_the_first_free_extra_name() -> None:
    assert extra_id("2026-W48", []) == "2026-W48-x1"
    assert extra_id("2026-W48", ["2026-W48", "2026-W48-x1"]) == "2026-W48-x2"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("2026-11-27", "weekly:2026-11-27"),
        ("weekly:2026-11-27", "weekly:2026-11-27"),
        ("2026-W48", "weekly:2026-11-27"),
        ("2026-11-26", None),
        ("2026-W60", None),
        ("2026-W48-5", None),
        ("2026-W48-x1", None),
        ("yesterday", None),
    ],
)
def test_a_slot_is_named_by_its_date_or_by_the_id_of_its_issue(name: str, key: str | None) -> None:
    friday = Schedule(frozenset({4}), time(9, 7), ZoneInfo("Asia/Shanghai"))
    slot = named(name, datetime(2026, 11, 20, tzinfo=UTC), friday)
    assert (slot and slot.key) == key


def test_a_slot_of_several_weekdays_is_named_with_its_weekday() -> None:
    twice = Schedule(frozenset({0, 3}), time(9, 7), ZoneInfo("Asia/Shanghai"))
    slot = named("2026-W48-4", datetime(2026, 11, 20, tzinfo=UTC), twice)
    assert slot
    assert slot.day.isoformat() == "2026-11-26"
    assert named("2026-W48", datetime(2026, 11, 20, tzinfo=UTC), twice) is None
