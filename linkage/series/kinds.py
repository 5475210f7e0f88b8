"""Which kinds of offence series are sought among, and which are compared with each other.

Offences of one family are compared: an offender who is active in a kind tends to stay near it, and
takes what is nearest it too (Tonkin et al. 2011, "Linking different types of crime using
geographical and temporal proximity", Criminal Justice and Behavior 38). Violence between people who
know each other, drugs and weapons found by search, and breaches of orders are left out: who did it
is known, or it is no matter of series.
"""

FAMILY_OF_GROUP = {
    "burglary": "burglary and theft",
    "vehicle-crime": "burglary and theft",
    "bicycle-theft": "burglary and theft",
    "other-theft": "burglary and theft",
    "robbery": "robbery and snatching",
    "theft-from-the-person": "robbery and snatching",
    "shoplifting": "shoplifting",
    "criminal-damage-and-arson": "damage and arson",
}
# Home Office classes of sexual assault and rape, and codes of exposure and voyeurism; the group of
# data.police.uk does not tell them from violence.
SEXUAL = "sexual"
SEXUAL_CODES = ("017/", "019/", "020/", "088/09", "088/10")
FAMILIES = (*dict.fromkeys(FAMILY_OF_GROUP.values()), SEXUAL)


def family_sql(group: str = "offence_group", code: str = "offence_code") -> str:
    """SQL for the place of an offence's family in ``FAMILIES``; null where it is in none.

    Args:
        group, code: SQL of its group and of its Home Office code.
    """
    cases = " ".join(
        f"WHEN '{name}' THEN {FAMILIES.index(family)}" for name, family in FAMILY_OF_GROUP.items()
    )
    is_sexual = " OR ".join(f"starts_with({code}, '{each}')" for each in SEXUAL_CODES)
    return (
        f"(CASE WHEN {is_sexual} THEN {FAMILIES.index(SEXUAL)} ELSE CASE {group} {cases} END END)"
    )
