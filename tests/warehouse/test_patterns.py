"""The questions of docs/patterns.md are SQL that runs, and have answers."""

import re
from pathlib import Path

import duckdb
import pytest

from warehouse.linked import create_macros
from warehouse.marts import create_mart, read_marts
from warehouse.schema import create_statements, store_tables

PAGE = Path(__file__).parents[2] / "docs" / "patterns.md"
QUESTIONS = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
MARTS = (
    "cross_force_offender",
    "person_offence",
    "person_profile",
    "recorded_crime",
    "repeat_victim",
    "span",
    "what_changed",
)

# P1 is known to two forces: a suspect in both, more harmful of late, and a victim in both, twice in
# one and once in the other.
ROWS = """
    INSERT INTO governance.night (night) VALUES ('2026-01-12'), ('2026-01-13');
    INSERT INTO reference.offence_group (offence_group, harm_days) VALUES ('burglary', 200),
        ('robbery', 365);
    INSERT INTO quality.force_status (force, status) VALUES ('essex', 'stale');
    INSERT INTO core.person (person_id, forces, record_count, weakest_link_weight)
        VALUES ('P1', 'durham,kent', 2, 9.5);
    INSERT INTO core.person_record (force, source_system, source_record_id, person_id, sex)
        VALUES ('durham', 'niche', 'p1', 'P1', 'M'), ('kent', 'athena', 'p7', 'P1', 'F');
    INSERT INTO link.person_edge (force_l, source_system_l, source_record_id_l, force_r,
            source_system_r, source_record_id_r, match_weight, band, night)
        VALUES ('durham', 'niche', 'p1', 'kent', 'athena', 'p7', 9.5, 'link', '2026-01-13');
    INSERT INTO link.person_tie BY NAME
        SELECT 'P1' AS person_id, unnest(['weakest', 'bridge']) AS tie, force_l, source_system_l,
               source_record_id_l, force_r, source_system_r, source_record_id_r, match_weight
        FROM link.person_edge;
    INSERT INTO core.offence_record (force, source_system, source_record_id, offence_id,
            occurred_on, offence_group, is_notifiable, recorded_at)
        SELECT force, 'niche', id, force || id, day, kind, true, day
        FROM (VALUES ('durham', 'o1', DATE '2025-03-01', 'burglary'),
                     ('durham', 'o2', DATE '2025-12-01', 'burglary'),
                     ('durham', 'o3', DATE '2025-12-02', 'burglary'),
                     ('kent', 'o1', DATE '2025-12-03', 'robbery'),
                     ('kent', 'o2', DATE '2025-12-04', 'robbery')) AS t (force, id, day, kind);
    INSERT INTO core.event_role (force, source_system, source_record_id, event_type, role,
            person_id, version, valid_from)
        SELECT force, 'niche', id, 'offence_record', role, 'P1', 1, DATE '2026-01-13'
        FROM (VALUES ('durham', 'o1', 'suspect'), ('kent', 'o1', 'suspect'),
                     ('durham', 'o2', 'victim'), ('durham', 'o3', 'victim'),
                     ('kent', 'o2', 'victim')) AS t (force, id, role);
    INSERT INTO core.intelligence_report (force, source_system, source_record_id, grading,
            handling_code, report_text)
        VALUES ('kent', 'niche', 'i1', '3x5x2', 'P', 'SEEN'),
               ('kent', 'niche', 'i2', '3x5x2', 'C', 'HEARD'),
               ('kent', 'niche', 'i3', '5x5x5', NULL, 'TOLD');
    INSERT INTO core.event_role (force, source_system, source_record_id, event_type, role,
            person_id, version, valid_from)
        SELECT 'kent', 'niche', unnest(['i1', 'i2', 'i3']), 'intelligence_report', 'subject', 'P1',
               1, DATE '2026-01-13';
"""


@pytest.fixture(scope="module")
def store():
    with duckdb.connect() as con:
        for statement in create_statements(store_tables()):
            con.execute(statement.replace(" NOT NULL", ""))
        con.execute(ROWS)
        create_macros(con)
        for mart in read_marts():
            if mart.name in MARTS:
                create_mart(con, mart)
        yield con


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered(store, question):
    assert store.execute(question).fetchall()


def test_there_are_questions():
    assert len(QUESTIONS) == 12


def test_somebody_who_is_a_victim_and_a_suspect_is_told_as_both(store):
    sql = "SELECT suspect_offences_12m, victim_offences_12m FROM mart.person_profile"
    assert store.execute(sql).fetchall() == [(2, 3)]


def test_what_may_not_be_shared_is_told_of_and_not_shown(store):
    [everything] = [question for question in QUESTIONS if "handling_code" in question]
    rows = [row for row in store.execute(everything).fetchall() if row[0].endswith("_report")]
    assert [(handling, source) for _, _, handling, source, _, _ in rows] == [
        ("P", "kent/niche/i1"), ("C", "kent/niche/i2"), (None, "kent/niche/i3"),
    ]  # fmt: skip
    withheld = "not to be shared without the conditions of kent"
    assert [says for _, says, *_ in rows] == ["SEEN", withheld, withheld]
