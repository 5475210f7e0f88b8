from dataclasses import replace
from datetime import date

from benchmarks.batch_faults import BATCH_FAULTS
from benchmarks.clean_nights import CleanNights
from benchmarks.file_outcome import FileOutcome
from benchmarks.rule_outcome import BatchOutcome, Outcome, StoreOutcome
from benchmarks.rules_page import differing, render
from benchmarks.store_faults import fault_of
from quality.catalogue import night_rules
from quality.gate.batch_rules import batch_rules
from quality.rules.reading_rule import DELIVERY
from warehouse.verify import checks

CLEAN = CleanNights(2, 90, 1_234, 0, 1, 0, (("local_time_ambiguous", 3),))


def outcome(**values) -> Outcome:
    rule = next(r for r in night_rules() if r.severity == "warning" and r.column == "sex")
    return replace(Outcome(rule, 6, 6, 8, 8, 0, "quarantined", is_held=False), **values)


def in_files(*outcomes: Outcome) -> list[FileOutcome]:
    return [
        FileOutcome(each.rule, ("sex_unknown",), 6, 6, 8, 8, 0, is_held=False) for each in outcomes
    ]


def of_store(**values) -> StoreOutcome:
    check = next(iter(checks(date.min)))
    return replace(StoreOutcome(check, fault_of(check), 2, (), is_kept_back=True), **values)


def test_a_fault_is_right_where_its_rows_and_no_others_are_named_and_kept_out():
    assert outcome().is_right
    assert not outcome(named=5).is_right
    assert not outcome(kept_out=7).is_right
    assert not outcome(wrongly=1).is_right
    assert not outcome(is_held=True).is_right


def test_a_fault_of_a_batch_is_right_where_it_is_found_and_holds_what_it_should():
    critical = next(fault for fault in BATCH_FAULTS if fault.is_critical)
    noted = next(fault for fault in BATCH_FAULTS if not fault.is_critical)
    assert BatchOutcome(critical, 3, is_held=True).is_right
    assert not BatchOutcome(critical, 3, is_held=False).is_right
    assert BatchOutcome(noted, 3, is_held=False).is_right
    assert not BatchOutcome(noted, 0, is_held=False).is_right


def test_every_rule_about_batches_has_a_fault():
    assert {rule.name for rule in batch_rules()} == {fault.rule for fault in BATCH_FAULTS}


def test_rules_of_reading_are_left_out_and_the_page_says_so():
    of_others = {rule.table for rule in (*night_rules(), *batch_rules())}
    assert DELIVERY not in of_others
    assert f"(under `{DELIVERY}`" in render([outcome()], [], [], in_files(outcome()), 2, CLEAN)


def test_a_fault_of_the_store_is_right_where_its_rows_are_found_and_it_stays_back():
    assert of_store().is_right
    assert of_store(others=("another",)).is_right
    assert not of_store(named=1).is_right
    assert not of_store(is_kept_back=False).is_right


def test_the_page_says_what_went_wrong_and_how_many_went_right():
    of_batches = [BatchOutcome(BATCH_FAULTS[0], 1, True)]
    broken = of_store(is_kept_back=False, others=("another", "third"))
    of_rows = [outcome(), outcome(named=5)]
    page = render(of_rows, of_batches, [of_store(), broken], in_files(outcome()), 2, CLEAN)
    assert "**WRONG**: quarantined" in page
    assert "| 2 of 2 | another, third | **WRONG**: could be published |" in page
    assert "| quarantined | sex_unknown | 6 | 8 of 8 | 0 |" in page
    assert "4 of 6 faults were found" in page
    assert "1,234 rows received; 0 batches held, 1 rows" in page
    assert not CLEAN.is_right
    assert replace(CLEAN, quarantined=0).is_right


def test_a_page_without_a_rule_or_a_check_differs():
    of_rows = [outcome(rule=rule) for rule in night_rules()]
    all_checks = [of_store(check=check) for check in checks(date.min)]
    assert differing(render(of_rows, [], all_checks, in_files(*of_rows), 2, CLEAN)) == set()
    lacking = differing(render(of_rows[1:], [], all_checks[:-1], in_files(*of_rows), 2, CLEAN))
    rule, check = of_rows[0].rule, all_checks[-1].check
    assert lacking == {(rule.name, rule.table, rule.column or ""), (check.name, check.says)}


def test_the_page_says_what_became_of_a_fault_in_files():
    [found] = in_files(outcome())
    left_out = next(r for r in night_rules() if (r.name, r.column) == ("required", "is_notifiable"))
    said = {
        "| sex_unknown | 6 | 8 of 8 | 0 |": found,
        "| the rule | 6 | 8 of 8 | 0 |": replace(found, caught_by=(found.rule.name,)),
        "| the rule | 6 | all |  |": replace(
            found,
            rule=replace(found.rule, severity="critical"),
            caught_by=(found.rule.name,),
            is_held=True,
        ),
        "| no file |  |  |  |": FileOutcome.of_none(found.rule),
        "| left out |  | 0 of 0 | 0 |": replace(
            found, rule=left_out, caught_by=(), named=0, wanted=0, kept_out=0
        ),
        "| **WRONG**: nothing | 0 | 0 of 8 | 0 |": replace(
            found, caught_by=(), named=0, kept_out=0
        ),
    }
    for cells, each in said.items():
        assert cells in render([outcome(rule=each.rule)], [], [], [each], 2, CLEAN)
