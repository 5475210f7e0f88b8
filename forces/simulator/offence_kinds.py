"""What each group of offences is like: how common, when, who is named, and how it ends.

Shares are near those of police recorded crime in England and Wales, rounded; the rest is plausible,
not measured.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OffenceKind:
    """One offence group.

    Attributes:
        group: slug of ``reference.offence_group``.
        share: of offences.
        habit: hours of ``times.HOURS``.
        longest_hours: between earliest and latest time it can have happened.
        suspects, victims: expected number of each named.
        positive: share of outcomes in which an offender is dealt with.
        methods: how it is done, in words.
    """

    group: str
    share: float
    habit: str
    longest_hours: float
    suspects: float
    victims: float
    positive: float
    methods: tuple[str, ...]


KINDS = (
    OffenceKind("violence-and-sexual-offences", 0.36, "evening", 0.0, 0.75, 0.95, 0.12,
                ("PUNCHED TO FACE DURING ARGUMENT", "PUSHED TO GROUND OUTSIDE LICENSED PREMISES",
                 "THREATS MADE BY TEXT MESSAGE", "ASSAULT BY FORMER PARTNER AT HOME")),
    OffenceKind("public-order", 0.08, "evening", 0.0, 0.5, 0.4, 0.13,
                ("SHOUTED ABUSE IN STREET", "THREATENING BEHAVIOUR TOWARDS STAFF")),
    OffenceKind("criminal-damage-and-arson", 0.1, "night", 10.0, 0.3, 0.8, 0.08,
                ("WINDOW BROKEN WITH STONE", "VEHICLE SCRATCHED ALONG SIDE", "BIN SET ALIGHT")),
    OffenceKind("shoplifting", 0.1, "shop", 0.0, 0.6, 0.0, 0.2,
                ("SELECTED GOODS AND LEFT MAKING NO ATTEMPT TO PAY", "CONCEALED GOODS IN BAG")),
    OffenceKind("other-theft", 0.09, "day", 8.0, 0.15, 0.8, 0.03,
                ("TAKEN FROM UNATTENDED BAG", "TAKEN FROM GARDEN", "MADE OFF WITHOUT PAYMENT")),
    OffenceKind("vehicle-crime", 0.08, "night", 12.0, 0.08, 0.9, 0.03,
                ("WINDOW SMASHED AND SEARCHED", "TAKEN WITHOUT KEYS BY RELAY", "LOCK FORCED")),
    OffenceKind("burglary", 0.06, "day", 14.0, 0.15, 0.9, 0.06,
                ("REAR DOOR FORCED WITH TOOL", "WINDOW LEFT OPEN", "SHED LOCK CUT",
                 "LETTERBOX FISHING FOR KEYS")),
    OffenceKind("drugs", 0.04, "evening", 0.0, 0.95, 0.0, 0.35,
                ("FOUND IN POSSESSION ON SEARCH", "CULTIVATION AT ADDRESS")),
    OffenceKind("other-crime", 0.03, "day", 0.0, 0.5, 0.3, 0.12,
                ("FALSE REPRESENTATION", "BREACH OF ORDER")),
    OffenceKind("theft-from-the-person", 0.02, "evening", 0.5, 0.08, 0.95, 0.02,
                ("PHONE SNATCHED BY RIDER", "WALLET TAKEN IN CROWD")),
    OffenceKind("robbery", 0.015, "evening", 0.0, 0.35, 0.95, 0.08,
                ("THREATENED WITH KNIFE FOR PHONE", "PUSHED AND BAG TAKEN")),
    OffenceKind("bicycle-theft", 0.015, "day", 9.0, 0.05, 0.95, 0.02,
                ("LOCK CUT AT RACK", "TAKEN FROM COMMUNAL HALL")),
    OffenceKind("possession-of-weapons", 0.01, "evening", 0.0, 0.9, 0.05, 0.3,
                ("KNIFE FOUND ON SEARCH", "SEEN CARRYING IMPLEMENT")),
)  # fmt: skip

# Outcomes with their weights: where an offender is dealt with, where one is named, where none is.
POSITIVE = {"1": 0.62, "3": 0.09, "8": 0.18, "2": 0.03, "22": 0.05, "6": 0.01, "7": 0.01,
            "4": 0.01}  # fmt: skip
NAMED = {"16": 0.55, "15": 0.36, "10": 0.03, "9": 0.01, "21": 0.02, "20": 0.02, "11": 0.01}
NOT_NAMED = {"18": 0.78, "14": 0.19, "21": 0.02, "17": 0.01}
