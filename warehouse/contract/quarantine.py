"""What became of a row that was kept out: columns that the store adds to ``quality.quarantine``."""

from warehouse.contract.model import Column, Kind

FATE_COLUMNS = (
    Column(
        "first_night",
        Kind.DATE,
        "Night that first kept the record out, of those since it was last taken in.",
        required=True,
    ),
    Column(
        "state",
        Kind.TEXT,
        "open (still kept out), superseded (a later delivery brought the record again, still "
        "broken: that batch's row goes on from this one), mended (a later delivery brought it and "
        "it was accepted), withdrawn (the source deleted it, or a later delivery that covers its "
        "table no longer brings it; a row whose key could not be told ends so).",
        required=True,
        allowed=("open", "superseded", "mended", "withdrawn"),
    ),
    Column("ended_batch_id", Kind.TEXT, "Batch that superseded, mended or withdrew it."),
    Column("ended_night", Kind.DATE, "Night that took that batch in."),
)
