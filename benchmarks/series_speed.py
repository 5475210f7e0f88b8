"""Seconds and memory of series leads on made-up offences: training, a full night, nights of 1%.

    python -m benchmarks.series_speed [OFFENCES] [--folder FOLDER]

The offences are those of ``made_up_series.py``, a year of sixteen forces, 55% of them of kinds that
come in series. Each measurement is a process of its own. Prints Markdown.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.made_up_series import make_up, store_all
from benchmarks.measured import Measured, Meter, measure
from benchmarks.simulated_people import FIRST_NIGHT
from linkage.series.features import gather_offences
from linkage.series.model_file import register_model, save_model
from linkage.series.nights import find_series, seek
from linkage.series.training import train
from linkage.workspace import workspace
from warehouse.home import Home
from warehouse.state import writer

OFFENCES = 1_000_000
NIGHTS = 2
SHARE = 100  # one offence in so many is changed on a later night
_THIS = "benchmarks.series_speed"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("offences", type=int, nargs="?", default=OFFENCES)
    parser.add_argument("--folder", type=Path, help="folder to work in, kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as working:
        home = str((arguments.folder or Path(working)) / "home")
        print("| what | wall, s | CPU, s | peak, GB | found |\n|---|---|---|---|---|")
        _print("training", measure(f"{_THIS}:prepare", home=home, offences=arguments.offences))
        for night in range(NIGHTS + 1):
            name = f"a night of {100 // SHARE}%" if night else "full"
            _print(name, measure(f"{_THIS}:run_night", home=home, night=night))


def prepare(meter: Meter, home: str, offences: int) -> dict[str, Any]:
    """Store the offences and train the model that the home uses."""
    own = Home.of(Path(home))
    with writer(own, "making up offences") as con:
        store_all(con, make_up(offences).tables, FIRST_NIGHT)
    with writer(own, "training") as con, workspace(con):
        with meter:
            gather_offences(con)
            model = train(con).model
        if model is None:
            return {}
        save_model(own, model)
        register_model(con, model)
    return {"solved": model.report["records"], "linked pairs": model.report["linked_pairs"]}


def run_night(meter: Meter, home: str, night: int) -> dict[str, Any]:
    """The step of one night, the first of everything, later ones of 1% that changed."""
    own, on = Home.of(Path(home)), FIRST_NIGHT + timedelta(days=night)
    if night:
        with writer(own, "changing offences") as con:
            picked = "valid_to IS NULL AND hash(source_record_id) % $share = $night"
            values = {"share": SHARE, "night": night, "on": on}
            con.execute(
                f"""INSERT INTO core.offence_record
                    SELECT * REPLACE (occurred_from + INTERVAL 1 HOUR AS occurred_from,
                                      occurred_to + INTERVAL 1 HOUR AS occurred_to,
                                      $on::DATE AS valid_from)
                    FROM core.offence_record WHERE {picked}""",
                values,
            )
            con.execute(
                f"""UPDATE core.offence_record SET valid_to = $on, closed_sequence = '1'
                    WHERE {picked} AND valid_from < $on""",
                values,
            )
    with meter:
        find_series(own, on)
    with writer(own, "counting") as con, workspace(con):
        summary = seek(con, own, on)
    return {"offences": summary.offences, "pairs": summary.pairs, "leads": summary.leads}


def _print(name: str, measured: Measured) -> None:
    found = ", ".join(f"{what} {count:,}" for what, count in measured.found.items())
    print(f"| {name} | {measured.wall:.1f} | {measured.cpu:.1f} | {measured.peak:.2f} | {found} |",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
