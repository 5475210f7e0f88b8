"""One night: every force's delivery taken in, checked, linked, and the store published.

When, in what order, and how often tried again: nothing else stands here. What a step does is in
the package it imports. A deliverer whose steps fail is served from its last good data; only a step
of the nation stops the night. Any step can be killed and run again.
"""

import os
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import (
    Asset,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    chain,
    dag,
    get_current_context,
    task,
    task_group,
)

# What crimelink refuses on purpose is not mended by trying again; a disk or a network may be.
RETRY = ExceptionRetryPolicy(
    rules=[RetryRule(exception="warehouse.errors.CrimelinkError", action=RetryAction.FAIL)]
)
FROM_ENVIRONMENT = {"type": ["null", "string"]}


@dag(
    dag_id="nightly",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/London"),
    catchup=False,
    max_active_runs=1,
    params={
        "home": Param(os.environ.get("CRIMELINK_HOME"), **FROM_ENVIRONMENT),
        "deliveries": Param(os.environ.get("CRIMELINK_DELIVERIES"), **FROM_ENVIRONMENT),
        "force_config": Param(os.environ.get("CRIMELINK_FORCE_CONFIG"), **FROM_ENVIRONMENT),
        "night": Param(None, **FROM_ENVIRONMENT),
    },
    default_args={"retries": 2, "retry_delay": timedelta(seconds=20), "retry_policy": RETRY},
    doc_md=__doc__,
    tags=["crimelink"],
)
def nightly() -> None:
    @task
    def open_night() -> dict[str, str]:
        from dataclasses import asdict

        from forces.run import Run

        context = get_current_context()
        return asdict(Run.from_params(context["params"], context["ds"]))

    @task
    def plan(run: dict[str, str]) -> list[str]:
        from forces.run import Run
        from transforms.planning import plan_night

        it = Run(**run)
        return plan_night(it.home, it.deliveries, it.night, it.declarations)

    @task
    def take_reference(run: dict[str, str]) -> None:
        from forces.run import Run
        from transforms.reference import take_reference

        it = Run(**run)
        take_reference(it.home, it.deliveries, it.night)

    @task(map_index_template="{{ deliverer }}")
    def collect(run: dict[str, str], deliverer: str) -> str:
        from forces.run import Run
        from transforms.collect import collect

        get_current_context()["deliverer"] = deliverer
        it = Run(**run)
        collect(it.home, it.night, deliverer)
        return deliverer

    @task(map_index_template="{{ deliverer }}")
    def standardise(run: dict[str, str], deliverer: str) -> None:
        from forces.run import Run
        from transforms.standardise import standardise

        get_current_context()["deliverer"] = deliverer
        it = Run(**run)
        standardise(it.home, it.night, deliverer, it.declarations)

    @task_group
    def take_in(run: dict[str, str], deliverer: str) -> None:
        standardise(run, collect(run, deliverer))

    # However the deliverers fared, the nation goes on.
    @task(trigger_rule="all_done")
    def deliverers_done() -> None:
        pass

    @task
    def check(run: dict[str, str]) -> None:
        from forces.run import Run
        from quality.check import check

        it = Run(**run)
        check(it.home, it.night, it.declarations)

    @task
    def load(run: dict[str, str]) -> None:
        from forces.run import Run
        from warehouse.load import load

        it = Run(**run)
        load(it.home, it.night, it.declarations)

    @task
    def link(run: dict[str, str]) -> None:
        from forces.run import Run
        from linkage.persons import link

        it = Run(**run)
        link(it.home, it.night)

    @task
    def link_objects(run: dict[str, str]) -> None:
        from forces.run import Run
        from linkage.objects.objects import link_objects

        it = Run(**run)
        link_objects(it.home, it.night)

    @task
    def link_offences(run: dict[str, str]) -> None:
        from forces.run import Run
        from linkage.offences.link import link_offences

        it = Run(**run)
        link_offences(it.home, it.night)

    @task
    def find_series(run: dict[str, str]) -> None:
        from forces.run import Run
        from linkage.series.nights import find_series

        it = Run(**run)
        find_series(it.home, it.night)

    @task
    def associate(run: dict[str, str]) -> None:
        from forces.run import Run
        from linkage.networks.associate import associate

        it = Run(**run)
        associate(it.home, it.night)

    @task
    def build(run: dict[str, str]) -> None:
        from forces.run import Run
        from warehouse.build import build

        it = Run(**run)
        build(it.home, it.night, it.declarations)

    @task
    def check_store(run: dict[str, str]) -> None:
        from forces.run import Run
        from quality.store_suite import check_store

        it = Run(**run)
        check_store(it.home, it.night)

    # The night's pages, however far it came; nothing waits for them.
    @task(trigger_rule="all_done_min_one_success")
    def document(run: dict[str, str]) -> None:
        from forces.run import Run
        from quality.data_docs.build import document

        it = Run(**run)
        document(it.home, it.night)

    @task(outlets=[Asset("crimelink_store")])
    def publish(run: dict[str, str]) -> None:
        from forces.run import Run
        from warehouse.publish import publish

        it = Run(**run)
        publish(it.home, it.night)

    # Up to load this order stands in console/take_in.py too, for whoever has no scheduler.
    run: Any = open_night()
    deliverers: Any = plan(run)
    reference, checked = take_reference(run), check(run)
    store_checked = check_store(run)
    chain(
        deliverers,
        reference,
        take_in.partial(run=run).expand(deliverer=deliverers),
        deliverers_done(),
        checked,
        load(run),
        link(run),
        link_objects(run),
        link_offences(run),
        find_series(run),
        associate(run),
        build(run),
        store_checked,
        publish(run),
    )
    # deliverers_done goes on whatever happened before it; a night that was not planned must not.
    reference >> checked
    store_checked >> document(run)


nightly()
