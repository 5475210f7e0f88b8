"""Objects as one force holds them: the O of POLE."""

from warehouse.contract.model import Column, Kind, delivered

VEHICLE_RECORD = delivered(
    "vehicle_record",
    "One row a vehicle of a force's record system.",
    Column(
        "vrm", Kind.TEXT, "Registration mark, upper case without spaces.", sensitivity="personal"
    ),
    Column("make", Kind.TEXT, "Make, upper case."),
    Column("model", Kind.TEXT, "Model, upper case."),
    Column("colour", Kind.TEXT, "Colour, upper case.", is_code=True),
)

PHONE_RECORD = delivered(
    "phone_record",
    "One row a telephone of a force's record system.",
    Column(
        "number", Kind.TEXT, "Digits with a leading +44 for a UK number.", sensitivity="personal"
    ),
    Column(
        "imei",
        Kind.TEXT,
        "International mobile equipment identity, 15 digits.",
        sensitivity="personal",
    ),
)

PROPERTY_RECORD = delivered(
    "property_record",
    "One row an item of property of a force's record system.",
    Column("property_type", Kind.TEXT, "Kind of item, upper case.", is_code=True),
    Column("serial_number", Kind.TEXT, "Serial number, upper case without spaces."),
    Column("value_gbp", Kind.DOUBLE, "Value, pounds sterling.", minimum=0),
)

TABLES = (VEHICLE_RECORD, PHONE_RECORD, PROPERTY_RECORD)
