"""Which models are in use, which nights ran, and what reference data they stood on."""

from warehouse.contract.model import Column, Kind, Table

MODEL_REGISTER = Table(
    "governance",
    "model_register",
    "One row a model that has been used in this home.",
    (
        Column(
            "model_id",
            Kind.TEXT,
            "Entity, version and the first 12 digits of its hash.",
            required=True,
        ),
        Column("entity", Kind.TEXT, "What it links: person.", required=True),
        Column("version", Kind.TEXT, "Version.", required=True),
        Column(
            "status",
            Kind.TEXT,
            "provisional until its reliability test is passed and a named "
            "person has approved it; then approved.",
            required=True,
            allowed=("provisional", "approved"),
        ),
        Column(
            "definition",
            Kind.TEXT,
            "The model as JSON: comparisons, weights, blocking rules, thresholds.",
            required=True,
        ),
        Column("definition_sha256", Kind.TEXT, "SHA-256 of the definition.", required=True),
        Column("first_night", Kind.DATE, "First night it was used.", required=True),
    ),
    key=("model_id",),
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

TABLES = (MODEL_REGISTER, NIGHT)
