"""Held batches that named persons released."""

from warehouse.contract.model import Column, Kind, Table

RELEASE = Table(
    "quality",
    "release",
    "One row a release of a held batch by a named person, from the night on that took it in.",
    (
        # Made of when it was written down, so it differs as that does.
        Column("release_id", Kind.TEXT, "Opaque id.", required=True, runtime=True),
        Column("batch_id", Kind.TEXT, "Batch that was held.", required=True),
        Column("force", Kind.TEXT, "Force.", required=True),
        Column("released_by", Kind.TEXT, "Who released it.", required=True),
        Column("released_at", Kind.TIMESTAMP, "When, UTC.", required=True, runtime=True),
        Column("reason", Kind.TEXT, "Why, in that person's words.", required=True),
        Column("held_rule", Kind.TEXT, "Rule that held it.", required=True),
        Column("held_reason", Kind.TEXT, "Why it was held.", required=True),
        Column("held_night", Kind.DATE, "Night that first held it.", required=True),
        Column("night", Kind.DATE, "Night that took it in after the release.", required=True),
        Column(
            "outcome",
            Kind.TEXT,
            "loaded, or held: by a rule that the release does not overrule.",
            required=True,
            allowed=("loaded", "held"),
        ),
    ),
    key=("release_id",),
)

TABLES = (RELEASE,)
