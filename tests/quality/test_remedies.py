"""Every rule that a delivery can break outside the suites has words for what to do."""

import ast
from pathlib import Path

import transforms
from quality.feedback.remedies import REMEDIES, UNLISTED, remedy_of
from transforms.names import PLACEHOLDER_NAMES
from transforms.places import NULLED_RULES

# Where the name of a rule stands among a call's arguments.
PLACES = {"DeliveryError": 0, "Trap": 0, "Finding": 2, "Parsed": 2, "Problem": 0, "Rule": 2,
          "_quarantined": 1}  # fmt: skip
# Rules of reference data, which no force delivers.
NOT_OF_FORCES = {
    "reference_damaged", "reference_form", "reference_repeated", "reference_row", "reference_value",
}  # fmt: skip


def named_rules() -> set[str]:
    """Names of rules that stand as text in the modules of ``transforms``."""
    found = set()
    for path in Path(transforms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_rules_in(node))
    return found - NOT_OF_FORCES


def _rules_in(call: ast.Call):
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "rule"]
    if name in PLACES and len(call.args) > PLACES[name]:
        given.append(call.args[PLACES[name]])
    for node in given:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_each_rule_of_the_readers_and_mappings_has_a_remedy():
    rules = named_rules() | set(NULLED_RULES) | {refusal.rule for refusal in PLACEHOLDER_NAMES}
    assert len(rules) > 80
    assert sorted(rules - REMEDIES.keys()) == []


def test_a_rule_that_is_not_listed_still_says_what_to_do():
    assert remedy_of("no_such_rule") == UNLISTED
    assert remedy_of("volume") != UNLISTED


def test_a_remedy_is_one_plain_sentence():
    for rule, remedy in REMEDIES.items():
        assert 10 < len(remedy) < 160, rule
        assert not remedy.endswith("."), rule
