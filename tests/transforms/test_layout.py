"""Files of data.police.uk laid out as deliveries."""

import pytest

from transforms.layout import lay_out_policeuk
from warehouse.errors import UsageError


def _put(folder, name, data=b"x"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _tree(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_each_file_goes_to_its_force_and_the_last_day_of_its_month(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    _put(source, "2024-02/2024-02-north-yorkshire-street.csv")
    _put(source, "2024-02/2024-02-north-yorkshire-stop-and-search.csv")
    _put(source, "2021-03-durham-outcomes.csv.gz")
    _put(source, "README.txt")
    counts = lay_out_policeuk(source, out)
    assert counts == {"durham": 1, "north-yorkshire": 2, "ignored": 1}
    assert _tree(out) == [
        "durham/2021-03-31/2021-03-durham-outcomes.csv.gz",
        "north-yorkshire/2024-02-29/2024-02-north-yorkshire-stop-and-search.csv",
        "north-yorkshire/2024-02-29/2024-02-north-yorkshire-street.csv",
    ]


def test_laying_out_again_changes_nothing_and_another_file_of_the_name_is_refused(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    _put(source, "2021-03-durham-street.csv")
    assert lay_out_policeuk(source, out) == lay_out_policeuk(source, out)
    _put(source, "2021-03-durham-street.csv", b"other")
    with pytest.raises(UsageError, match="2021-03-durham-street"):
        lay_out_policeuk(source, out)


def test_a_folder_without_such_files_is_refused(tmp_path):
    _put(tmp_path / "in", "persons.csv")
    with pytest.raises(UsageError):
        lay_out_policeuk(tmp_path / "in", tmp_path / "out")


@pytest.mark.shared_data
def test_the_five_forces_lie_in_thirteen_months_each(shared_data, tmp_path):
    source = shared_data / "police_uk" / "ne_cluster_2021-03_2022-03"
    counts = lay_out_policeuk(source, tmp_path)
    assert counts == dict.fromkeys(
        ("cleveland", "cumbria", "durham", "north-yorkshire", "northumbria"), 26
    )
    assert len(list(tmp_path.glob("durham/*"))) == 13
