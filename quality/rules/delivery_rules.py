"""The rules that hold a delivery before it is checked, or when it is loaded.

A rule that holds a delivery in one form and keeps out a record, or counts, in another stands here,
and its reason says so.
"""

from quality.rules.reading_rule import DECLARED, FORM, holds
from quality.rules.rule import Owner

_WHOLE = "send the delivery again, whole, under a new date"
_CONTROL = "have the system write the control information anew and send the delivery again"
_PACK = "pack the files again, plainly, and send the delivery under a new date"
_LAYOUT = "send the columns that the record system's form has, or have the new form declared"
_REPORT = "keep the batch's files as they are and report it to the maintainers of crimelink"
_OPERATOR: Owner = "national operator"

_STANDARD = "docs/standard-delivery.md, Rules"
_NIGHT = "docs/operate.md, A night"
_EVIDENCE = "docs/operate.md, A home: landing/ is the evidence"
_RELEASE = "docs/quality-feedback.md, Release a held batch"
_ZIP = "PKWARE APPNOTE.TXT, .ZIP File Format Specification"
_GZIP = "RFC 1952, GZIP file format specification"
_JSON = "RFC 8259, The JSON Data Interchange Format"
_XML = "W3C XML 1.0, section 2.1 Well-Formed XML Documents"
_PARQUET = "Apache Parquet file format"
_LINKS = "CWE-59, Link Following"
_BOMB = "CWE-409, Improper Handling of Highly Compressed Data"
_CLIMB = "CWE-22, Path Traversal"

_KEPT = (
    holds("changed_while_read", "files of the delivery came, went or changed while they were read",
          "finish writing a delivery before its folder gets its date", _NIGHT),
    holds("delivery_gone", "the delivery's folder is not there any more when it is to be read",
          "leave a delivery in its place until the night is over", _NIGHT),
    holds("empty_delivery", "the delivery's folder holds no file", _WHOLE, _NIGHT),
    holds("file_name", "a file has a name that cannot be kept",
          "name the files in plain letters and digits", _NIGHT),
    holds("kept_bytes_changed", "the bytes kept of a file are not those that were collected",
          "the national operator restores the kept bytes, or asks for them again", _EVIDENCE,
          _OPERATOR),
    holds("not_a_file", "the delivery holds what is neither a plain file nor a folder",
          "send plain files only", _NIGHT),
    holds("symlink", "the delivery or an archive holds a link or a special file, which is not "
          "followed", "send the file itself, not a link to it", _LINKS),
    holds("unreadable_file", "a file or folder may not be read",
          "let the file be read, and send the delivery again", _NIGHT),
)  # fmt: skip

_ARCHIVES = (
    holds("archive_too_large", "an archive unpacks to far more bytes than its size allows",
          "send less in one archive, or several deliveries", _BOMB),
    holds("corrupt_gzip", "a gzip file is not sound", _PACK, _GZIP),
    holds("duplicate_member", "an archive holds two members of one name", _PACK, _ZIP),
    holds("duplicate_name", "a packed file differs from the plain file of its name beside it",
          "send each file once: plain or packed, not both", _NIGHT),
    holds("encrypted_zip", "a member of an archive is encrypted",
          "send the archive without a password, over the agreed channel", _ZIP),
    holds("name_too_long", "a member of an archive has too long a name",
          "give the file a shorter name", _ZIP),
    holds("nested_archive", "an archive holds an archive",
          "pack the files once, not an archive within an archive", _BOMB),
    holds("path_climbs", "the path of a member leads out of its archive", _PACK, _CLIMB),
    holds("too_many_members", "an archive has more members than are unpacked",
          "send fewer files in one archive", _BOMB),
    holds("truncated_gzip", "a gzip file is cut short", _WHOLE, _GZIP),
    holds("truncated_zip", "a zip file is cut short or damaged", _WHOLE, _ZIP),
    holds("unknown_compression", "a member of an archive is neither stored nor deflated", _PACK,
          _ZIP),
)  # fmt: skip

