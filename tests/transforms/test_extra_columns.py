"""A column that a record system does not know is left out, and counted: for every system alike."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from forces.declaration import load_declarations
from tests.transforms.round_trip import stage_folder, table
from transforms.systems import load_system

GOLDEN = Path(__file__).parents[1] / "golden"
DECLARED = load_declarations()
Edit = Callable[[str], str]


def _column(delimiter: str, name: str) -> Edit:
    """Add a column to a delimited file, trailers left as they are."""

    def edit(text: str) -> str:
        first, *rest = text.splitlines()
        rows = [row if row.startswith("#") else f"{row}{delimiter}9" for row in rest]
        return "\n".join([f"{first}{delimiter}{name}", *rows, ""])

    return edit


def _attribute(text: str) -> str:
    document = json.loads(text)
    person = next(one for one in document["included"] if one["type"] == "person")
    person["attributes"]["shoeSize"] = "9"
    return json.dumps(document)


CASES = {
    "niche": ("niche/2025-11-03/Persons.csv", "northumbria", _column(",", "ShoeSize"),
              ("person_record", "ShoeSize")),
    "athena": ("athena/2025-11-03/nominal.txt", "essex", _column("|", "ShoeSize"),
               ("person_record", "ShoeSize")),
    "connect as XML": ("connect/west-midlands/2025-11-03/change_events.xml", "west-midlands",
                       lambda text: text.replace("</MasterId>", "</MasterId><ShoeSize>9</ShoeSize>",
                                                 1), ("person_record", "ShoeSize")),
    "connect as NDJSON": ("connect/metropolitan/2025-11-03/change_events.ndjson", "metropolitan",
                          lambda text: text.replace('"entity": "Person"',
                                                    '"ShoeSize": 9, "entity": "Person"', 1),
                          ("person_record", "ShoeSize")),
    "ihub": ("ihub/2025-11-03/ihub_dorset_20251103.json", "dorset", _attribute,
             ("person_record", "attributes.shoeSize")),
    "policeuk": ("policeuk/2021-03-31/2021-03-durham-street.csv", "durham",
                 _column(",", "Shoe size"), ("offence_record", "Shoe size")),
    "standard": ("standard/2025-11-03/person_record.csv", "northumbria", _column(",", "x_shoe"),
                 ("person_record", "x_shoe")),
    "a name of our own": ("niche/2025-11-03/Persons.csv", "northumbria", _column(",", "source_row"),
                          ("person_record", "source_row")),
    "another name of our own": ("policeuk/2021-03-31/2021-03-durham-street.csv", "durham",
                                _column(",", "source_file"), ("offence_record", "source_file")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_extra_column_is_counted_and_nothing_else_changes(case: str, tmp_path: Path) -> None:
    name, force, edit, where = CASES[case]
    system = load_system(name.split("/")[0])
    declared = {force: DECLARED[force]}
    plain = copytree((GOLDEN / name).parent, tmp_path / "plain")
    if system.name == "niche":
        for path in plain.iterdir():
            path.write_text(path.read_text(encoding="utf-8"), encoding="cp1252")
    extra = copytree(plain, tmp_path / "extra")
    file = extra / Path(name).name
    encoding = "cp1252" if system.name == "niche" else "utf-8"
    before = file.read_text(encoding=encoding)
    file.write_text(edit(before), encoding=encoding)
    day = date.fromisoformat((GOLDEN / name).parent.name)
    wanted, came = (stage_folder(system, folder, declared, day) for folder in (plain, extra))
    assert _extra(wanted[force].batch) == {}
    received = came[force].batch.received[where[0]]
    [(place, (checked, failed, action))] = _extra(came[force].batch).items()
    assert place == where
    assert 0 < checked == failed <= received
    assert action == "counted"
    assert came[force].batch.received == wanted[force].batch.received
    for one in wanted[force].tables:
        assert table(came, one).equals(table(wanted, one))


def test_a_first_row_behind_a_header_without_its_end_is_never_shown(tmp_path: Path) -> None:
    folder = copytree(GOLDEN / "niche" / "2025-11-03", tmp_path / "niche")
    file = folder / "Persons.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text(
        "\n".join([f"{header},ShoeSizeP0,SECRETNAME,SECRETTOWN", *rows, ""]), encoding="cp1252"
    )
    staged = stage_folder(
        load_system("niche"), folder, {"northumbria": DECLARED["northumbria"]}, date(2025, 11, 3)
    )
    quarantine = staged["northumbria"].quarantine
    assert quarantine["source_file"].to_list().count("Persons.csv") == len(rows)
    assert "SECRET" not in repr(staged["northumbria"].batch)


def _extra(batch) -> dict[tuple[str, str], tuple[int, int, str]]:
    return {
        (f.table, f.column): (f.checked, f.failed, f.action)
        for f in batch.findings
        if f.rule == "extra_column"
    }


def test_the_number_that_a_careful_reading_gives_is_not_the_files_own(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    folder.mkdir()
    (folder / "person_record.csv").write_text(
        "source_row,source_record_id,source_file\n70,A,x\n71,B\n72,C,z\n", encoding="utf-8"
    )
    declared = {"northumbria": DECLARED["northumbria"]}
    staged = stage_folder(load_system("standard"), folder, declared, date(2025, 11, 3))
    rows = table(staged, "person_record").select("source_record_id", "source_row", "source_file")
    assert rows.rows() == [("A", 1, "person_record.csv"), ("C", 3, "person_record.csv")]
    columns = {column for _, column in _extra(staged["northumbria"].batch)}
    assert columns == {"source_row", "source_file"}
