"""Associations and networks of a nation: the first night, nights of 1%, and all anew to compare.

    python benchmarks/network_speed.py PERSONS OFFENCES [--folder FOLDER]

Of ours the whole step is counted: reading, associations, communities, memberships, commit. After
the last night everything is worked out anew in a copy of the home, and what lasts is compared row
by row. Prints Markdown.
"""

import argparse
import shutil
import tempfile
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, Meter, measure
from benchmarks.simulated_network import FIRST_NIGHT, Shape, first_night, next_night
from linkage.networks.associate import associate_persons
from linkage.workspace import workspace
from warehouse.contract import network
from warehouse.home import Home
from warehouse.state import leave_wal, writer

NIGHTS = 2
COMPARED = (
    "link.association", "link.association_evidence", "link.association_hub", "linkage.context",
    "linkage.network_node",
)  # fmt: skip
_SAME_NETWORKS = (
    "SELECT list(person_id ORDER BY person_id) AS persons, list(strength ORDER BY person_id), "
    "list(betweenness ORDER BY person_id), list(is_central ORDER BY person_id) "
    "FROM {schema}link.network_standing GROUP BY network_id"
)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("persons", type=int)
    parser.add_argument("offences", type=int)
    parser.add_argument("--folder", type=Path, help="where to work, and what to keep afterwards")
    arguments = parser.parse_args()
    shape = Shape(arguments.persons, arguments.offences)
    print(f"{shape.persons:,} persons, {shape.offences:,} offences.\n\n| what | wall, s | CPU, s "
          "| peak, GB | contexts changed | associations | networks | persons in them |\n"
          "|---|---|---|---|---|---|---|---|", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as working:
        root = arguments.folder or Path(working)
        home, again = Home.of(root / "home"), Home.of(root / "again")
        home.root.mkdir(parents=True)
        first_night(home, shape)
        _tell("first night", _measure(home, FIRST_NIGHT))
        for index in range(1, NIGHTS + 1):
            _tell(f"night {index}", _measure(home, next_night(home, shape, index)))
        shutil.copytree(home.root, again.root)
        _forget(again)
        _tell("all anew", _measure(again, FIRST_NIGHT + timedelta(NIGHTS)))
        print(f"\nRows that differ from all anew: {_differences(home, again):,}")
        shutil.rmtree(again.root)


def _measure(home: Home, night: date) -> Measured:
    return measure(
        "benchmarks.network_speed:work_out", home=str(home.root), night=night.isoformat()
    )


def work_out(meter: Meter, home: str, night: str) -> dict[str, Any]:
    """The step of a night, counted from opening the state to closing it."""
    with (
        meter,
        writer(Home.of(Path(home)), "benchmark") as con,
        workspace(con),
    ):
        summary = associate_persons(con, date.fromisoformat(night))
        if not summary.is_full:
            leave_wal(con)
    return asdict(summary)


def _tell(what: str, measured: Measured) -> None:
    found = measured.found
    counts = ("changed_contexts", "associations", "networks", "persons_in_networks")
    print(f"| {what} | {measured.wall:.2f} | {measured.cpu:.2f} | {measured.peak:.2f} | "
          f"{' | '.join(f'{found[name]:,}' for name in counts)} |", flush=True)  # fmt: skip


def _forget(home: Home) -> None:
    with writer(home, "benchmark") as con:
        for table in (*network.KEPT, *network.STATE):
            con.execute(f"DELETE FROM {table.qualified}")


def _differences(home: Home, again: Home) -> int:
    with writer(home, "benchmark") as con:
        con.execute(f"ATTACH '{again.state}' AS again (READ_ONLY)")
        queries = [(f"FROM {table}", f"FROM again.{table}") for table in COMPARED]
        queries.append((_SAME_NETWORKS.format(schema=""), _SAME_NETWORKS.format(schema="again.")))
        differ = 0
        for ours, theirs in queries:
            [(rows,)] = con.execute(
                f"SELECT count(*) FROM (({ours} EXCEPT {theirs}) UNION ALL "
                f"({theirs} EXCEPT {ours}))"
            ).fetchall()
            differ += int(rows)
    return differ


if __name__ == "__main__":
    main()
