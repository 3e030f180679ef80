"""Ratings of years in DuckDB: makes them, and counts their weeks against the clock.

`python duck.py make FOLDER` writes FOLDER/years.duckdb and FOLDER/years.csv, which everybody else
reads. `python duck.py count FOLDER SINCE FIRST LAST` waits for numbers, one a line: it counts the
days from FIRST to LAST so many times, with the ratings since SINCE, and answers "done".
"""

import sys
from pathlib import Path

import duckdb

RATINGS, MONDAY, WEEKS = 5_000_000, "2023-11-13", 157
UNITS, DESKS, PEOPLE = 75, 300, 4000

# Office days, Monday to Friday; a hash in place of chance makes every run the same.
_MAKE = f"""
CREATE TABLE rating AS
WITH drawn AS (
    SELECT i, hash(i * 4 + 1) >> 8 AS a, hash(i * 4 + 2) >> 8 AS b,
        hash(i * 4 + 3) >> 8 AS c, hash(i * 4 + 4) >> 8 AS d
    FROM range({RATINGS}) AS numbers(i)
), placed AS (
    SELECT *, (a % {WEEKS * 5})::INT AS nth, (b % {DESKS})::INT AS desk, (d % 200)::INT AS fate,
        ((d // 200) % 10)::INT AS told, ((d // 2000) % 8)::INT AS why
    FROM drawn
)
SELECT substr(to_base64(encode(md5(i::VARCHAR))), 1, 22) AS id,
    (DATE '{MONDAY}' + (nth // 5 * 7 + nth % 5)::INT)::DATE AS day,
    desk + 1 AS desk_id,
    (desk % {UNITS} + 1)::INT AS unit_id,
    CASE WHEN c % 100 < 60 THEN ((c // 100) % {PEOPLE} + 1)::INT END AS member_id,
    CASE WHEN fate > 0 THEN [1, 2, 3, 4, 4, 4, 5, 5, 5, 5][((a // 1000) % 10)::INT + 1] END AS level,
    CASE fate WHEN 0 THEN 'withdrawn' WHEN 1 THEN 'flagged' ELSE 'active' END AS status,
    CASE WHEN fate = 0 OR told < 5 THEN '' WHEN told < 8 THEN 'high/nd' || why
        ELSE 'high/nd' || why || ';low/kl' || (7 - why) END AS reasons
FROM placed
ORDER BY day
"""
_COUNT = """
SELECT unit_id, level, count(*) FROM rating
WHERE day BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) AND status = 'active'
GROUP BY unit_id, level
"""


def make(folder: Path) -> None:
    """The ratings, in the order of their days here, in that of their random ids for the others."""
    connection = duckdb.connect(str(folder / "years.duckdb"))
    connection.execute(_MAKE)
    to = str(folder / "years.csv")
    connection.execute(f"COPY (SELECT * FROM rating ORDER BY id) TO '{to}' (HEADER false)")
    connection.close()


def count(folder: Path, since: str, first: str, last: str) -> None:
    """Count as often as each line says."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{folder / 'years.duckdb'}' AS years (READ_ONLY)")
    connection.execute(
        "CREATE TABLE rating AS SELECT * FROM years.rating WHERE day >= CAST(? AS DATE) ORDER BY day",
        [since],
    )
    print("ready", flush=True)
    for line in sys.stdin:
        for _ in range(int(line)):
            connection.execute(_COUNT, [first, last]).fetchall()
        print("done", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder]:
            make(Path(folder))
        case ["count", folder, since, first, last]:
            count(Path(folder), since, first, last)
        case _:
            sys.exit(__doc__)
