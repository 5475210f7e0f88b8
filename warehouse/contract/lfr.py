"""Live facial recognition as forces report it: a deployment, what it saw and what came of it."""

from warehouse.contract.constraint import Order
from warehouse.contract.model import Column, Kind, delivered
from warehouse.contract.place import PLACE, PLACE_TOGETHER

LFR_DEPLOYMENT = delivered(
    "lfr_deployment",
    "One row a deployment of live facial recognition, those without an alert included.",
    Column(
        "deployed_on",
        Kind.DATE,
        "Local date. No British force is known to have used it before 2015.",
        required=True,
        minimum="2015-01-01",
        not_after_delivery=True,
    ),
    Column("started_at", Kind.TIMESTAMP, "Start, UTC."),
    Column("ended_at", Kind.TIMESTAMP, "End, UTC."),
    Column(
        "duration_minutes",
        Kind.INTEGER,
        "How long it ran, whole minutes; a deployment does not outlast a day.",
        minimum=0,
        maximum=1440,
    ),
    Column("use_case", Kind.TEXT, "Use case in the source's words."),
    Column("threshold", Kind.DOUBLE, "Similarity threshold, 0 to 1.", minimum=0, maximum=1),
    Column("watchlist_size", Kind.INTEGER, "Images on the watchlist.", minimum=0),
    Column("faces_seen", Kind.INTEGER, "Estimated faces seen.", minimum=0),
    Column("total_alerts", Kind.INTEGER, "All alerts, as the source says.", minimum=0),
    Column(
        "true_alerts",
        Kind.INTEGER,
        "Alerts that were right, confirmed and unconfirmed; null where either is not known.",
        minimum=0,
    ),
    Column("true_alerts_confirmed", Kind.INTEGER, "Right alerts that were confirmed.", minimum=0),
    Column(
        "true_alerts_unconfirmed",
        Kind.INTEGER,
        "Alerts taken to be right that were not confirmed, the person not stopped, say.",
        minimum=0,
    ),
    Column(
        "false_alerts",
        Kind.INTEGER,
        "Alerts that were wrong, confirmed and unconfirmed; null where either is not known.",
        minimum=0,
    ),
    Column("false_alerts_confirmed", Kind.INTEGER, "Wrong alerts that were confirmed.", minimum=0),
    Column(
        "false_alerts_unconfirmed",
        Kind.INTEGER,
        "Alerts taken to be wrong that were not confirmed.",
        minimum=0,
    ),
    Column("arrests", Kind.INTEGER, "Arrests.", minimum=0),
    Column("other_disposals", Kind.INTEGER, "Alerts that ended otherwise.", minimum=0),
    Column("no_action", Kind.INTEGER, "Alerts on which no action was taken.", minimum=0),
    Column("borough", Kind.TEXT, "Borough or district in the source's words."),
    Column("ward_name", Kind.TEXT, "Ward in the source's words."),
    Column(
        "ward_code",
        Kind.TEXT,
        "Ward code of the Office for National Statistics, as the source gives it.",
        pattern=r"^[EW]05\d{6}$",
        profile="GB",
    ),
    Column(
        "source_document", Kind.TEXT, "Publication that the row was taken from, or its address."
    ),
    *PLACE,
    retention="none, it is about nobody",
    orders=(Order("ended_at", ("started_at",)),),
    together=PLACE_TOGETHER,
)
