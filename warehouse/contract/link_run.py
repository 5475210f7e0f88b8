"""What the link step did each night, and what the models' blocking rules find."""

from warehouse.contract.model import Column, Kind, Table

LINKAGE_NIGHT = Table(
    "link",
    "linkage_night",
    "One row a run of the link step that changed something: what it took in, compared and changed, "
    "and how many person ids changed hands.",
    (
        Column("run", Kind.BIGINT, "Running number.", required=True),
        Column("night", Kind.DATE, "Night.", required=True),
        Column("model_id", Kind.TEXT, "Model in use.", required=True),
        Column(
            "is_full",
            Kind.BOOLEAN,
            "True where every record was compared anew: the first night, or another model.",
            required=True,
        ),
        Column("records", Kind.BIGINT, "Current person records.", required=True),
        Column("new_records", Kind.BIGINT, "Of them not linked before.", required=True),
        Column("changed_records", Kind.BIGINT, "Of them with changed features.", required=True),
        Column("deleted_records", Kind.BIGINT, "Records no longer held.", required=True),
        Column(
            "rescored_records",
            Kind.BIGINT,
            "Records compared again though unchanged, because a block of theirs became too large, "
            "or no longer is.",
            required=True,
        ),
        Column("pairs", Kind.BIGINT, "Pairs compared.", required=True),
        Column("edges", Kind.BIGINT, "Pairs kept, in all.", required=True),
        Column("links", Kind.BIGINT, "Of them heavy enough to be joined.", required=True),
        Column("cut_links", Kind.BIGINT, "Links that guards or judgements cut.", required=True),
        Column("persons", Kind.BIGINT, "Persons.", required=True),
        Column("created", Kind.BIGINT, "Persons created.", required=True),
        Column("merged", Kind.BIGINT, "Persons merged into another.", required=True),
        Column("split", Kind.BIGINT, "Persons split from another.", required=True),
        Column("retired", Kind.BIGINT, "Persons whose last record is gone.", required=True),
        Column(
            "ids_changed",
            Kind.BIGINT,
            "Records known before whose person_id is another now.",
            required=True,
        ),
        Column(
            "ids_changed_share",
            Kind.DOUBLE,
            "The same as a share of the records known before, 0 to 1: the churn of ids.",
            required=True,
        ),
        Column(
            "capped_keys",
            Kind.BIGINT,
            "Block keys that too many records share to be compared.",
            required=True,
        ),
        Column(
            "capped_pairs",
            Kind.BIGINT,
            "Pairs that they would have made; another block may bring some of them together.",
            required=True,
        ),
        Column("judgements", Kind.BIGINT, "Judgements taken in.", required=True),
        Column("conflicts", Kind.BIGINT, "Contradictions between judgements.", required=True),
        Column(
            "is_verified",
            Kind.BOOLEAN,
            "True where everything was linked anew from nothing, by itself or to compare, and "
            "nothing differed.",
            required=True,
        ),
    ),
    key=("run",),
)


BLOCK_RECALL = Table(
    "link",
    "block_recall",
    "One row a model and blocking rule: how many pairs it brings, and which share it finds of the "
    "pairs that share a verified identifier, as training measured it.",
    (
        Column("model_id", Kind.TEXT, "Model.", required=True),
        Column("block", Kind.TEXT, "Blocking rule; 'all rules' for their union.", required=True),
        Column("pairs", Kind.BIGINT, "Pairs that share a key.", required=True),
        Column("new_pairs", Kind.BIGINT, "Of them found by no rule before.", required=True),
        Column("capped_keys", Kind.BIGINT, "Keys too large to be compared.", required=True),
        Column("capped_pairs", Kind.BIGINT, "Pairs in them.", required=True),
        Column(
            "true_pairs",
            Kind.BIGINT,
            "Pairs of records that share a verified identifier; the rules that look for that "
            "identifier itself are left out.",
            required=True,
        ),
        Column("found", Kind.BIGINT, "Of them found by the rule.", required=True),
        Column("recall", Kind.DOUBLE, "found / true_pairs; null where there are none."),
        Column("recall_low", Kind.DOUBLE, "Lower end of its 95% Wilson interval."),
        Column("recall_high", Kind.DOUBLE, "Upper end of its 95% Wilson interval."),
    ),
    key=("model_id", "block"),
)


TABLES = (
    LINKAGE_NIGHT,
    BLOCK_RECALL,
)
