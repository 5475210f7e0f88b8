"""An explanation as one HTML page that needs nothing but itself."""

from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from string import Template

from console.explain_identity_page import identity_sections
from console.explain_pair_page import pair_sections
from console.explain_summary import LEAD_ONLY, say_reading, title_identity, title_pair
from console.explain_tables import facts_list, model_facts
from linkage.explanation.answer import Explanation
from linkage.explanation.entity import Entity
from linkage.explanation.facts import ModelFacts
from warehouse.markup import Child, Markup, join, tag

WITH_VALUES = (
    "OFFICIAL-SENSITIVE. Personal data held for law enforcement (Data Protection Act 2018, "
    "Part 3). Only for those entitled to see these records."
)
WITHOUT_VALUES = (
    "OFFICIAL-SENSITIVE. Names, dates of birth and other values are left out; record identifiers "
    "are not. Only for those entitled to see these records."
)
# The command, as its pages name it.
MADE_BY = "crimelink explain"
# Hatching, so that what speaks against is told apart without colour; the page's one definition.
_PATTERNS = Markup(
    '<svg class="patterns" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" '
    'fill="#fff"/><rect width="3.4" height="6" fill="#a8480e"/></pattern></defs></svg>'
)


def say_marking(explanation: Explanation) -> str:
    """The note of classification."""
    return WITH_VALUES if explanation.has_values else WITHOUT_VALUES


def make_page(explanation: Explanation) -> str:
    """The whole page, as text in UTF-8."""
    title = say_title(explanation)
    folder = files("console")
    return Template((folder / "explain_page.html").read_text(encoding="utf-8")).substitute(
        title=join(title),
        made_by=MADE_BY,
        style=(folder / "explain_page.css").read_text(encoding="utf-8"),
        marking=join(say_marking(explanation)),
        content=join(list(_content(explanation, title))),
    )


def _model(model: ModelFacts | None, entity: Entity) -> Child:
    if model is None:
        return f"none: no {entity.many} have been linked"
    return [tag("span", model.model_id, class_="id"), f", {model.status}"]


def say_title(explanation: Explanation) -> str:
    """What the explanation is about."""
    if explanation.pair is not None:
        return title_pair(explanation.pair)
    if len(explanation.identities) == 1:
        return title_identity(explanation.identities[0])
    many = f"{len(explanation.identities)} {explanation.entity.many}"
    return f"The {many} that hold what {explanation.asked[0]} held"


def _content(explanation: Explanation, title: str) -> Iterable[Child]:
    yield _PATTERNS
    yield tag("h1", title)
    yield facts_list({
        "Asked": [(tag("span", word, class_="id"), " ") for word in explanation.asked],
        "Answered from": f"the store of night {explanation.night} ({explanation.store})",
        "Model": _model(explanation.model, explanation.entity),
    })  # fmt: skip
    yield [tag("p", notice, class_="notice") for notice in explanation.notices]
    yield tag("p", tag("strong", LEAD_ONLY))
    if explanation.pair is not None:
        yield pair_sections(explanation.pair, explanation.has_values)
    for identity in explanation.identities:
        if len(explanation.identities) > 1:
            yield tag("h1", f"{identity.entity.capitalize()} {identity.entity_id}")
        yield identity_sections(identity, explanation.has_values)
    yield [tag("h2", "How to read the numbers"), tag("p", say_reading(explanation.entity))]
    if explanation.model is not None:
        yield [tag("h2", "The model"), model_facts(explanation.model)]
    yield tag("p", f"Made by crimelink {version('crimelink')} from the published store.",
              class_="note")  # fmt: skip
