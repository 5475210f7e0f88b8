"""Which models are in use, who approved them, and which nights ran."""

from warehouse.contract.model import Column, Kind, Table

MODEL_REGISTER = Table(
    "governance",
    "model_register",
    "One row a model that this home has made.",
    (
        Column(
            "model_id",
            Kind.TEXT,
            "Entity, version and the first 12 digits of its hash.",
            required=True,
        ),
        Column(
            "entity",
            Kind.TEXT,
            "What it is of: person, offence, or series (leads, which link nothing).",
            required=True,
        ),
        Column("version", Kind.TEXT, "Version.", required=True),
        Column(
            "status",
            Kind.TEXT,
            "provisional until a named person has approved it, whose grounds are its reliability "
            "test; then approved.",
            required=True,
            allowed=("provisional", "approved"),
        ),
        Column(
            "how",
            Kind.TEXT,
            "trained (its numbers were estimated from records of this home: of persons and of "
            "offences without labels, of series from offences whose suspects are known), typed "
            "(they stand in the code: there were too few records to train on).",
            required=True,
            allowed=("trained", "typed"),
        ),
        Column(
            "definition",
            Kind.TEXT,
            "The model as JSON: comparisons, weights, blocking rules, thresholds.",
            required=True,
        ),
        Column("definition_sha256", Kind.TEXT, "SHA-256 of the definition.", required=True),
        Column("code_sha256", Kind.TEXT, "SHA-256 of the code that made it.", required=True),
        Column(
            "data_sha256",
            Kind.TEXT,
            "SHA-256 of the records that it was trained on; null where it is typed.",
        ),
        Column("trained_on_records", Kind.BIGINT, "Records that it was trained on.", required=True),
        Column(
            "training_report",
            Kind.TEXT,
            "What training saw, left out and estimated, as JSON.",
            required=True,
        ),
        Column("first_night", Kind.DATE, "First night it was used; null while it was not."),
        Column(
            "approved_by",
            Kind.TEXT,
            "Who approved it last; null while provisional. Every approval stands in "
            "governance.model_approval.",
        ),
        Column("approved_at", Kind.TIMESTAMP, "When it was approved last, UTC.", runtime=True),
        Column(
            "approval_reason",
            Kind.TEXT,
            "On what grounds it was approved last, in that person's words.",
        ),
    ),
    key=("model_id",),
)

MODEL_APPROVAL = Table(
    "governance",
    "model_approval",
    "One row an approval of a model, as somebody gave it. Rows are only ever added: a model that "
    "is approved again has one more, and a home uses the model whose approval came last.",
    (
        Column(
            "approval_id",
            Kind.BIGINT,
            "Number of the approval, from 1 in the order in which they were given in this home.",
            required=True,
        ),
        Column(
            "model_id",
            Kind.TEXT,
            "Model that was approved: governance.model_register.",
            required=True,
        ),
        Column("approved_by", Kind.TEXT, "Who approved it.", required=True),
        Column("approved_at", Kind.TIMESTAMP, "When, UTC.", required=True, runtime=True),
        Column("reason", Kind.TEXT, "On what grounds, in that person's words.", required=True),
    ),
    key=("approval_id",),
)

NIGHT = Table(
    "governance",
    "night",
    "One row a night whose run was published.",
    (
        Column("night", Kind.DATE, "Night.", required=True),
        Column(
            "person_model_id", Kind.TEXT, "Model that linked persons; null where there were none."
        ),
        Column(
            "offence_model_id",
            Kind.TEXT,
            "Model that linked offences; null where there never were any.",
        ),
        Column(
            "series_model_id",
            Kind.TEXT,
            "Model that found series leads; null where there is none yet.",
        ),
        Column("crimelink_version", Kind.TEXT, "Version of the software.", required=True),
        Column(
            "published_at",
            Kind.TIMESTAMP,
            "When the file was built, UTC.",
            required=True,
            runtime=True,
        ),
    ),
    key=("night",),
)

TABLES = (MODEL_REGISTER, MODEL_APPROVAL, NIGHT)
