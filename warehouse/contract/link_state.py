"""What the state holds of linkage: the same as ``link`` publishes, by number and ready to change.

Records are numbers here: a night changes a few thousand rows among millions, and finds them by
integers. ``warehouse/linked.py`` makes the published tables of these.
"""

from warehouse.contract.judgement import JUDGEMENT, JUDGEMENT_CONFLICT
from warehouse.contract.link import IDENTITY_EVENT, RECORD_PARTS
from warehouse.contract.link_run import LINKAGE_NIGHT
from warehouse.contract.model import Column, Kind, Table
from warehouse.contract.record_hash import RECORD_HASH

_RECORD = Column("record", Kind.BIGINT, "Record: linkage.record_key.", required=True)
_PERSON = Column("person_id", Kind.TEXT, "Opaque id of the person.", required=True)

RECORD_KEY = Table(
    "linkage",
    "record_key",
    "One row a person record that was ever linked. Its number is never given to another.",
    (
        _RECORD,
        *(Column(part, Kind.TEXT, "Part of the record's key.", required=True)
          for part in RECORD_PARTS),
        RECORD_HASH,
        Column("first_night", Kind.DATE, "Night that linked it first.", required=True),
    ),
    key=("record",),
)  # fmt: skip

EDGE = Table(
    "linkage",
    "edge",
    "One row a pair of current records that weighs enough to be kept.",
    (
        Column("record_l", Kind.BIGINT, "The record with the smaller number.", required=True),
        Column("record_r", Kind.BIGINT, "The other.", required=True),
        Column("match_weight", Kind.DOUBLE, "Bits.", required=True),
        Column("link_at", Kind.DOUBLE, "Bits that such a pair needs to be joined.", required=True),
        Column("band", Kind.TEXT, "link, review or possible.", required=True),
        Column(
            "weights",
            Kind.DOUBLES,
            "Bits a comparison, in the model's order, the prior last.",
            required=True,
        ),
        Column(
            "levels",
            Kind.SMALLS,
            "Level a comparison, from 0; -1 where nothing can be said.",
            required=True,
        ),
        Column("block", Kind.INTEGER, "Index of the model's block that found it.", required=True),
        Column("night", Kind.DATE, "Night that scored it first like this.", required=True),
    ),
    key=("record_l", "record_r"),
)

CLUSTER = Table(
    "linkage",
    "cluster",
    "One row a current record: the component that its links make, and the person in it.",
    (
        _RECORD,
        Column(
            "component",
            Kind.BIGINT,
            "Smallest record of all that links and judgements tie together, guards apart.",
            required=True,
        ),
        _PERSON,
    ),
    key=("record",),
)

CUT = Table(
    "linkage",
    "cut",
    "One row a link that was not laid.",
    (
        Column("record_l", Kind.BIGINT, "The record with the smaller number.", required=True),
        Column("record_r", Kind.BIGINT, "The other.", required=True),
        Column("component", Kind.BIGINT, "Component of both.", required=True),
        Column("reason", Kind.TEXT, "What kept them apart.", required=True),
    ),
    key=("record_l", "record_r"),
)

MEMBERSHIP = Table(
    "linkage",
    "membership",
    "One row a record and span of nights: the person it belonged to.",
    (
        _RECORD,
        _PERSON,
        Column("valid_from", Kind.DATE, "First night.", required=True),
        Column("valid_to", Kind.DATE, "Night from which it no longer held; null while current."),
    ),
    key=("record", "valid_from"),
)

TIE = Table(
    "linkage",
    "tie",
    "One row a pair of current records that people's judgements join or keep apart, as they stand.",
    (
        Column("record_l", Kind.BIGINT, "The record with the smaller number.", required=True),
        Column("record_r", Kind.BIGINT, "The other.", required=True),
        Column("is_same", Kind.BOOLEAN, "True where they are to be joined.", required=True),
    ),
    key=("record_l", "record_r"),
)

MARK = Table(
    "linkage",
    "mark",
    "One row: how far linking has come, and with what.",
    (
        Column("night", Kind.DATE, "Last night linked.", required=True),
        Column("model_id", Kind.TEXT, "Model that scored every edge.", required=True),
        Column(
            "signature",
            Kind.TEXT,
            "Hash of what everything was made with: model, code, reference data, DuckDB.",
            required=True,
        ),
        Column(
            "verified_on",
            Kind.DATE,
            "Last night on which everything was linked anew and compared; null before the first.",
        ),
    ),
)

KEPT = (IDENTITY_EVENT, JUDGEMENT, JUDGEMENT_CONFLICT, LINKAGE_NIGHT)

TABLES = (RECORD_KEY, EDGE, CLUSTER, CUT, MEMBERSHIP, TIE, MARK)
