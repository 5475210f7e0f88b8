"""What a force is to do about rules that no suite states: those of reading a delivery and of
putting its records into the contract's types. One table, by the name of the rule; those of the gate
and of drift say it themselves (quality/gate/batch_rules.py)."""

from quality.gate.batch_rules import batch_rules
from quality.rules.rule import Owner
from warehouse.contract.placeholders import (
    PLACEHOLDER_BIRTH_DATES,
    PLACEHOLDER_NAMES,
    PLACEHOLDER_POSTCODES,
)

_SEND_WHOLE = "send the delivery again, whole, under a new date"
_CONTROL = "have the system write the control information anew and send the delivery again"
_PACK = "pack the files again, plainly, and send the delivery under a new date"
_LAYOUT = "send the columns that the record system's form has, or have the new form declared"
_RECORD = "correct the record at the source; it comes back with the next delivery that brings it"
_EMPTY = "correct the value, or leave it empty where it is not known"
_PLACE = "correct the coordinates, or leave them empty where the place is not known"
_CODE = "have the code mapped, or use one that is"
_SOURCE = "nothing: the source is known for it, and it is counted so that a change shows"

REMEDIES: dict[str, str] = {
    # Rules that hold a batch when its bytes are kept or read.
    "archive_too_large": "send less in one archive, or several deliveries",
    "changed_while_read": "finish writing a delivery before its folder gets its date",
    "column_missing": _LAYOUT,
    "column_type": "send the Parquet column as text, or in a type that the form names",
    "control_unreadable": _CONTROL,
    "control_missing": _CONTROL,
    "corrupt_gzip": _PACK,
    "delivery_gone": "leave a delivery in its place until the night is over",
    "duplicate_member": _PACK,
    "duplicate_name": "send each file once: plain or packed, not both",
    "empty_delivery": _SEND_WHOLE,
    "empty_file": _SEND_WHOLE,
    "encrypted_zip": "send the archive without a password, over the agreed channel",
    "file_missing": _SEND_WHOLE,
    "file_name": "name the files in plain letters and digits",
    "file_twice": "send each file once",
    "force_unknown": "fill in the force that owns the record, as it is declared",
    "header_duplicate": _LAYOUT,
    "header_missing": _SEND_WHOLE,
    "header_unreadable": _CONTROL,
    "kept_bytes_changed": "the national operator restores the kept bytes, or asks for them again",
    "malformed_json": _SEND_WHOLE,
    "malformed_xml": _SEND_WHOLE,
    "name_too_long": "give the file a shorter name",
    "nested_archive": "pack the files once, not an archive within an archive",
    "not_a_file": "send plain files only",
    "other_force_file": "send only the files of your own force",
    "path_climbs": _PACK,
    "preamble_missing": _SEND_WHOLE,
    "several_documents": "send one document a delivery",
    "symlink": "send the file itself, not a link to it",
    "too_many_members": "send fewer files in one archive",
    "trailer_missing": _SEND_WHOLE,
    "trailer_unreadable": _CONTROL,
    "truncated_gzip": _SEND_WHOLE,
    "truncated_json": _SEND_WHOLE,
    "truncated_xml": _SEND_WHOLE,
    "truncated_zip": _SEND_WHOLE,
    "unknown_column": _LAYOUT,
    "unknown_compression": _PACK,
    "unknown_entity": _LAYOUT,
    "unknown_file": "send the files that the form names; others are not read",
    "unknown_form": "send the declared form, or have the new record system declared",
    "unreadable_file": "let the file be read, and send the delivery again",
    "unreadable_parquet": _SEND_WHOLE,
    "wrong_encoding": "send the declared text encoding, or have the new one declared",
    "xml_entity": "send XML that declares no entities",
    # Rules that hold a batch for what it says of itself, or beside the force's earlier ones.
    "test_environment": "send data of the live system; test data is never taken in",
    "declared_count_differs": "find out which records are missing and send the delivery whole",
    "no_records": "send a delivery with records; an empty one would end all that is held",
    # Records that could not be read.
    "field_count": _RECORD,
    "encoding": "write the record in the declared text encoding",
    "nul_byte": "take the NUL character out of the record",
    "field_too_long": "shorten the field to what the form allows",
    "malformed_quote": "close quoted fields as CSV demands",
    "unterminated_quote": "close quoted fields as CSV demands",
    "too_deep": _RECORD,
    "malformed_record": _RECORD,
    "record_not_mapped": "use one of the kinds of record that the form knows",
    "source_record_id_missing": "give the record its id",
    "operation_unknown": "say upsert or delete",
    "sequence_not_a_number": "number the change events",
    # Values that could not be put into the contract's types.
    "number_out_of_range": _EMPTY,
    "birth_date_not_a_date": _EMPTY,
    "birth_year_not_a_year": _EMPTY,
    "contact_form": "correct the number or address, or leave it out",
    "ethnicity_unknown": _CODE,
    "not_a_date": _EMPTY,
    "not_a_month": _EMPTY,
    "not_a_number": _EMPTY,
    "not_a_time": _EMPTY,
    "not_a_whole_number": _EMPTY,
    "not_yes_or_no": _EMPTY,
    "sex_unknown": _CODE,
    "accuracy_unknown": _CODE,
    "ethnicity_self_defined_unknown": _CODE,
    "not_a_duration": _EMPTY,
    # Traps of a source: accepted or mended, and counted.
    "ethnicity_sets_mixed": "send one set of codes throughout, that of 18+1",
    "context_always_null": _SOURCE,
    "context_given": _SOURCE,
    "crime_id_repeated": _SOURCE,
    "crime_id_repeated_across_months": _SOURCE,
    "crime_id_with_several_outcomes": _SOURCE,
    "crime_not_in_delivery": "deliver the month of the crime as well",
    "ethnicity_in_words_only": "send the code beside the words",
    "ethnicity_o1_is_a4": "send the 18+1 codes of the 2021 census: A4 is Chinese in one of them",
    "extra_column": "have the new column mapped, or leave it out",
    "falls_within_other_force": "correct the force, where it is another's",
    "invalid_postcode": "correct the postcode, or leave it empty",
    "known_bad_value": "leave the value empty in place of what stands for nothing",
    "local_time_ambiguous": "send times with their offset from UTC",
    "local_time_skipped": "send times with their offset from UTC",
    "location_not_included": "include the location that the record points at",
    "month_differs_from_file": "put the record into the file of its month",
    "name_full_width": "enter the name in ordinary letters",
    "no_location": "enter where it was, where that is known",
    "null_crime_id": _SOURCE,
    "null_crime_id_of_a_crime": "give the crime its id",
    "offence_code_unmapped": _CODE,
    "offence_group_differs_from_code": "correct the offence group or the code",
    "offence_group_unknown": _CODE,
    "outcome_phrase_unknown": _CODE,
    "outcome_without_one_code": _SOURCE,
    "owning_force_missing": "fill in the force that owns the record",
    "person_not_included": "include the person that the record points at",
    "place_at_zero": _PLACE,
    "place_half_given": _PLACE,
    "place_off_the_grid": _PLACE,
    "point_without_lsoa": _SOURCE,
    "repeated_row": _SOURCE,
    "repeated_row_of_a_crime": "send each crime once",
    "reported_by_other_force": "have the other force deliver it",
    "superseded_in_batch": _SOURCE,
    "swapped_coordinates": "send easting and northing, longitude and latitude in their own columns",
    "urn_force_00": "give the record the number of its force",
    # The Metropolitan Police's table of facial recognition deployments.
    "date_day_month_swapped": "write dates as 2024-05-03, so that no spreadsheet swaps them",
    "date_day_month_unclear": "write dates as 2024-05-03, so that no spreadsheet swaps them",
    "date_missing": "enter the date of the deployment",
    "date_out_of_order": "correct the date, or put the row in its place",
    "faces_not_cumulative": "correct the faces seen or the running total",
    "misfiled_year": "correct the year beside the date",
    "misfiled_year_unclear": "correct the date or the year beside it",
    "missing_token": "leave the cell empty where nothing is known, and write 0 for none",
    "same_day_and_place": _SOURCE,
    "spreadsheet_error": "leave the cell empty in place of a formula that fails",
    "threshold_differs_from_published": "correct the threshold, or publish the one that was used",
    "totals_differ": "correct the totals row, or the rows that it adds up",
    "totals_row": "leave totals out: each row is a deployment",
    "ward_name_spelled_in_several_ways": _SOURCE,
    "watchlists_differ_on_a_day": _SOURCE,
    "zero_not_written": "write 0 where there was none",
    "kept_beside_quarantine": "mend what was kept out: what it may have replaced is still served",
}

# What the contract refuses by name says itself what is to be done.
REMEDIES |= {
    refusal.rule: refusal.remedy
    for refusal in (*PLACEHOLDER_NAMES, PLACEHOLDER_BIRTH_DATES, PLACEHOLDER_POSTCODES)
}

UNLISTED = "correct it at the source and deliver it again, or ask the national operator"
_OPERATOR = frozenset({"kept_bytes_changed"})
_OF_BATCHES = {rule.name: rule for rule in batch_rules()}


def remedy_of(rule: str) -> str:
    """What the force is to do, in plain words."""
    of_batch = _OF_BATCHES.get(rule)
    return of_batch.remedy if of_batch else REMEDIES.get(rule, UNLISTED)


def owner_of(rule: str) -> Owner:
    """Who answers for what the rule finds."""
    of_batch = _OF_BATCHES.get(rule)
    if of_batch:
        return of_batch.owner
    return "national operator" if rule in _OPERATOR else "force data quality lead"
