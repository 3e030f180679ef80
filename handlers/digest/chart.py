"""The digest's picture and workbook: recipes and the data they are drawn from."""

from handlers.citizen.scheme import LEVELS, level_word
from handlers.digest.figures import STATUSES, Digest, RatingFigures
from handlers.digest.wording import left_out_line, period, reason_label
from handlers.messages import Document, Picture
from handlers.texts import Speech

Cell = str | int | float | None


def chart(digest: Digest, say: Speech) -> Picture:
    """One picture; what it shows stands in the text too."""
    ratings = digest.ratings
    levels = {str(level): n for level, n in ratings.by_level.items()}
    return Picture(
        recipe="digest_chart",
        data={
            "title": digest.unit_name,
            "week": say(
                "Week {week}, {period}",
                week=digest.week.number,
                period=period(digest.week.first, digest.week.last),
            ),
            "levels": None if digest.suppressed else levels,
            "levels_title": say("Citizens' ratings: {count}", count=ratings.count),
            "left_out": left_out_line(digest.left_out, say),
            "suppressed_text": say("Fewer than {k} ratings, so no scores are shown.", k=digest.k),
            "level_names": [level_word(say, level) for level in LEVELS],
            "satisfied": _satisfied(digest, say),
            "satisfied_title": say("Satisfied, five weeks"),
            "pledges": [
                [
                    axis.label(say.language),
                    *(
                        digest.pledges.by_axis.get(axis.code, {}).get(status, 0)
                        for status in (*STATUSES, "pledged")
                    ),
                ]
                for axis in digest.axes
            ],
            "pledge_names": [say("Done that"), say("Partly"), say("Not done"), say("Not reported")],
            "pledges_title": say("Pledges by responsibility"),
        },
        alt=say(
            "Chart of week {week}: ratings by level, satisfaction of five weeks, pledges.",
            week=digest.week.number,
        ),
    )


def _weeks(digest: Digest) -> list[tuple[int, RatingFigures]]:
    """How many weeks ago, and the figures, oldest first."""
    return list(enumerate((digest.ratings, *digest.ratings_before)))[::-1]


def _satisfied(digest: Digest, say: Speech) -> list[list[str | float | None]]:
    return [
        [
            say("W{week}", week=digest.week.before(ago).number),
            each.share if each.count >= digest.k else None,
        ]
        for ago, each in _weeks(digest)
    ]


def sheet(digest: Digest, say: Speech) -> Document:
    """The same as a workbook: aggregates only."""
    return Document(
        recipe="digest_sheet",
        data={
            "sheets": [
                {
                    "name": say("Weeks"),
                    "columns": [
                        *(
                            say("Week"),
                            say("From"),
                            say("To"),
                            *(say("Ratings"), say("Ratings not counted")),
                            say("Satisfied share"),
                        ),
                        *(level_word(say, level) for level in LEVELS),
                        *(say("Members who pledged"), say("Pledges"), say("Done that")),
                        *(say("Partly"), say("Not done"), say("Not reported")),
                    ],
                    "rows": _week_rows(digest),
                    "formats": ["", "date", "date", "", "", "percent", *[""] * (len(LEVELS) + 6)],
                    "chart": {
                        "title": say("Ratings of five weeks by level"),
                        "series": list(range(6, 6 + len(LEVELS))),
                    },
                },
                {
                    "name": say("Reasons"),
                    "columns": [say("Side"), say("Reason"), say("Count")],
                    "rows": _reason_rows(digest, say),
                },
                {
                    "name": say("Responsibilities"),
                    "columns": [
                        *(say("Responsibility"), say("Pledges"), say("Done that")),
                        *(say("Partly"), say("Not done"), say("Not reported")),
                    ],
                    "rows": _axis_rows(digest, say),
                    "chart": {
                        "title": say("Pledges by responsibility"),
                        "series": list(range(2, 6)),
                    },
                },
            ]
        },
        name=f"{digest.unit_code}-{digest.week}.xlsx",
    )


def _week_rows(digest: Digest) -> list[list[Cell]]:
    pledges = (digest.pledges, *digest.pledges_before)
    left_out = (digest.left_out, *digest.left_out_before)
    rows: list[list[Cell]] = []
    for ago, each in _weeks(digest):
        week, shown = digest.week.before(ago), each.count >= digest.k
        of = pledges[ago]
        rows.append(
            [
                str(week),
                week.first.isoformat(),
                week.last.isoformat(),
                each.count,
                left_out[ago],
                each.share if shown else None,
                *(each.by_level[level] if shown else None for level in LEVELS),
                of.people,
                of.all,
                *(of.of(status) for status in (*STATUSES, "pledged")),
            ]
        )
    return rows


def _reason_rows(digest: Digest, say: Speech) -> list[list[Cell]]:
    if digest.suppressed:
        return []
    sides = (("high", say("Praise")), ("low", say("To be better")))
    return [
        [name, reason_label(key, say.language), n]
        for side, name in sides
        for key, n in digest.ratings.top(side, len(digest.ratings.reasons))
    ]


def _axis_rows(digest: Digest, say: Speech) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for axis in digest.axes:
        counts = digest.pledges.by_axis.get(axis.code, {})
        by_status = [counts.get(status, 0) for status in (*STATUSES, "pledged")]
        rows.append([axis.label(say.language), sum(by_status), *by_status])
    return rows
