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
        words: section of ``methods.toml`` that says how it is done, where not its group's.
        codes: its Home Office codes, where they are not all those of its group.
    """

    group: str
    share: float
    habit: str
    longest_hours: float
    suspects: float
    victims: float
    positive: float
    words: str = ""
    codes: tuple[str, ...] = ()

    @property
    def methods(self) -> str:
        """Section of ``methods.toml``."""
        return self.words or self.group


KINDS = (
    OffenceKind("violence-and-sexual-offences", 0.35, "evening", 0.0, 0.75, 0.95, 0.12),
    OffenceKind("violence-and-sexual-offences", 0.01, "night", 0.0, 0.15, 0.98, 0.05,
                "sexual-offence-by-stranger", ("020/05", "020/03", "017/15", "019/08")),
    OffenceKind("public-order", 0.08, "evening", 0.0, 0.5, 0.4, 0.13),
    OffenceKind("criminal-damage-and-arson", 0.1, "night", 10.0, 0.3, 0.8, 0.08),
    OffenceKind("shoplifting", 0.1, "shop", 0.0, 0.6, 0.0, 0.2),
    OffenceKind("other-theft", 0.09, "day", 8.0, 0.15, 0.8, 0.03),
    OffenceKind("vehicle-crime", 0.08, "night", 12.0, 0.08, 0.9, 0.03),
    OffenceKind("burglary", 0.06, "day", 14.0, 0.15, 0.9, 0.06),
    OffenceKind("drugs", 0.04, "evening", 0.0, 0.95, 0.0, 0.35),
    OffenceKind("other-crime", 0.03, "day", 0.0, 0.5, 0.3, 0.12),
    OffenceKind("theft-from-the-person", 0.02, "evening", 0.5, 0.08, 0.95, 0.02),
    OffenceKind("robbery", 0.015, "evening", 0.0, 0.35, 0.95, 0.08),
    OffenceKind("bicycle-theft", 0.015, "day", 9.0, 0.05, 0.95, 0.02),
    OffenceKind("possession-of-weapons", 0.01, "evening", 0.0, 0.9, 0.05, 0.3),
)  # fmt: skip

# Outcomes with their weights: where an offender is dealt with, where one is named, where none is.
POSITIVE = {"1": 0.62, "3": 0.09, "8": 0.18, "2": 0.03, "22": 0.05, "6": 0.01, "7": 0.01,
            "4": 0.01}  # fmt: skip
NAMED = {"16": 0.55, "15": 0.36, "10": 0.03, "9": 0.01, "21": 0.02, "20": 0.02, "11": 0.01}
NOT_NAMED = {"18": 0.78, "14": 0.19, "21": 0.02, "17": 0.01}
