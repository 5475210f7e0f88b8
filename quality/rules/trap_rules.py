"""The known traps of sources: what a record system or a publication is known to send, and what is
done about it. Most rows are kept: they are counted, or mended where that is certain."""

from quality.rules.agreements import ACCURACY
from quality.rules.reading_rule import FORM, counts, keeps_out

_KNOWN = "nothing: the source is known for it, and it is counted so that a change shows"
_CODE = "have the code or type mapped, or send a Home Office code of reference.offence_code"
_GROUP = "have the group mapped, or send one of reference.offence_group"
_OUTCOME = "have the words mapped, or send those that data.police.uk uses"
_PLACE = "correct the coordinates, or leave them empty where the place is not known"
_OFFSET = "send times with their offset from UTC"
_ISO = "write dates as 2024-05-03, so that no spreadsheet swaps them"

_SITE = "data.police.uk/about"
_COLUMNS = f"{_SITE}, CSV Columns"
_ANONYMISED = f"{_SITE}, Location Anonymisation"
_POLICEUK = "docs/run-police-uk.md, The traps, by name"
_LFR = "docs/run-lfr.md, The traps, by name"
_CERTAIN = "docs/run-lfr.md, What is mended, and why that is certain"
_STANDARD = "docs/standard-delivery.md, Rules"
_CLOCKS = "Summer Time Act 1972, as amended"
_OFFENCES = "Home Office offence classification"
_ETHNICITY = "Home Office 16+1 and 18+1 self-defined ethnicity codes"

_OF_SYSTEMS = (
    counts("birth_year_differs_from_date", "the year of birth given is not that of the date of "
           "birth beside it; the date is kept, and its year taken",
           "correct the year or the date of birth, or leave the year empty beside a date",
           ACCURACY),
    counts("ethnicity_in_words_only", "the ethnicity is given in words, without its code",
           "send the code beside the words", _ETHNICITY),
    counts("ethnicity_o1_is_a4", "the code O1 of the 16+1 set is what the 18+1 set counts as A4; "
           "mended", "send the 18+1 codes of the 2021 census: A4 is Chinese in one of them",
           _ETHNICITY),
    counts("ethnicity_sets_mixed", "codes of the 16+1 and of the 18+1 set stand in one delivery, "
           "so that O1 may mean two things",
           "send one set of codes throughout, that of 18+1", _ETHNICITY),
    counts("extra_column", "a column came that has nowhere to go; it is left out",
           "have the new column mapped, or leave it out", _STANDARD),
    counts("invalid_postcode", "a postcode is not well formed; made null",
           "correct the postcode, or leave it empty", _STANDARD),
    counts("known_bad_value", "a value is one that the force declares to stand for nothing; made "
           "null", "leave the value empty in place of what stands for nothing",
           "the force's declaration, forces/<force>.toml"),
    counts("local_time_ambiguous", "a local time is in the hour that comes twice when the clocks "
           "go back; the earlier is taken", _OFFSET, _CLOCKS),
    counts("local_time_skipped", "a local time is in the hour that the clocks skip in spring; an "
           "hour later is taken", _OFFSET, _CLOCKS),
    counts("location_not_included", "a record points at a location that the delivery does not hold",
           "include the location that the record points at", FORM),
    counts("name_full_width", "a name is written in full-width letters; put into ordinary ones",
           "enter the name in ordinary letters", ACCURACY),
    counts("no_location", "a record does not say where it was; words that only say so are not kept "
           "as a place", "enter where it was, where that is known"),
    counts("offence_code_unmapped", "an offence has a code or type that has no counterpart; it is "
           "kept, without a group but for one given beside it", _CODE, _OFFENCES),
    counts("offence_group_differs_from_code", "the offence group given is not that of the code; "
           "the code's is taken", "correct the offence group or the code", _OFFENCES),
    counts("offence_group_unknown", "the offence group given is none", _GROUP, _STANDARD),
    counts("owning_force_missing", "a record does not name the force that owns it",
           "fill in the force that owns the record", FORM),
    counts("person_not_included", "a record points at a person whom the delivery does not hold",
           "include the person that the record points at", FORM),
    counts("place_at_zero", "coordinates are 0, 0, which stands for not known; made null", _PLACE),
    counts("place_half_given", "one coordinate stands without the other; made null", _PLACE),
    counts("place_off_the_grid", "coordinates are outside the national grid, or outside the world; "
           "made null", _PLACE),
    counts("superseded_in_batch", "a later change event of the delivery no longer brings what an "
           "earlier one of the same record brought; ended", _KNOWN, FORM),
    counts("swapped_coordinates", "longitude and latitude stand in each other's place; exchanged",
           "send easting and northing, longitude and latitude in their own columns"),
    counts("urn_force_00", "a reference number bears the region's number 00 in place of its "
           "force's; replaced", "give the record the number of its force", FORM),
)  # fmt: skip

