"""Standardise: turn what collect kept into canonical tables, a batch a delivery and force.

A delivery that cannot be trusted becomes held batches, never an error of the night.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from forces.declaration import Declaration
from transforms.deliverers import forms, served
from transforms.file_accounts import account_files
from transforms.geography import read_geography
from transforms.landing import Manifest, find_repeated, read_manifest
from transforms.mapping import System
from transforms.opening import OpenedDelivery, open_delivery
from transforms.split_forces import split_by_force
from transforms.stage import Staged, empty_quarantine, stage_force
from transforms.systems import load_system
from transforms.verdict import judge, mark_repeated
from warehouse.batch import Batch, BatchKind
from warehouse.errors import DeliveryError, UsageError
from warehouse.home import Home, atomic_folder, write_text_atomic
from warehouse.journal import step
from warehouse.night import is_closed, is_staged, read_handover, write_handover


def standardise(
    home: Home, night: date, deliverer: str, declarations: Mapping[str, Declaration]
) -> list[str]:
    """Stage every delivery that collect kept of the deliverer, and return the batch ids.

    Args:
        home: the home.
        night: the night.
        deliverer: force or shared system.
        declarations: every declared force, by slug.

    Raises:
        DeclarationError: a mapping does not fit the contract.
        StoreError: a record that was read would be lost.
    """
    done = read_handover(home, night, "standardise", deliverer)
    if is_closed(home, night) or done is not None:
        return done or []
    own = served(declarations, deliverer)
    with step(home, night, "standardise", deliverer) as note:
        batches: list[Batch] = []
        for delivery_id in read_handover(home, night, "collect", deliverer) or []:
            batches += _delivery(home, night, read_manifest(home, deliverer, delivery_id), own)
        note["batches"] = len(batches)
        note["received"] = sum(sum(batch.received.values()) for batch in batches)
        note["held"] = [f"{b.batch_id}: {b.held_rule}" for b in batches if b.is_held]
        ids = list(dict.fromkeys(batch.batch_id for batch in batches))
        write_handover(home, night, "standardise", deliverer, ids)
    return ids


def _delivery(
    home: Home, night: date, manifest: Manifest, own: Mapping[str, Declaration]
) -> list[Batch]:
    """The batches of one delivery: those staged already, or new ones."""
    staged = _already_staged(home, night, manifest)
    if staged is not None:
        return staged
    try:
        made = _read_delivery(home, manifest, own)
    except DeliveryError as error:
        made = [
            _unread(manifest, force, error, force.system, None, is_first=not n)
            for n, force in enumerate(own.values())
        ]
    for one in made:
        with atomic_folder(home.staged(one.batch.batch_id)) as folder:
            one.write(folder)
    ids = [one.batch.batch_id for one in made]
    write_text_atomic(_marker(home, night, manifest), json.dumps(ids))
    return [one.batch for one in made]


def _read_delivery(home: Home, manifest: Manifest, own: Mapping[str, Declaration]) -> list[Staged]:
    with open_delivery(home, manifest.deliverer, manifest.delivery_id, own) as delivery:
        system, forces = _choose_system(delivery, own)
        kind: BatchKind | None = None
        try:
            control = system.control(delivery)
            kind = control.kind
            repeated = find_repeated(
                home, manifest.deliverer, manifest.delivery_id, control.delivery_id
            )
            read = system.read(delivery)
            split = split_by_force(system, delivery, read, forces)
        except DeliveryError as error:
            # What it is of is known: a later delivery of that system can make it good.
            return [
                _unread(manifest, own[slug], error, system.name, kind, is_first=not n)
                for n, slug in enumerate(own)
            ]
    geography = read_geography(home)
    files, unknown = account_files(delivery.delivered, read, system)
    made: list[Staged] = []
    for slug, records in split.items():
        batch = replace(
            _new_batch(manifest, own[slug], system.name),
            kind=control.kind,
            environment=control.environment,
            files=files,
        )
        staged = stage_force(batch, system, own[slug], records, geography)
        if not made:  # what is said of the delivery stands once, on its first batch
            told = (*staged.batch.findings, *unknown)
            staged = replace(staged, batch=replace(staged.batch, findings=told))
        made.append(
            mark_repeated(staged, repeated[slug])
            if slug in repeated
            else judge(staged, system, control, read)
        )
    return made


def _choose_system(
    delivery: OpenedDelivery, own: Mapping[str, Declaration]
) -> tuple[System, list[str]]:
    """The declared record system, or else an accepted one, whose form the files have, and the
    forces that it is a form of."""
    known = forms(own, delivery.deliverer)
    for name, forces in known.items():
        system = load_system(name)
        if system.fits(delivery):
            return system, forces
    names = ", ".join(known) or "those accepted: it accepts none"
    raise DeliveryError(
        "unknown_form", f"{delivery.deliverer}: the files have the form of none of {names}"
    )


def _new_batch(manifest: Manifest, declaration: Declaration, system: str) -> Batch:
    day = manifest.delivery_date.isoformat()
    return Batch(
        batch_id=f"{declaration.force}-{day}-{manifest.content_hash[:12]}",
        delivery_id=manifest.delivery_id,
        deliverer=manifest.deliverer,
        force=declaration.force,
        source_system=system,
        delivery_date=manifest.delivery_date,
        sequence=f"{day} {manifest.delivery_id}",
        kind=declaration.kind,
        environment="live",
        content_hash=manifest.content_hash,
        bytes=manifest.bytes,
    )


def _unread(
    manifest: Manifest,
    declaration: Declaration,
    error: DeliveryError,
    system: str,
    kind: BatchKind | None,
    *,
    is_first: bool,
) -> Staged:
    """A held batch of a delivery that could not be read; its bytes count once, on the first."""
    batch = replace(
        _new_batch(manifest, declaration, system),
        kind=kind or declaration.kind,
        files=manifest.files,
        unreadable_bytes=manifest.bytes if is_first else 0,
        held_rule=error.rule,
        held_reason=str(error),
    )
    return Staged(batch, {}, empty_quarantine())


def restage(
    home: Home,
    batch_id: str,
    deliverer: str,
    delivery_id: str,
    declarations: Mapping[str, Declaration],
) -> None:
    """Stage a batch again from the kept bytes, where what was staged of it has been deleted.

    Raises:
        UsageError: the kept bytes are not there, or hold no such batch any more.
        DeliveryError: they cannot be read.
    """
    try:
        manifest = read_manifest(home, deliverer, delivery_id)
    except FileNotFoundError as error:
        folder = home.landing(deliverer, delivery_id)
        raise UsageError(f"{batch_id}: its delivery is not kept at {folder} any more") from error
    made = _read_delivery(home, manifest, served(declarations, deliverer))
    own = [one for one in made if one.batch.batch_id == batch_id]
    if not own:
        raise UsageError(f"{batch_id}: {deliverer} is declared to serve its force no longer")
    with atomic_folder(home.staged(batch_id)) as folder:
        own[0].write(folder)


def _already_staged(home: Home, night: date, manifest: Manifest) -> list[Batch] | None:
    """The batches of a delivery that this night staged whole before it was stopped, or None.

    Those of an earlier night do not count: what held them may have been put right since.
    """
    marker = _marker(home, night, manifest)
    if not marker.exists():
        return None
    ids: list[str] = json.loads(marker.read_text(encoding="utf-8"))
    if not all(is_staged(home, batch_id) for batch_id in ids):
        return None
    return [Batch.read(home.staged(batch_id)) for batch_id in ids]


def _marker(home: Home, night: date, manifest: Manifest) -> Path:
    return home.night(night) / "staged" / f"{manifest.delivery_id}.json"
