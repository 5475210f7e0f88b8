"""``crimelink status``: what is published, and which forces are not fresh."""

import json
from collections.abc import Callable

from console.status_models import find_damage, read_register, say_status
from linkage.explanation.entity import Entity
from linkage.judgements.journal import tell_damage
from linkage.judgements.review import Decided, read_decided
from linkage.series.model import ENTITY as SERIES
from warehouse.decisions import tell_damaged_lines
from warehouse.home import Home
from warehouse.night import closed_nights, unfinished_nights
from warehouse.release import read_releases, releases_path, waiting_releases
from warehouse.settled import count_open
from warehouse.store import open_store
from warehouse.wording import counted, was

_FORCES = """
SELECT force, status, last_good_date, reason FROM quality.force_status
ORDER BY status = 'fresh', force
"""
_CONFLICTS = "SELECT count(*) FROM link.judgement_conflict"
_NOTHING_CAME = "nothing has been loaded yet"
_NOT_RUN = """
SELECT count(DISTINCT (c.table_name, c.column_name, c.rule)),
       coalesce(string_agg(DISTINCT r.needs, ', ' ORDER BY r.needs), '')
FROM quality.check_result AS c
JOIN quality.batch AS b USING (batch_id)
JOIN quality.rule AS r
  ON r.table_name = c.table_name AND r.rule = c.rule
 AND r.column_name IS NOT DISTINCT FROM c.column_name
WHERE c.action = 'not_run' AND b.night = $night
"""
_STORE = """
SELECT night, person_model_id, offence_model_id, series_model_id, status, how, approved_by
FROM governance.night LEFT JOIN governance.model_register ON model_id = person_model_id
ORDER BY night DESC LIMIT 1
"""


