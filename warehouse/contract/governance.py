"""Which models are in use, who tried and who approved them, and which nights ran."""

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
            "trained (its numbers were estimated from records: of persons and of "
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

MODEL_TRIAL = Table(
    "governance",
    "model_trial",
    "One row a trial of a model of persons: the home's current records linked with it beside what "
    "is linked, of which nothing was changed. Rows are only ever added, whatever a trial showed.",
    (
        Column(
            "trial_id",
            Kind.BIGINT,
            "Number of the trial, from 1 in the order in which they ended in this home.",
            required=True,
        ),
        Column(
            "model_id", Kind.TEXT, "Model that was tried: governance.model_register.", required=True
        ),
        Column("tried_by", Kind.TEXT, "Who tried it.", required=True),
        Column("tried_at", Kind.TIMESTAMP, "When, UTC.", required=True, runtime=True),
        Column(
            "crimelink_version",
            Kind.TEXT,
            "Version of the software that linked in the trial.",
            required=True,
        ),
        Column(
            "night", Kind.DATE, "Last night that had been linked when it was tried.", required=True
        ),
        Column("records", Kind.BIGINT, "Records that were linked in the trial.", required=True),
        Column(
            "data_sha256",
            Kind.TEXT,
            "SHA-256 of those records, made as governance.model_register.data_sha256 is: where the "
            "two are the same, the model was tried on the records that it was trained on.",
            required=True,
        ),
        Column(
            "waiting_records",
            Kind.BIGINT,
            "Records of which a row was loaded or ended since that night was linked: they were "
            "tried as they were then, and no night had linked them so.",
            required=True,
        ),
        Column(
            "waiting_judgements",
            Kind.BIGINT,
            "Judgements of people that counted in the trial and that no night had taken in yet.",
            required=True,
        ),
        Column(
            "present_model_id",
            Kind.TEXT,
            "Model that had linked what the trial is compared with.",
            required=True,
        ),
        Column(
            "records_compared",
            Kind.BIGINT,
            "Records that were linked before the trial and in it.",
            required=True,
        ),
        Column(
            "records_moved",
            Kind.BIGINT,
            "Of those, records that would be of one person with other records than they were.",
            required=True,
        ),
        Column(
            "compared_pairs",
            Kind.BIGINT,
            "Pairs of records that were compared in the trial.",
            required=True,
        ),
        Column(
            "capped_keys",
            Kind.BIGINT,
            "Values of a blocking rule that brought nobody together in the trial, since more "
            "records bear them than the model compares.",
            required=True,
        ),
        Column("persons_before", Kind.BIGINT, "Persons of those records as linked.", required=True),
        Column(
            "persons_gained",
            Kind.BIGINT,
            "Persons of the trial that there were not, with those records and no others.",
            required=True,
        ),
        Column(
            "persons_lost",
            Kind.BIGINT,
            "Persons that there are not, with those records and no others, in the trial. "
            "The trial has as many as there were before and it gained, less those lost; so of "
            "pairs, links and review.",
            required=True,
        ),
        Column(
            "pairs_before",
            Kind.BIGINT,
            "Pairs of those records that were of one person.",
            required=True,
        ),
        Column(
            "pairs_gained",
            Kind.BIGINT,
            "Pairs that are of one person in the trial alone.",
            required=True,
        ),
        Column("pairs_lost", Kind.BIGINT, "Pairs that are of one person no longer.", required=True),
        Column(
            "links_before",
            Kind.BIGINT,
            "Links between any two records: pairs heavy enough, and not cut.",
            required=True,
        ),
        Column("links_gained", Kind.BIGINT, "Links in the trial alone.", required=True),
        Column("links_lost", Kind.BIGINT, "Links that are none in the trial.", required=True),
        Column("review_before", Kind.BIGINT, "Pairs in the band review.", required=True),
        Column("review_gained", Kind.BIGINT, "Such pairs in the trial alone.", required=True),
        Column("review_lost", Kind.BIGINT, "Such pairs that are none in the trial.", required=True),
        Column(
            "truth",
            Kind.TEXT,
            "Truth against which the trial was measured, as it was named on the command line; null "
            "where there was none, so that nothing tells how good the model is.",
        ),
        Column(
            "truth_sha256", Kind.TEXT, "SHA-256 of the file that holds it; null where none was."
        ),
        Column(
            "truth_records",
            Kind.BIGINT,
            "Records that were measured: those of the store, of the trial and of the truth; null "
            "where there was no truth.",
        ),
        Column(
            "truth_doubts", Kind.TEXT, "Why it may be the truth of other records; null if nothing."
        ),
        Column("seed", Kind.BIGINT, "Seed of the bootstrap; null where there was no truth."),
    ),
    key=("trial_id",),
)

MODEL_TRIAL_FIGURE = Table(
    "governance",
    "model_trial_figure",
    "One row a figure of a trial against a truth: how well the model that was tried would have "
    "linked everybody, and each stratum (docs/evaluate-linkage.md).",
    (
        Column("trial_id", Kind.BIGINT, "Trial: governance.model_trial.", required=True),
        Column(
            "kind", Kind.TEXT, "Kind of stratum, such as sex; all for everybody.", required=True
        ),
        Column("value", Kind.TEXT, "Stratum, such as F; all for everybody.", required=True),
        Column("measure", Kind.TEXT, "Figure, such as pair_precision.", required=True),
        Column("numerator", Kind.DOUBLE, "Of the figure.", required=True),
        Column("denominator", Kind.DOUBLE, "Of the figure.", required=True),
        Column("estimate", Kind.DOUBLE, "The figure, a share from 0 to 1.", required=True),
        Column("low", Kind.DOUBLE, "Lower end of its 95% interval.", required=True),
        Column("high", Kind.DOUBLE, "Upper end of its 95% interval.", required=True),
    ),
    key=("trial_id", "kind", "value", "measure"),
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

TABLES = (MODEL_REGISTER, MODEL_TRIAL, MODEL_TRIAL_FIGURE, MODEL_APPROVAL, NIGHT)
