from pathlib import Path

from warehouse.dictionary import dictionary, write_dictionary

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_the_committed_dictionary_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == dictionary()


def test_the_dictionary_holds_tables_marts_and_what_may_stand_in_a_column(tmp_path):
    path = tmp_path / "dictionary.md"
    write_dictionary(path)
    text = path.read_text(encoding="utf-8")
    assert "### core.person_record" in text
    assert "### mart.hotspot_cell_month" in text
    assert "| person_id | VARCHAR | internal | Person that the record is resolved to" in text
    assert "| sex | VARCHAR | personal | M, F or U (not known). One of: M, F, U. |" in text
    assert "Differs from run to run." in text
