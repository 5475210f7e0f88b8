import pytest

from linkage.record_key import RecordKey
from warehouse.errors import UsageError


def test_only_the_id_of_a_record_may_hold_a_slash():
    assert RecordKey.parse("durham/niche/2024/17") == ("durham", "niche", "2024/17")
    assert str(RecordKey("durham", "niche", "2024/17")) == "durham/niche/2024/17"
    for text in ("durham/niche", "durham//17", "17"):
        with pytest.raises(UsageError, match="force/source_system/source_record_id"):
            RecordKey.parse(text)
