"""What a link step's signature names: the code that decides edges and persons."""

import ast
from pathlib import Path

import pytest

from linkage import mark

ROOT = Path(mark.__file__).parents[1]
# What the named modules use and what decides nothing by itself: names of tables, how a statement
# is written and run, and what a model's own id is a hash of already.
NEUTRAL = {
    "linkage/identity.py", "linkage/model.py", "linkage/models/offence_conditions.py",
    "linkage/models/person_conditions.py", "linkage/scoring_sql.py", "linkage/workspace.py",
    "warehouse/contract/model.py", "warehouse/errors.py", "warehouse/given.py",
    "warehouse/schema.py",
}  # fmt: skip

# What is shared names the columns of persons' features too, which offences leave alone.
NEUTRAL_OF = {"person": set[str](), "offence": {"linkage/features.py"}}


def imported(path: Path) -> set[str]:
    """The project's modules that a module imports, as paths from the root."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
    paths = {f"{name.replace('.', '/')}.py" for name in names}
    return {path for path in paths if (ROOT / path).exists()}


@pytest.mark.parametrize("entity", ["person", "offence"])
def test_whatever_a_named_module_is_made_of_is_named_too(entity):
    """A change of it must link everything anew: a night would mix what two versions made."""
    named = {(ROOT / "linkage" / name).resolve() for name in mark._CODE[entity]}
    assert all(path.exists() for path in named)
    used = set().union(*(imported(path) for path in named))
    known = {path.relative_to(ROOT).as_posix() for path in named}
    assert used - known - NEUTRAL - NEUTRAL_OF[entity] == set()


@pytest.mark.parametrize("entity", ["person", "offence"])
def test_the_steps_that_make_features_pairs_and_groups_are_named(entity):
    own = "" if entity == "person" else "offences/"
    wanted = {f"{own}features.py", f"{own}pairs.py", f"{own}groups.py", "score.py", "blocks.py"}
    assert wanted <= set(mark._CODE[entity])
