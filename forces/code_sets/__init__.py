"""Code sets of the record systems and what their codes are in the contract's terms.

Small crosswalks that both sides need: transforms reads deliveries with them and the simulator
writes deliveries with them. PNC and CJS sex codes, 16+1, IC and ``GNDR_0001`` are public; the other
vendor codes are ours, as the vendors' own lists are not public: whoever has the real list corrects
it here.
"""

from collections.abc import Mapping

from warehouse.contract.person import ETHNICITY_OBSERVED, ETHNICITY_SELF_DEFINED

CodeSet = Mapping[str, str]  # source's code, upper case -> contract's code

SEX_PNC: CodeSet = {"M": "M", "F": "F", "U": "U"}
SEX_CJS: CodeSet = {"0": "U", "1": "M", "2": "F", "9": "U"}  # 0 not known, 9 not specified
SEX_WORDS: CodeSet = {
    "MALE": "M",
    "MAN": "M",
    "BOY": "M",
    "FEMALE": "F",
    "WOMAN": "F",
    "GIRL": "F",
    "UNKNOWN": "U",
    "NOT KNOWN": "U",
    "NOT STATED": "U",
    "INDETERMINATE": "U",
    "OTHER": "U",
    **SEX_PNC,
}
SEX_GNDR: CodeSet = {"GNDR_0001": "F", "GNDR_0002": "M", "GNDR_0003": "U"}

# O1, Chinese, belongs to the 16+1 set: whoever sends it, it is A4.
ETHNICITY_18: CodeSet = {code: code for code in ETHNICITY_SELF_DEFINED} | {"O1": "A4"}
# The 16+1 set has no W3, A4 and O2; its O1, Chinese, is A4 of 18+1.
ETHNICITY_16: CodeSet = {
    **{code: code for code in ETHNICITY_SELF_DEFINED if code not in {"W3", "A4", "O2", "O1"}},
    "O1": "A4",
}
# As the source means them, O1 among them, and as the contract has them.
ETHNICITY_ESDD_CODES: CodeSet = {
    f"ESDD_{number:04d}": code for number, code in enumerate(ETHNICITY_18, start=1)
}
# Last stand the codes that mean themselves, so that who writes A4 writes no O1.
ETHNICITY_ESDD: CodeSet = {
    code: ETHNICITY_18[meant]
    for code, meant in sorted(
        ETHNICITY_ESDD_CODES.items(), key=lambda pair: ETHNICITY_18[pair[1]] == pair[1]
    )
}
ETHNICITY_IC: CodeSet = {
    **{code: code for code in ETHNICITY_OBSERVED},
    **{code.removeprefix("IC"): code for code in ETHNICITY_OBSERVED},
    "IC0": "IC9",
    "IC7": "IC9",
}
# Free text as officers write it, letters only and single spaces (see transforms.codes).
ETHNICITY_WORDS: CodeSet = {
    "WHITE BRITISH": "W1",
    "WHITE ENGLISH": "W1",
    "WHITE WELSH": "W1",
    "WHITE SCOTTISH": "W1",
    "BRITISH": "W1",
    "WHITE IRISH": "W2",
    "IRISH": "W2",
    "GYPSY OR IRISH TRAVELLER": "W3",
    "WHITE GYPSY OR IRISH TRAVELLER": "W3",
    "GYPSY TRAVELLER": "W3",
    "TRAVELLER": "W3",
    "OTHER WHITE": "W9",
    "WHITE OTHER": "W9",
    "ANY OTHER WHITE BACKGROUND": "W9",
    "WHITE ANY OTHER WHITE BACKGROUND": "W9",
    "MIXED WHITE AND BLACK CARIBBEAN": "M1",
    "WHITE AND BLACK CARIBBEAN": "M1",
    "WHITE BLACK CARIBBEAN": "M1",
    "MIXED WHITE AND BLACK AFRICAN": "M2",
    "WHITE AND BLACK AFRICAN": "M2",
    "WHITE BLACK AFRICAN": "M2",
    "MIXED WHITE AND ASIAN": "M3",
    "WHITE AND ASIAN": "M3",
    "WHITE ASIAN": "M3",
    "OTHER MIXED": "M9",
    "MIXED OTHER": "M9",
    "MIXED ANY OTHER MIXED BACKGROUND": "M9",
    "ANY OTHER MIXED BACKGROUND": "M9",
    "INDIAN": "A1",
    "ASIAN INDIAN": "A1",
    "ASIAN OR ASIAN BRITISH INDIAN": "A1",
    "PAKISTANI": "A2",
    "ASIAN PAKISTANI": "A2",
    "ASIAN OR ASIAN BRITISH PAKISTANI": "A2",
    "BANGLADESHI": "A3",
    "ASIAN BANGLADESHI": "A3",
    "ASIAN OR ASIAN BRITISH BANGLADESHI": "A3",
    "CHINESE": "A4",
    "ASIAN CHINESE": "A4",
    "ASIAN OR ASIAN BRITISH CHINESE": "A4",
    "OTHER CHINESE": "A4",
    "OTHER ASIAN": "A9",
    "ASIAN OTHER": "A9",
    "ANY OTHER ASIAN BACKGROUND": "A9",
    "ASIAN OR ASIAN BRITISH ANY OTHER ASIAN BACKGROUND": "A9",
    "CARIBBEAN": "B1",
    "BLACK CARIBBEAN": "B1",
    "BLACK OR BLACK BRITISH CARIBBEAN": "B1",
    "AFRICAN": "B2",
    "BLACK AFRICAN": "B2",
    "BLACK OR BLACK BRITISH AFRICAN": "B2",
    "OTHER BLACK": "B9",
    "BLACK OTHER": "B9",
    "ANY OTHER BLACK BACKGROUND": "B9",
    "BLACK OR BLACK BRITISH ANY OTHER BLACK BACKGROUND": "B9",
    "ARAB": "O2",
    "OTHER ARAB": "O2",
    "OTHER": "O9",
    "ANY OTHER": "O9",
    "ANY OTHER ETHNIC GROUP": "O9",
    "OTHER ANY OTHER ETHNIC GROUP": "O9",
    "NOT STATED": "NS",
    "REFUSED": "NS",
    "DECLINED": "NS",
}

ROLE_NICHE: CodeSet = {
    "SUS": "suspect",
    "VIC": "victim",
    "WIT": "witness",
    "AP": "aggrieved",
    "ARR": "arrested",
    "DET": "detained",
    "SEA": "searched",
    "SUB": "subject",
    "REP": "reporter",
    "OTH": "other",
}
ROLE_ATHENA: CodeSet = {
    **{code: role for code, role in ROLE_NICHE.items() if code != "AP"},
    "AGG": "aggrieved",
}
