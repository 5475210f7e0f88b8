import polars as pl

from linkage.cluster import find_components


def test_a_component_is_named_by_its_oldest_record_and_a_lone_record_by_itself():
    edges = pl.DataFrame({"unique_id_l": [2, 4], "unique_id_r": [4, 5]})
    assert find_components(6, edges).to_list() == [1, 2, 3, 2, 2, 6]


def test_no_records_give_no_components():
    edges = pl.DataFrame(schema={"unique_id_l": pl.Int64, "unique_id_r": pl.Int64})
    assert find_components(0, edges).to_list() == []
