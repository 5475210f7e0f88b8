"""The DAG is what operators see: its tasks, their order and what happens when one fails."""

import itertools
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from console.airflow import airflow_environment, dags_folder

# Airflow reads its configuration when it is imported, so each question is asked of a process with
# a home of its own; the answers of one process serve every test.
QUESTIONS = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
bag = DagBag(sys.argv[1])
dag = bag.dags["nightly"]
again = DagSerialization.from_dict(json.loads(json.dumps(DagSerialization.to_dict(dag))))
print("ANSWER" + json.dumps({
    "errors": bag.import_errors,
    "dags": sorted(bag.dags),
    "order": [task.task_id for task in dag.topological_sort()],
    "upstream": {t.task_id: sorted(t.upstream_task_ids) for t in dag.tasks},
    "rules": {t.task_id: t.trigger_rule.value for t in dag.tasks},
    "mapped": sorted(t.task_id for t in dag.tasks if t.get_closest_mapped_task_group()),
    "serialised": sorted(again.task_ids),
    "max_active_runs": dag.max_active_runs,
    "catchup": dag.catchup,
    "packages": sorted(set(sys.modules) & {"polars", "duckdb", "splink", "great_expectations"}),
}))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    import json

    home = tmp_path_factory.mktemp("airflow")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(QUESTIONS), str(dags_folder())],
        env=airflow_environment(home) | {"PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert lines, done.stderr[-3000:]
    return json.loads(lines[0].removeprefix("ANSWER"))


def test_every_dag_file_imports(answers):
    assert answers["errors"] == {}
    assert answers["dags"] == ["nightly"]


def test_the_steps_of_a_night_stand_in_their_order(answers):
    steps = ["open_night", "plan", "take_reference", "take_in.collect", "take_in.standardise",
             "deliverers_done", "check", "load", "link", "link_objects", "link_offences",
             "find_series", "associate", "build", "check_store", "publish"]  # fmt: skip
    assert [step for step in answers["order"] if step != "document"] == steps
    assert answers["serialised"] == sorted([*steps, "document"])
    for earlier, later in itertools.pairwise(steps[4:]):
        assert earlier in answers["upstream"][later]


def test_a_deliverer_that_fails_does_not_stop_the_nation_but_a_step_of_the_nation_does(answers):
    assert answers["mapped"] == ["take_in.collect", "take_in.standardise"]
    assert answers["rules"].pop("deliverers_done") == "all_done"
    assert answers["rules"].pop("document") == "all_done_min_one_success"
    assert set(answers["rules"].values()) == {"all_success"}
    # Not only through deliverers_done, which goes on whatever happens: a night that could not be
    # opened or planned is not checked either.
    assert answers["upstream"]["check"] == ["deliverers_done", "open_night", "take_reference"]


def test_the_pages_are_written_of_a_night_that_stopped_and_nothing_waits_for_them(answers):
    assert answers["upstream"]["document"] == ["check_store", "open_night"]
    assert all("document" not in upstream for upstream in answers["upstream"].values())


def test_nights_run_one_at_a_time_and_missed_ones_are_not_made_up_by_the_scheduler(answers):
    assert answers["max_active_runs"] == 1
    assert answers["catchup"] is False


def test_parsing_the_dag_imports_no_heavy_library(answers):
    assert answers["packages"] == []


def test_the_dag_holds_no_helpers():
    text = (Path(dags_folder()) / "nightly.py").read_text(encoding="utf-8")
    top_level = [line for line in text.splitlines() if line.startswith(("def ", "class "))]
    assert top_level == ["def nightly() -> None:"]
