import pytest

from linkage.record_key import RecordKey, read_id
from warehouse.errors import UsageError


def test_forces_systems_and_ids_are_known_however_they_are_written():
    assert RecordKey.parse("Durham/NICHE/N-17b") == ("durham", "niche", "N-17b")
    assert read_id("p-60FD94f69673d8AF") == "P-60fd94f69673d8af"
    assert read_id("P-apart") == "P-apart"


def test_only_the_id_of_a_record_may_hold_a_slash():
    assert RecordKey.parse("durham/niche/2024/17") == ("durham", "niche", "2024/17")
    assert str(RecordKey("durham", "niche", "2024/17")) == "durham/niche/2024/17"
    for text in ("durham/niche", "durham//17", "17"):
        with pytest.raises(UsageError, match="force/source_system/source_record_id"):
            RecordKey.parse(text)
