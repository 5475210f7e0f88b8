"""Objects, offences, series, associations and networks of a nation: everything, and nights of 1%.

    python -m benchmarks.patterns_speed PERSONS OFFENCES [--folder FOLDER]

The nation is that of ``simulated_network.py``; its persons are resolved already. Each step of each
night runs in a process of its own, from opening the state to closing it, training of the first
models included. After the last night all offences are linked anew in memory and compared with what
the state holds; a store is built, and every question that the documents ask in SQL of persons,
offences and networks is asked of it, three times each, of which the median counts. Prints Markdown.
"""

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.made_up_series import nights_after
from benchmarks.measured import Measured, Meter, measure
from benchmarks.simulated_network import FIRST_NIGHT, Shape, first_night, next_night
from forces.declaration import load_declarations
from linkage.model_file import load_model, model_in_use
from linkage.models.offence import ENTITY
from linkage.networks.associate import associate
from linkage.objects.objects import link_objects
from linkage.offences.link import count_differences, link_offences
from linkage.series.nights import find_series
from linkage.workspace import workspace
from warehouse.build import build, building_path
from warehouse.home import Home
from warehouse.state import writer

NIGHTS = 2
STEPS: dict[str, Callable[[Home, date], object]] = {
    "link_objects": link_objects,
    "link_offences": link_offences,
    "find_series": find_series,
    "associate": associate,
}
PAGES = ("patterns.md", "networks.md", "link-offences.md", "link-objects.md", "series-leads.md")
TIMES = 3
_QUESTION = re.compile(r"```sql\n(.+?)```", re.DOTALL)
_COUNTS = {
    "link_objects": "SELECT count(*) FROM link.object_membership WHERE valid_to IS NULL",
    "link_offences": "SELECT count(*) FROM offence_linkage.edge WHERE band = 'link'",
    "find_series": "SELECT count(*) FROM linkage.series_pair",
    "associate": "SELECT count(*) FROM link.association",
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("persons", type=int)
    parser.add_argument("offences", type=int)
    parser.add_argument("--folder", type=Path, help="where to work, and what to keep afterwards")
    arguments = parser.parse_args()
    shape = Shape(arguments.persons, arguments.offences, is_linked=False)
    print(f"{shape.persons:,} persons, {shape.offences:,} offences and those recorded twice.\n\n"
          "| night | step | wall, s | CPU, s | peak, GB | rows held |\n|---|---|---|---|---|---|",
          flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as working:
        home = Home.of((arguments.folder or Path(working)) / "home")
        home.root.mkdir(parents=True)
        first_night(home, shape)
        first = _measure_night("everything", home, FIRST_NIGHT)
        nights = [
            _measure_night(f"1%, {index}", home, next_night(home, shape, index))
            for index in range(1, NIGHTS + 1)
        ]
        shares = ", ".join(f"{wall / first[0]:.2f} ({cpu / first[1]:.2f} of the CPU)"
                           for wall, cpu in nights)  # fmt: skip
        print(f"\nA night of everything: {shares}")
        found = measure("benchmarks.patterns_speed:compare", home=str(home.root)).found
        print(f"Linked anew, {found['edges']} edges and {found['offences']} offences differ.")
        asked = measure("benchmarks.patterns_speed:ask", home=str(home.root),
                        night=nights_after(FIRST_NIGHT, NIGHTS + 1)[-1].isoformat())  # fmt: skip
        print(f"\nStore built in {asked.wall:.1f} s ({asked.cpu:.1f} CPU s, {asked.peak:.2f} GB).")
        print("\n| page | question | ms |\n|---|---|---|")
        for page, question, milliseconds in asked.found["questions"]:
            print(f"| {page} | {question} | {milliseconds:.0f} |")


def _measure_night(what: str, home: Home, night: date) -> tuple[float, float]:
    steps = []
    for name in STEPS:
        steps.append(measure("benchmarks.patterns_speed:run_step", home=str(home.root),
                             night=night.isoformat(), name=name))  # fmt: skip
        _tell(what, name, steps[-1])
    wall, cpu = sum(each.wall for each in steps), sum(each.cpu for each in steps)
    print(f"| {what} | all | {wall:.1f} | {cpu:.1f} | {max(s.peak for s in steps):.2f} | |",
          flush=True)  # fmt: skip
    return wall, cpu


def _tell(what: str, name: str, step: Measured) -> None:
    print(f"| {what} | {name} | {step.wall:.1f} | {step.cpu:.1f} | {step.peak:.2f} | "
          f"{step.found['rows']:,} |", flush=True)  # fmt: skip


def run_step(meter: Meter, home: str, night: str, name: str) -> dict[str, Any]:
    """One step of a night."""
    own = Home.of(Path(home))
    with meter:
        STEPS[name](own, date.fromisoformat(night))
    with writer(own, "counting") as con:
        [(rows,)] = con.execute(_COUNTS[name]).fetchall()
    return {"rows": rows}


def ask(meter: Meter, home: str, night: str) -> dict[str, Any]:
    """Build the night's store, which is metered, and ask it every question of ``PAGES``."""
    own, on = Home.of(Path(home)), date.fromisoformat(night)
    with meter:
        build(own, on, load_declarations())
    told = []
    with duckdb.connect(str(building_path(own, on)), read_only=True) as con:
        for page in PAGES:
            text = (Path(__file__).parents[1] / "docs" / page).read_text(encoding="utf-8")
            for number, question in enumerate(_QUESTION.findall(text), start=1):
                took = []
                for _ in range(TIMES):
                    begun = time.perf_counter()
                    con.execute(question).fetchall()
                    took.append(time.perf_counter() - begun)
                told.append((page, number, 1000 * statistics.median(took)))
    return {"questions": told}


def compare(meter: Meter, home: str) -> dict[str, Any]:
    """How far the offences linked night by night differ from linking them all anew."""
    own = Home.of(Path(home))
    with writer(own, "comparing") as con, workspace(con), meter:
        known = model_in_use(con, ENTITY)
        if known is None:
            raise LookupError("no model of offences is in use")
        edges, offences = count_differences(con, load_model(own, known))
    return {"edges": edges, "offences": offences}


if __name__ == "__main__":
    main()
