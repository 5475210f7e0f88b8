"""Which addresses are homes."""

import duckdb
import pytest

from warehouse.nowhere import home_sql


@pytest.mark.parametrize(
    ("line", "is_home"),
    [
        ("12 HIGH STREET", True),
        ("ROSE COTTAGE", True),
        ("9 UNKNOWN ROAD", True),
        ("FLAT 2 THE HOSTEL", True),
        ("THE BARN/ANNEXE, MANOR FARM", True),
        ("GARDEN/APARTMENT", True),
        ("\u0423\u041b\u0418\u0426\u0410 \u041b\u0415\u041d\u0418\u041d\u0410", True),
        ("NO FIXED ABODE", False),
        ("NFA LONDON", False),
        ("NFA (HOSTEL)", False),
        ("Nfa", False),
        ("N/A", False),
        ("ADDRESS NOT KNOWN", False),
        (".", False),
        ("", False),
    ],
)
def test_a_line_that_says_there_is_none_is_no_home(line, is_home):
    query = f"SELECT {home_sql('line')} FROM (SELECT $line AS line)"
    [(home,)] = duckdb.execute(query, {"line": line}).fetchall()
    assert home == (line if is_home else None)
