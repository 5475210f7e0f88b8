"""The links that a person hangs by."""

from warehouse.contract.link import PAIR
from warehouse.contract.model import Column, Kind, Table

PERSON_TIE = Table(
    "link",
    "person_tie",
    "One row a person of several records and kind of tie: the lightest link on the strongest way "
    "that ties the records together, and the lightest on it between records of two forces. Where "
    "it is wrong the person falls apart: look there first. Persons that judgements alone tie are "
    "left out.",
    (
        Column("person_id", Kind.TEXT, "Person: core.person.", required=True),
        Column(
            "tie",
            Kind.TEXT,
            "weakest (of all links on the way), bridge (of those between two forces).",
            required=True,
            allowed=("weakest", "bridge"),
        ),
        *PAIR,
        Column("match_weight", Kind.DOUBLE, "Weight of the link, bits.", required=True),
        Column(
            "agrees",
            Kind.TEXT,
            "What speaks for the two records being one person, in the words of link.person_edge, "
            "semicolon between; null where nothing does.",
        ),
        Column(
            "differs",
            Kind.TEXT,
            "What speaks against it: what they differ in, and what the model holds against two "
            "who may be kin or namesakes; null where nothing does.",
        ),
    ),
    key=("person_id", "tie"),
)

TABLES = (PERSON_TIE,)
