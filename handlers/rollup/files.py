"""The roll-up's picture and workbook: recipes and the data they are drawn from."""

from handlers.citizen.scheme import LEVELS, level_word
from handlers.digest.figures import STATUSES
from handlers.digest.wording import left_out_line, percent, period
from handlers.messages import Document, Picture
from handlers.rollup.figures import Figures, Node, RollUp
from handlers.rollup.text import scorecard_note
from handlers.texts import Speech

Cell = str | int | float | None


def card(found: RollUp, say: Speech) -> Picture:
    """One picture; what it shows stands in the text too."""
    return Picture(
        recipe="rollup_card",
        data={
            "title": found.top.name,
            "week": say(
                "Week {week}, {period}",
                week=found.week.number,
                period=period(found.first, found.last),
            ),
            "keys": _keys(found.top.all, say),
            "panels": [
                {
                    "name": panel.label(say.language),
                    "points": panel.points,
                    "indicators": [
                        [each.label(say.language), each.value] for each in panel.indicators
                    ],
                }
                for panel in found.scorecard.panels
            ],
            "of_hundred": say("of 100"),
            "nothing": say("Nothing to count yet"),
            "note": scorecard_note(found, say),
            "left_out": left_out_line(found.top.all.left_out, say),
        },
        alt=say(
            "Four sides of week {week}: people, work, organisation, trust.", week=found.week.number
        ),
    )


def _keys(of: Figures, say: Speech) -> list[list[str]]:
    share = of.ratings.share
    return [
        [
            "–" if share is None else percent(share),
            say("citizens satisfied ({count})", count=of.ratings.count),
        ],
        [f"{of.active}/{of.units}", say("units with activity")],
        ["–" if of.pledging is None else percent(of.pledging), say("members who pledged")],
    ]


def sheet(found: RollUp, say: Speech) -> Document:
    """The same as a workbook: every unit a row, the four sides on a second sheet; no names."""
    return Document(
        recipe="rollup_sheet",
        data={
            "title": say(
                "WEEKLY DIGEST {week} – {unit}", week=found.week.number, unit=found.top.name
            ),
            "tables": [_units(found, say), _sides(found, say)],
        },
        name=f"{found.top.code}-{found.week}.xlsx",
    )


def _units(found: RollUp, say: Speech) -> dict[str, object]:
    names = {each.id: each.name for each in found.nodes}
    numbers = [
        *(say("Members"), say("Members who joined"), say("Members who pledged"), say("Pledges")),
        *(say("Done that"), say("Partly"), say("Not done"), say("Not reported"), say("Ratings")),
        say("Ratings not counted"),
    ]
    return {
        "name": say("Units"),
        "columns": [
            *([name, "text"] for name in (say("Code"), say("Unit"), say("Kind"), say("Above it"))),
            [say("Counted"), "text"],
            *([name, "number"] for name in numbers),
            [say("Satisfied"), "share"],
            [say("Mean level"), "mean"],
            *([level_word(say, level), "number"] for level in LEVELS),
        ],
        "rows": [
            row
            for each in found.nodes
            for row in _rows(each, names.get(each.parent_id or 0, ""), say)
        ],
        "note": say("An empty score is not shown: few ratings could be told apart by it."),
        "held": 2,
    }


def _rows(node: Node, parent: str, say: Speech) -> list[list[Cell]]:
    head: list[Cell] = [node.code, node.name, node.kind, parent]
    rows = [[*head, say("the unit alone"), *_cells(node.own)]]
    if node.children:
        rows.insert(0, [*head, say("with all below"), *_cells(node.all)])
    return rows


def _cells(of: Figures) -> list[Cell]:
    scores, pledges = of.ratings.scores, of.pledges
    return [
        *(of.members, of.joined, pledges.people, pledges.all),
        *(pledges.of(status) for status in (*STATUSES, "pledged")),
        of.ratings.count,
        of.left_out,
        None if scores is None else scores.share,
        None if scores is None else scores.average,
        *(None if scores is None else scores.by_level[level] for level in LEVELS),
    ]


def _sides(found: RollUp, say: Speech) -> dict[str, object]:
    return {
        "name": say("The four sides"),
        "columns": [
            *([name, "text"] for name in (say("Panel"), say("What is counted"))),
            *([name, "share"] for name in (say("Share"),)),
            *([name, "number"] for name in (say("Of"), say("Points of the side"))),
        ],
        "rows": [
            [panel.label(say.language), each.label(say.language), each.value, each.of, panel.points]
            for panel in found.scorecard.panels
            for each in panel.indicators
        ],
        "note": scorecard_note(found, say),
    }