_OF_POLICEUK = (
    counts("context_always_null", "the context is empty, as it always is", _KNOWN, _COLUMNS),
    counts("context_given", "the context says something, for which there is no column", _KNOWN,
           _COLUMNS),
    counts("crime_id_repeated", "a crime id stands on several rows of the delivery", _KNOWN,
           _POLICEUK),
    counts("crime_id_repeated_across_months", "a crime id stands in several months of the delivery",
           _KNOWN, _POLICEUK),
    counts("crime_id_with_several_outcomes", "a crime id has several outcome rows in the delivery",
           _KNOWN, _POLICEUK),
    counts("crime_not_in_delivery", "an outcome's crime is in no file of the same delivery",
           "deliver the month of the crime as well", _POLICEUK),
    counts("falls_within_other_force", "a record is said to fall within another force than the one "
           "that reports it", "correct the force, where it is another's", _COLUMNS),
    keeps_out("month_differs_from_file", "a row is of another month than its file, and that "
              "month's file brings it", "put the record into the file of its month", _POLICEUK),
    counts("null_crime_id", "a row has no crime id, as no row of anti-social behaviour has",
           _KNOWN, _POLICEUK),
    counts("null_crime_id_of_a_crime", "a row that is not anti-social behaviour has no crime id",
           "give the crime its id", _POLICEUK),
    counts("outcome_phrase_unknown", "an outcome is in words that are not known; the words are "
           "kept, without a code", _OUTCOME, _POLICEUK),
    counts("outcome_without_one_code", "an outcome's words stand for several Home Office outcomes, "
           "or for none; the words are kept, without a code", _KNOWN, _POLICEUK),
    counts("point_without_lsoa", "a point has no LSOA, as outside England and Wales", _KNOWN,
           _ANONYMISED),
    keeps_out("repeated_row", "a row equals an earlier one of its file: of facial recognition "
              "deployments a copy, which is kept out; of data.police.uk, which gives no time and "
              "no house, distinct events, which are counted", _KNOWN, f"{_ANONYMISED}; {_LFR}"),
    counts("repeated_row_of_a_crime", "a crime equals an earlier row of its file in every column",
           "send each crime once", _POLICEUK),
    keeps_out("reported_by_other_force", "a record is reported by another force, which delivers it "
              "itself", "have the other force deliver it", _COLUMNS),
)  # fmt: skip

# The Metropolitan Police's table of facial recognition deployments.
_OF_LFR = (
    counts("date_day_month_swapped", "a spreadsheet has swapped day and month of a date; swapped "
           "back", _ISO, _CERTAIN),
    keeps_out("date_day_month_unclear", "whether day and month of a date are swapped cannot be "
              "told", _ISO, _CERTAIN),
    keeps_out("date_missing", "a deployment has no date", "enter the date of the deployment", _LFR),
    counts("date_out_of_order", "a date is earlier than one above it",
           "correct the date, or put the row in its place", _LFR),
    counts("faces_not_cumulative", "the running total of faces is not the one above and the row's",
           "correct the faces seen or the running total", _LFR),
    counts("misfiled_year", "the year beside a date is refuted by the date and its place in the "
           "table; the date is taken", "correct the year beside the date", _CERTAIN),
    keeps_out("misfiled_year_unclear", "a date is of another year than the one beside it, and "
              "which is wrong cannot be told", "correct the date or the year beside it", _CERTAIN),
    counts("missing_token", "a token stands for nothing in place of a number; made null",
           "leave the cell empty where nothing is known, and write 0 for none", _CERTAIN),
    counts("same_day_and_place", "a further deployment is of the same day and place", _KNOWN, _LFR),
    counts("spreadsheet_error", "a cell holds the error of a formula",
           "leave the cell empty in place of a formula that fails", _LFR),
    counts("threshold_differs_from_published", "the threshold is not the one that the force has "
           "published for the day",
           "correct the threshold, or publish the one that was used", _LFR),
    counts("totals_differ", "a total is not the sum of its column",
           "correct the totals row, or the rows that it adds up", _LFR),
    keeps_out("totals_row", "a row adds up others and is no deployment",
              "leave totals out: each row is a deployment", _LFR),
    counts("ward_name_spelled_in_several_ways", "a ward's name is spelled in several ways", _KNOWN,
           _LFR),
    counts("watchlists_differ_on_a_day", "watchlists of one day differ in size", _KNOWN, _LFR),
    counts("zero_not_written", "a number was left out that the rest of the row proves to be 0; 0 "
           "is taken", "write 0 where there was none", _CERTAIN),
)  # fmt: skip

TRAP_RULES = (*_OF_SYSTEMS, *_OF_POLICEUK, *_OF_LFR)
"""Every known trap of a source."""
