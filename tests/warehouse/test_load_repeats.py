"""A delivery that came before is written down and changes nothing."""


def test_a_stale_repeat_leaves_newer_versions_as_they_are_and_counts_all_rows_unchanged(
    bench, nights
):
    old = {"person_record": [{"record_key": "a", "surname": "SMITH"}]}
    first = bench.put(nights[0], "1", old)
    bench.put(nights[0], "2", {"person_record": [{"record_key": "a", "surname": "JONES"}]})
    bench.load(nights[0])
    again = bench.put(nights[1], "3", {}, received={"person_record": 1}, repeats=first)
    bench.load(nights[1])
    assert bench.names() == {"a": "JONES"}
    assert bench.balances(again) == {"person_record": (1, 0, 1, 0, 0, 0)}
    assert _verdict(bench, again) == ("loaded", None)
    # What is sent after it is no late delivery for it.
    bench.put(nights[1], "25", {"person_record": [{"record_key": "a", "surname": "BROWN"}]})
    bench.load(nights[1])
    assert bench.names() == {"a": "BROWN"}


def test_a_repeat_of_a_held_delivery_is_held(bench, nights):
    rows = {"person_record": [{"record_key": "a"}]}
    first = bench.put(nights[0], "1", rows, held_rule="volume", held_reason="few")
    again = bench.put(nights[0], "2", {}, received={"person_record": 1}, repeats=first)
    bench.put(nights[0], "1", rows, force="kent")
    bench.load(nights[0])
    assert _verdict(bench, again) == ("held", "repeats_held")
    assert bench.balances(again) == {"person_record": (1, 0, 0, 1, 0, 0)}
    assert _verdict(bench, "kent-1") == ("loaded", None)


def _verdict(bench, batch_id: str) -> tuple[str, str | None]:
    sql = f"SELECT status, held_rule FROM quality.batch WHERE batch_id = '{batch_id}'"
    return bench.ask(sql)[0]
