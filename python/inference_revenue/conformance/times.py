"""Dates as an accountant writes them, and the instants they stand for.

A case mostly gives bare dates. What a bare date means depends on the column:

==================  =====================================================
an event            midnight in the time zone of the case (left to staging)
an end              the last day served: the next midnight, half-open
a knowledge date    some time during that day: noon, or the event if later
a cut-off           the end of that day: the next midnight
==================  =====================================================

Noon keeps a row recorded on 6 April behind a cut-off "5 April" and before one of
"6 April", without asking anybody for clock times.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOON = time(12)


def bare_date(text: str) -> date | None:
    """The date, where the text is one and nothing more; else None."""
    if not _BARE_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a date (midnight in the zone) or a time (UTC or its offset).

    None where the text is neither, so that a case may feed a broken date on purpose.
    """
    day = bare_date(text)
    if day is not None:
        return midnight(day, zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The start of a day in the zone, as a UTC instant."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_day(text: str, zone: ZoneInfo) -> datetime | None:
    """A cut-off: the end of a bare date, or the instant as given."""
    day = bare_date(text)
    return instant(text, zone) if day is None else midnight(_next(day), zone)


def month_over(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first instant not before this one at which a month begins in the zone."""
    local = moment.astimezone(zone)
    begun = midnight(local.date().replace(day=1), zone)
    if begun == moment:
        return moment
    days = monthrange(local.year, local.month)[1]
    return midnight(local.date().replace(day=1) + timedelta(days=days), zone)


def end_as_landed(text: str) -> str:
    """An end as the input contract wants it: a bare last day becomes the next day."""
    day = bare_date(text)
    return text if day is None else _next(day).isoformat()


def knowledge_instant(text: str, zone: ZoneInfo, event: str | None) -> datetime | None:
    """When a row became known, given its date or time and that of its event."""
    day = bare_date(text)
    if day is None:
        return instant(text, zone)
    known = datetime.combine(day, _NOON, zone).astimezone(UTC)
    happened = instant(event, zone) if event else None
    if happened is not None and known < happened < midnight(_next(day), zone):
        return happened
    return known


def utc_text(moment: datetime) -> str:
    """ISO 8601 with a Z, microseconds only where there are any."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def month_days(period_id: str) -> tuple[str, str] | None:
    """First and last day of a calendar month, for ids such as 2026-03."""
    first = bare_date(f"{period_id}-01")
    if first is None:
        return None
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return first.isoformat(), last.isoformat()


def _next(day: date) -> date:
    return day + timedelta(days=1)
