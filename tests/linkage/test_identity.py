import polars as pl

from linkage.identity import assign_ids, list_events

NO_ONE = pl.DataFrame(
    schema={
        "force": pl.String,
        "source_system": pl.String,
        "source_record_id": pl.String,
        "person_id": pl.String,
    }
)


def records(groups: dict[str, int]) -> pl.DataFrame:
    """Records by id, from the oldest, with the number of their group."""
    return pl.DataFrame(
        {
            "unique_id": range(1, len(groups) + 1),
            "force": "durham",
            "source_system": "niche",
            "source_record_id": list(groups),
            "component": list(groups.values()),
        },
        schema_overrides={"unique_id": pl.Int64, "component": pl.Int64},
    )


def night(groups: dict[str, int], previous: pl.DataFrame, ever: set[str], date: str):
    assigned = assign_ids(records(groups), previous, pl.Series(sorted(ever), dtype=pl.String), date)
    events = list_events(assigned, previous)
    ids = dict(assigned.select("source_record_id", "person_id").rows())
    after = assigned.select("force", "source_system", "source_record_id", "person_id")
    named = [
        (row["event"], row["person_id"], row["other_person_id"], row["records"])
        for row in events.iter_rows(named=True)
    ]
    return ids, after, ever | set(ids.values()), named


def test_a_person_keeps_the_id_of_the_oldest_record_when_records_join():
    first, after, ever, events = night({"a": 1, "b": 2}, NO_ONE, set(), "2026-01-12")
    assert first["a"] != first["b"]
    assert sorted(event[0] for event in events) == ["created", "created"]

    second, _, _, events = night({"a": 1, "b": 2, "c": 1}, after, ever, "2026-01-13")
    assert second == {"a": first["a"], "b": first["b"], "c": first["a"]}
    assert events == [("joined", first["a"], None, 1)]


def test_a_merge_supersedes_the_younger_id_and_says_which_one_answers_for_it():
    first, after, ever, _ = night({"a": 1, "b": 2}, NO_ONE, set(), "2026-01-12")
    second, _, _, events = night({"a": 1, "b": 1}, after, ever, "2026-01-13")
    assert set(second.values()) == {first["a"]}
    assert events == [("merged", first["b"], first["a"], 1)]


def test_a_split_leaves_the_id_with_the_oldest_record_and_gives_the_other_a_new_one():
    first, after, ever, _ = night({"a": 1, "b": 1, "c": 1}, NO_ONE, set(), "2026-01-12")
    second, _, _, events = night({"a": 1, "b": 2, "c": 2}, after, ever, "2026-01-13")
    assert second["a"] == first["a"]
    assert second["b"] == second["c"] != first["a"]
    assert events == [("split", second["b"], first["a"], 2)]


def test_an_id_given_up_in_a_merge_is_never_given_again():
    first, after, ever, _ = night({"a": 1, "b": 2}, NO_ONE, set(), "2026-01-12")
    _, after, ever, _ = night({"a": 1, "b": 1}, after, ever, "2026-01-13")
    third, _, _, _ = night({"a": 1, "b": 2}, after, ever, "2026-01-14")
    assert third["a"] == first["a"]
    assert third["b"] not in {first["a"], first["b"]}


def test_a_person_whose_last_record_is_deleted_is_retired():
    first, after, ever, _ = night({"a": 1, "b": 2}, NO_ONE, set(), "2026-01-12")
    _, _, _, events = night({"a": 1}, after, ever, "2026-01-13")
    assert events == [("retired", first["b"], None, 1)]


def test_the_id_survives_the_deletion_of_the_oldest_record():
    first, after, ever, _ = night({"a": 1, "b": 1}, NO_ONE, set(), "2026-01-12")
    second, _, _, events = night({"b": 1}, after, ever, "2026-01-13")
    assert second["b"] == first["b"]
    assert events == [("left", first["a"], None, 1)]


def test_a_record_that_moves_between_two_living_persons_leaves_one():
    first, after, ever, _ = night({"a": 1, "b": 1, "c": 2}, NO_ONE, set(), "2026-01-12")
    second, _, _, events = night({"a": 1, "b": 2, "c": 2}, after, ever, "2026-01-13")
    assert second["a"] == first["a"]
    # b is older than c but bears a's id, which a holds: c's group keeps its own id.
    assert second["b"] == second["c"]
    assert {event[0] for event in events} <= {"left", "split", "merged"}