_FILES = (
    holds("control_missing", "the delivery lacks its control file", _CONTROL, FORM),
    holds("control_unreadable", "the control information is no sound control information of the "
          "form", _CONTROL, FORM),
    holds("empty_file", "a file is empty, without even a header", _WHOLE, FORM),
    holds("file_missing", "the delivery lacks a file of the form: taken in without it, all of the "
          "file's records would be gone", _WHOLE, FORM),
    holds("file_twice", "two different files of the delivery are the same file of the form",
          "send each file once", FORM),
    holds("force_unknown", "the records do not say of which of the deliverer's forces they are; a "
          "single record that does not say so is kept out",
          "fill in the force that owns the record, as it is declared", FORM),
    holds("header_unreadable", "the first record does not tell id, kind and counts of the delivery",
          _CONTROL, FORM),
    holds("other_force_file", "a file is named for another force than the deliverer",
          "send only the files of your own force", "docs/run-police-uk.md, The traps, by name"),
    holds("several_documents", "the delivery holds several documents where the form has one",
          "send one document a delivery", FORM),
    holds("trailer_missing", "a file does not end with its trailer: it was cut short", _WHOLE,
          FORM),
    holds("trailer_unreadable", "a file's trailer is none of its form", _CONTROL, FORM),
    holds("unknown_entity", "change events are of a kind of record that the form does not have",
          _LAYOUT, FORM),
    holds("unknown_file", "a file is none of the form; in forms that allow other files beside "
          "their own it is left unread and counted",
          "send the files that the form names; others are not read", _STANDARD),
    holds("unknown_form", "the files have the form of no record system that is declared or "
          "accepted", "send the declared form, or have the new record system declared",
          DECLARED),
)  # fmt: skip

_LAYOUTS = (
    holds("column_missing", "a file lacks columns of its form", _LAYOUT, FORM),
    holds("column_type", "a Parquet column is of a type that cannot be read as text",
          "send the Parquet column as text, or in a type that the form names", _STANDARD),
    holds("header_duplicate", "a file's header has a name twice", _LAYOUT, FORM),
    holds("header_missing", "a file does not begin with the header of its form", _WHOLE, FORM),
    holds("malformed_json", "a document is no sound JSON; a single such record in a file of many "
          "is kept out", _WHOLE, _JSON),
    holds("malformed_xml", "a document is not sound XML", _WHOLE, _XML),
    holds("preamble_missing", "a file does not begin with the line that its form begins with",
          _WHOLE, FORM),
    holds("truncated_json", "a JSON document is cut short", _WHOLE, _JSON),
    holds("truncated_xml", "an XML document is cut short", _WHOLE, _XML),
    holds("unknown_column", "a file has columns that are none of its table's: a misspelled name "
          "could not be told from one left out", _LAYOUT, _STANDARD),
    holds("unreadable_parquet", "a file is not sound Parquet", _WHOLE, _PARQUET),
    holds("wrong_encoding", "a file is in another text encoding than the declared one, or binary",
          "send the declared text encoding, or have the new one declared",
          DECLARED),
    holds("xml_entity", "a document declares a document type or entities, which are refused",
          "send XML that declares no entities",
          "CWE-611, Improper Restriction of XML External Entity Reference"),
)  # fmt: skip

# What a delivery says of itself, or beside the force's earlier ones.
_SAID = (
    holds("declared_count_differs", "the delivery declares another number of records than it holds",
          "find out which records are missing and send the delivery whole", FORM),
    holds("no_records", "a full delivery holds no record of the force: taken in, it would end all "
          "that is held",
          "send a delivery with records; an empty one would end all that is held", _RELEASE),
    holds("test_environment", "the delivery says that it comes from a test environment",
          "send data of the live system; test data is never taken in", _RELEASE),
)  # fmt: skip

_LOAD = (
    holds("contract_broken", "the store cannot take a row that the checks let through", _REPORT,
          owner=_OPERATOR),
    holds("does_not_balance", "not every row that was received is accounted for", _REPORT,
          "quality.reconciliation", _OPERATOR),
    holds("foreign_rows", "rows are of another force or record system than the batch", _REPORT,
          owner=_OPERATOR),
    holds("repeats_held", "the delivery repeats one that is held, and holds nothing of its own",
          "send a corrected delivery, or have the one that it repeats released", _RELEASE),
    holds("undeclared_force", "the force of the batch is declared no longer",
          "declare the force again, or have its deliveries stopped", _NIGHT, _OPERATOR),
    holds("unknown_table", "rows are of a table that the contract does not have", _REPORT,
          owner=_OPERATOR),
)  # fmt: skip

DELIVERY_RULES = (*_KEPT, *_ARCHIVES, *_FILES, *_LAYOUTS, *_SAID, *_LOAD)
"""Every rule that holds a delivery outside the suites and the gate."""