def tell_status(home: Home, everything: bool, as_json: bool, tell: Callable[[str], None]) -> bool:
    """Say what is published and which forces are stale, held or have never delivered.

    Returns:
        True where every force that ever delivered is fresh, the store is that of the newest night,
        and every model can be loaded.

    Raises:
        UsageError: nothing has been published yet.
    """
    with open_store(home) as connection:
        forces = connection.execute(_FORCES).fetchall()
        night, model, offence_model, series_model, model_status, how, by = connection.execute(
            _STORE
        ).fetchall()[0]
        held = count_open(connection)
        conflicts = connection.execute(_CONFLICTS).fetchall()[0][0]
        not_run, wanted = connection.execute(_NOT_RUN, {"night": night}).fetchall()[0]
        decided = {each: read_decided(connection, home, each) for each in Entity}
    register = read_register(home)
    how, model_status, by = register.models.get(model, (how, model_status, by))
    broken = find_damage(
        home, register, {"person": model, "offence": offence_model, SERIES: series_model}
    )
    waiting = {each: _count_waiting(decided[each]) for each in Entity}
    released, unread = waiting_releases(home), read_releases(home).damaged
    tired = [force for force in forces if force[1] != "fresh"]
    newest = max(closed_nights(home), default=night)
    begun = [str(each) for each in unfinished_nights(home)]
    # A force of which all that came was held has not been loaded either, but it did deliver.
    silent = [force for force in tired if force[1] == "never" and force[3] == _NOTHING_CAME]
    is_sound = len(tired) == len(silent) and not broken and night == newest
    if as_json:
        tell(json.dumps({
            "store": str(home.current.resolve()), "night": str(night), "person_model": model,
            "person_model_status": model_status, "person_model_approved_by": by,
            "next_person_model": register.in_use, "offence_model": register.others.get("offence"),
            "series_model": register.others.get(SERIES), "relink_asked": register.is_relink_asked,
            "damaged_models": [each.model_id for each in broken], "newest_night": str(newest),
            "unfinished_nights": begun,
            "judgement_conflicts": conflicts,
            "waiting_judgements": waiting[Entity.PERSON][0],
            "waiting_unmerges": waiting[Entity.PERSON][1],
            "waiting_offence_judgements": waiting[Entity.OFFENCE][0],
            "damaged_judgements": len(decided[Entity.PERSON].damaged),
            "damaged_offence_judgements": len(decided[Entity.OFFENCE].damaged),
            "rules_not_run": not_run, "reference_data_wanted": wanted.split(", ") if wanted else [],
            "held_batches": held, "released_batches": [r.batch_id for r in released],
            "damaged_releases": len(unread),
            "forces": [
                {"force": f, "status": s, "last_good_date": d and str(d), "reason": r}
                for f, s, d, r in forces
            ],
        }, indent=1))  # fmt: skip
        return is_sound
    tell(f"store  {home.current.resolve()}\nnight  {night}\n"
         f"model  {model or 'none'} ({say_status(model_status, how, by)})")  # fmt: skip
    if how == "typed" and register.in_use in (None, model):
        # A home of few records begins with it, and no night trains another.
        tell("       its numbers are typed, not the records' own: crimelink link train, once there "
             "are enough records")  # fmt: skip
    if register.in_use not in (None, model):
        next_how, next_status, next_by = register.models[register.in_use]
        tell(f"next   {register.in_use} ({say_status(next_status, next_how, next_by)}), "
             "from the next night on, which links everything anew")  # fmt: skip
    for entity, other in register.others.items():
        its_how, its_status, its_by = register.models[other]
        tell(f"       {entity}: {other} ({say_status(its_status, its_how, its_by)})")
    if register.is_relink_asked:
        tell("next   everything is linked anew: crimelink link relink asked for it")
    for damage in broken:
        tell(f"DAMAGED: {damage.says}")
    if register.problem:
        tell("state  which models are in use, and whether everything is to be linked anew, is not "
             f"known: {register.problem}")  # fmt: skip
    if begun:
        tell(f"BEGUN  {counted(len(begun), 'night')} {was(len(begun))} begun and not published: "
             f"{', '.join(begun)}. Unless it runs now, run the same command again")  # fmt: skip
    if night < newest:
        tell(f"ROLLED BACK: night {newest} was published after it; the next night replaces this")
    if conflicts:
        wait = counted(conflicts, "contradiction waits", "contradictions wait")
        tell(f"judged {wait} for people: crimelink link review")
    for entity, (judgements, unmerges) in waiting.items():
        if judgements or unmerges:
            tell(f"judged {_say_waiting(judgements, unmerges, entity)}")
    for entity, each in decided.items():
        if each.damaged:
            tell(tell_damage(home, each.damaged, entity))
    if not_run:
        rules = f"{counted(not_run, 'rule')} {was(not_run)}"
        tell(f"checks {rules} not run on all of the night's batches, for want of {wanted}: "
             "crimelink reference load")  # fmt: skip
    if held:
        tell(f"held   {counted(held, 'batch', 'batches')}: crimelink quality held")
    for release in released:
        who = f"{release.batch_id} is released by {release.released_by}"
        tell(f"       {who}: the next night takes it in")
    if unread:
        tell(tell_damaged_lines(releases_path(home), unread))
    tell(f"forces {len(forces) - len(tired)} fresh, {len(tired)} not")
    if silent and not everything:
        tell(f"  {len(silent)} {'has' if len(silent) == 1 else 'have'} never delivered "
             f"(--all lists {'it' if len(silent) == 1 else 'them'})")  # fmt: skip
    shown = forces if everything else [force for force in tired if force not in silent]
    for force, status, last_good, reason in shown:
        tell(f"  {force:24} {status:6} last good {last_good or 'never'!s:10}  {reason or ''}")
    return is_sound


def _count_waiting(decided: Decided) -> tuple[int, int]:
    """How many judgements the store does not show yet, and how many unmerges: one of those is a
    decision on each pair of records that it parts."""
    waiting = decided.waiting
    undone = {(j.judged_by, j.judged_at) for j in waiting if j.source == "unmerge"}
    return sum(j.source != "unmerge" for j in waiting), len(undone)


def _say_waiting(judgements: int, unmerges: int, entity: Entity) -> str:
    said = [counted(judgements, "judgement")] if judgements else []
    said += [counted(unmerges, "unmerge")] if unmerges else []
    verb = "waits" if judgements + unmerges == 1 else "wait"
    return f"{' and '.join(said)} of {entity.many} {verb} for the next night's store"
