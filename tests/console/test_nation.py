"""Two simulated nights from deliveries to the published store, as a user runs them."""

import json
import shutil
import stat
from pathlib import Path

import duckdb
import polars as pl
import pytest

from console.take_in import finish, take_in
from forces.declaration import load_declarations
from tests.console.conftest import Nation, crimelink
from warehouse.home import Home
from warehouse.store import compare_stores


def ask(nation: Nation, query: str) -> list[tuple]:
    with duckdb.connect(str(nation.home / "store" / "current.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_every_received_row_of_both_nights_is_accounted_for(nation):
    wrong = ask(
        nation,
        "SELECT batch_id, table_name FROM quality.reconciliation "
        "WHERE received <> stored + unchanged + quarantined + deleted",
    )
    assert wrong == []
    nights = ask(nation, "SELECT night, sum(received) FROM quality.reconciliation GROUP BY night")
    assert len(nights) == 2
    assert all(received > 0 for _, received in nights)


def test_every_record_system_is_loaded(nation):
    systems = ask(nation, "SELECT DISTINCT source_system FROM core.person_record ORDER BY 1")
    assert systems == [("athena",), ("connect",), ("ihub",), ("niche",)]
    for table in ("offence_record", "outcome", "incident", "custody", "stop_search",
                  "intelligence_report", "event_role", "vehicle_record"):  # fmt: skip
        [(rows,)] = ask(nation, f"SELECT count(*) FROM core.{table}")
        assert rows > 0, table


def test_clean_rows_are_not_quarantined_without_a_fault(nation):
    [(received, quarantined)] = ask(
        nation,
        "SELECT sum(received), sum(quarantined) FROM quality.reconciliation "
        "JOIN quality.batch USING (batch_id) WHERE status = 'loaded'",
    )
    assert quarantined < received * 0.03


def test_the_second_nights_faults_are_held_or_stale_and_the_others_are_fresh(nation):
    planted = json.loads((nation.deliveries / "truth" / "planted.json").read_text())
    statuses = dict(ask(nation, "SELECT force, status FROM quality.force_status"))
    held = ask(nation, "SELECT held_rule FROM quality.batch WHERE status = 'held'")
    assert len(held) >= 2, planted
    assert {rule for (rule,) in held} >= {"unknown_form"}
    assert "held" in statuses.values()
    assert "stale" in statuses.values()
    assert "fresh" in statuses.values()


def test_every_rule_that_found_something_says_in_the_store_what_it_is(nation):
    named = """
        SELECT rule FROM quality.check_result
        UNION SELECT rule FROM quality.quarantine
        UNION SELECT held_rule FROM quality.batch WHERE held_rule IS NOT NULL
    """
    unsaid = ask(nation, f"SELECT rule FROM ({named}) ANTI JOIN quality.rule USING (rule)")
    assert unsaid == []
    # Rules of reading have no table of their own: only the name joins them, so each has one row.
    of_reading = "SELECT rule FROM quality.rule WHERE table_name = 'delivery'"
    read = {rule for (rule,) in ask(nation, f"({of_reading}) INTERSECT ({named})")}
    assert {"unknown_form", "urn_force_00", "known_bad_value"} <= read
    assert ask(nation, f"{of_reading} GROUP BY rule HAVING count(*) > 1") == []


def test_a_held_or_missing_force_is_served_from_its_last_good_data(nation):
    tired = ask(nation, "SELECT force FROM quality.force_status WHERE status IN ('held', 'stale')")
    for (force,) in tired:
        [(rows,)] = ask(nation, f"SELECT count(*) FROM core.person_record WHERE force = '{force}'")
        assert rows > 0, force


def test_persons_span_forces_and_every_record_has_one(nation):
    [(across,)] = ask(nation, "SELECT count(*) FROM core.person WHERE force_count > 1")
    assert across > 10
    [(orphans,)] = ask(nation, "SELECT count(*) FROM core.person_record WHERE person_id IS NULL")
    assert orphans == 0


def test_links_are_right_far_more_often_than_wrong(nation):
    """Against the planted truth; a gate against a broken model, not a measured accuracy."""
    truth = pl.read_parquet(nation.deliveries / "truth" / "person.parquet")
    with duckdb.connect(str(nation.home / "store" / "current.duckdb"), read_only=True) as con:
        con.register("truth", truth)
        [(right, links)] = con.execute(
            """
            SELECT count(*) FILTER (l.truth_person_id = r.truth_person_id), count(*)
            FROM link.person_edge AS e
            JOIN truth AS l ON (l.force, l.source_record_id) = (force_l, source_record_id_l)
            JOIN truth AS r ON (r.force, r.source_record_id) = (force_r, source_record_id_r)
            WHERE band = 'link'
            """
        ).fetchall()
    assert links > 100
    assert right / links > 0.97


def test_every_link_is_explained(nation):
    for weights, total in ask(nation, "SELECT weights, match_weight FROM link.person_edge"):
        assert sum(json.loads(weights).values()) == pytest.approx(total, abs=1e-9)


def test_every_table_and_column_carries_a_comment(nation):
    assert ask(nation, "SELECT table_name FROM duckdb_tables() WHERE comment IS NULL") == []
    assert ask(nation, "SELECT column_name FROM duckdb_columns() WHERE comment IS NULL "
                       "AND NOT internal") == []  # fmt: skip


def test_no_file_of_the_home_is_open_to_others(nation):
    for path in nation.home.rglob("*"):
        if path.is_file() and not path.is_symlink() and "airflow" not in path.parts:
            assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_the_summary_names_what_was_done(nation):
    for word in ("rows received", "persons", "offences", "hotspots", "store", "Try next"):
        assert word in nation.said


def test_running_again_changes_nothing(nation):
    before = {path: path.stat().st_mtime_ns for path in (nation.home / "store").rglob("*")}
    again = crimelink("--home", str(nation.home), "run", "--deliveries", str(nation.deliveries))
    assert again.returncode == 0, again.stderr
    assert "nothing to do" in again.stdout
    night = ask(nation, "SELECT max(night) FROM governance.night")[0][0]
    once_more = crimelink("--home", str(nation.home), "run", "--deliveries",
                          str(nation.deliveries), "--night", str(night))  # fmt: skip
    assert once_more.returncode == 0, once_more.stderr
    assert {path: path.stat().st_mtime_ns for path in (nation.home / "store").rglob("*")} == before


def test_the_same_deliveries_give_the_same_store_with_and_without_airflow(nation, tmp_path):
    other = Home.of(tmp_path / "home")
    for (night,) in ask(nation, "SELECT night FROM governance.night ORDER BY night"):
        take_in(other, nation.deliveries, night, load_declarations())
        finish(other, night, load_declarations())
    assert compare_stores(nation.home / "store" / "current.duckdb", other.current) == []


def test_status_says_which_forces_are_not_fresh_by_exit_code(nation):
    done = crimelink("--home", str(nation.home), "status")
    assert done.returncode == 5
    assert "provisional" in done.stdout
    as_json = json.loads(crimelink("--home", str(nation.home), "status", "--json").stdout)
    assert len(as_json["forces"]) == 44


def test_sql_reads_and_never_writes(nation):
    home = ["--home", str(nation.home)]
    done = crimelink(*home, "sql", "SELECT count(*) AS n FROM core.person", "--format", "json")
    assert json.loads(done.stdout)[0]["n"] > 0
    queries = [
        "DELETE FROM core.person",
        "CREATE TABLE t (a INT)",
        "COPY core.person TO 'x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELEC",
    ]
    for query in queries:
        refused = crimelink(*home, "sql", query)
        assert refused.returncode == 2, query
        assert "Traceback" not in refused.stderr
        assert not Path("x.csv").exists()


def test_rollback_publishes_the_version_before_and_the_next_asks_see_it(nation, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(nation.home, home, symlinks=True)
    done = crimelink("--home", str(home), "rollback")
    assert done.returncode == 0, done.stderr
    nights = crimelink("--home", str(home), "sql", "SELECT count(*) AS n FROM governance.night",
                       "--format", "csv")  # fmt: skip
    assert nights.stdout.split() == ["n", "1"]
    missing = crimelink("--home", str(home), "rollback", "--to", "1999-01-01")
    assert missing.returncode == 2
