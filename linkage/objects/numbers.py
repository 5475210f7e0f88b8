"""Serial numbers and IMEIs one character apart: pairs that may be one item or one handset.

One character apart is: one changed, left out or put in, or two neighbours swapped. Serial numbers
are compared among items of one kind and one value, IMEIs among telephones of one number. An IMEI's
check digit finds every single wrong digit, so a mistyped one is mostly no key: its record is the
second side of the pair then.
"""

from linkage.objects.sides import MOST_ALIKE, PAIR_OF_RECORDS, alike_objects, all_said

# Serial numbers: looked for among items of one kind and one value, by what is left of the number
# once a character is taken out (two numbers one edit apart share such a rest).
_ALIKE_SERIALS = f"""
    CREATE OR REPLACE TABLE serial AS
    SELECT DISTINCT keyed.object_id, keyed.key, keyed.value, record.value_gbp
    FROM keyed JOIN core.property_record AS record USING (force, source_system, source_record_id)
    WHERE keyed.object_type = 'property' AND keyed.object_id IS NOT NULL
      AND record.valid_to IS NULL AND record.value_gbp > 0;
    CREATE OR REPLACE TABLE rest AS
    WITH kind AS (
        SELECT *, left(key, length(key) - length(value)) AS item FROM serial
    ),
    shared AS (
        SELECT item, value_gbp FROM kind GROUP BY ALL HAVING count(*) > 1
    ),
    cut AS (
        SELECT object_id, value, hash(item, value_gbp,
                   unnest(list_prepend(value, list_transform(range(1, length(value) + 1),
                       lambda place: left(value, place - 1) || substr(value, place + 1))))) AS rest
        FROM kind SEMI JOIN shared USING (item, value_gbp)
    )
    SELECT DISTINCT object_id, value, rest FROM cut;
    CREATE OR REPLACE TABLE near AS
    WITH few AS (
        SELECT rest FROM rest GROUP BY rest
        HAVING count(DISTINCT object_id) BETWEEN 2 AND {MOST_ALIKE}
    ),
    own AS (FROM rest SEMI JOIN few USING (rest))
    SELECT DISTINCT l.object_id AS object_id_l, r.object_id AS object_id_r
    FROM own AS l JOIN own AS r USING (rest)
    WHERE l.value < r.value AND damerau_levenshtein(l.value, r.value) = 1;
    CREATE OR REPLACE TABLE alike AS
    SELECT object_id_l AS object_id FROM near UNION SELECT object_id_r FROM near
"""

# Two items that one event lists side by side are two items.
_SERIALS = f"""
    INSERT INTO found_candidate BY NAME
    WITH item AS (
        {
    alike_objects(
        f"{all_said('value_gbp')}, any_value(property_type) AS property_type",
        "property_record",
        "property",
    )
}
    ),
    listed AS (
        SELECT DISTINCT object_id, part.event_type, part.force, part.source_system,
               part.source_record_id
        FROM keyed JOIN core.event_object AS part
          ON part.force = keyed.force AND part.source_system = keyed.source_system
         AND part.object_source_record_id = keyed.source_record_id
         AND part.object_type = keyed.record_type
        WHERE keyed.object_type = 'property' AND object_id IN (FROM alike)
          AND part.valid_to IS NULL
    ),
    together AS (
        SELECT DISTINCT l.object_id AS object_id_l, r.object_id AS object_id_r
        FROM listed AS l JOIN listed AS r
        USING (event_type, force, source_system, source_record_id)
        WHERE l.object_id <> r.object_id
    )
    SELECT 'property' AS object_type, 'one character apart' AS rule, near.object_id_l,
           near.object_id_r, {PAIR_OF_RECORDS},
           'the serial numbers are one character apart; the same kind of item and value' AS says,
           json_object('value_l', l.value, 'value_r', r.value, 'property_type', l.property_type,
                       'value_gbp', list_intersect(l.value_gbps, r.value_gbps))::VARCHAR
               AS evidence
    FROM near ANTI JOIN together USING (object_id_l, object_id_r)
    JOIN item AS l ON l.object_id = near.object_id_l
    JOIN item AS r ON r.object_id = near.object_id_r
"""

_IMEIS = f"""
    CREATE OR REPLACE TABLE imei AS
    SELECT force, source_system, source_record_id, handset.value, handset.object_id,
           number.value AS number
    FROM (FROM keyed WHERE object_type = 'handset' AND value IS NOT NULL
          AND refused IS DISTINCT FROM 'placeholder'
          AND refused IS DISTINCT FROM 'one character repeated') AS handset
    JOIN (FROM keyed WHERE object_type = 'phone_number' AND object_id IS NOT NULL) AS number
      USING (force, source_system, source_record_id);
    CREATE OR REPLACE TABLE alike AS
    SELECT number FROM imei GROUP BY number
    HAVING count(DISTINCT value) BETWEEN 2 AND {MOST_ALIKE};
    INSERT INTO found_candidate BY NAME
    WITH own AS (
        -- One row a handset and number, by its first record; one a record without a handset.
        FROM imei SEMI JOIN alike USING (number)
        QUALIFY object_id IS NULL OR row_number() OVER (
            PARTITION BY object_id, number ORDER BY force, source_system, source_record_id) = 1
    )
    SELECT 'handset' AS object_type,
           CASE WHEN r.object_id IS NULL THEN 'mistyped IMEI' ELSE 'one character apart' END
               AS rule,
           l.object_id AS object_id_l, r.object_id AS object_id_r, {PAIR_OF_RECORDS},
           'the IMEIs are one character apart; the same number'
           || CASE WHEN r.object_id IS NULL THEN '; the second is no valid IMEI' ELSE '' END
               AS says,
           json_object('value_l', l.value, 'value_r', r.value, 'number', number)::VARCHAR
               AS evidence
    FROM own AS l JOIN own AS r USING (number)
    WHERE l.object_id IS NOT NULL AND damerau_levenshtein(l.value, r.value) = 1
      AND (r.object_id IS NULL OR l.value < r.value)
    -- Two handsets may share two numbers: one row a pair.
    QUALIFY row_number() OVER (PARTITION BY object_id_l, coalesce(object_id_r,
        concat_ws('|', r.force, r.source_system, r.source_record_id)) ORDER BY number) = 1
"""


STATEMENTS = (_ALIKE_SERIALS, _SERIALS, _IMEIS)
