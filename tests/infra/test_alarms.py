"""Alarms: each is a row of the table, tells its meaning, and pages through one composite."""

import pytest
from aws_cdk import App, CfnOutput, Stack
from aws_cdk.aws_sqs import Queue

from infra.constructs.disk_credit_alarms import DiskCreditAlarms
from infra.constructs.fugue_alarm import FugueAlarm
from infra.constructs.fugue_signs import FugueSigns
from infra.constructs.lag_alarms import BURNS
from infra.constructs.watching import own
from infra.observability.aws_metrics import AwsMetric
from infra.observability.watches import Watch
from infra.settings import Settings, SettingsError
from moonwalk.domain.lane import Lane
from moonwalk.metrics import Metric
from moonwalk.metrics.declaration import NAMESPACE
from moonwalk.usecases.release import MOST_NEWS
from tests.infra.conftest import Synthesise
from tests.infra.evaluating import Alarms
from tests.infra.templates import Template, Templates, plain

MOST_METRICS = 10
"""CloudWatch's limit of metrics in one alarm."""
LONGEST_DESCRIPTION = 1024


@pytest.fixture(scope="module")
def alarms(templates: Templates) -> Alarms:
    return Alarms.read(templates)


@pytest.fixture(scope="module")
def observability(templates: Templates) -> Template:
    return templates.observability


def row_of(name: str) -> Watch:
    """Find the row of an alarm: its name is the deployment's, the row's and perhaps a subject."""
    rest = name.removeprefix("moonwalk-")
    fitting = [row for row in Watch if f"{rest}-".startswith(f"{row.value.slug}-")]
    return max(fitting, key=lambda row: len(row.value.slug))


def test_each_row_of_the_table_is_an_alarm_unless_no_machine_has_disk_credit(
    alarms: Alarms,
) -> None:
    made = {row_of(name) for name in [*alarms.on_metrics, *alarms.composites]}
    assert set(Watch) - made == {Watch.DISK_CREDIT}


def test_rows_that_page_are_composites_and_all_others_are_their_children(alarms: Alarms) -> None:
    pages = {row for row in Watch if row.value.pages}
    assert {row_of(name) for name in alarms.composites} == pages | {Watch.EXPLAINED}
    asked = {
        child
        for name, each in alarms.composites.items()
        for child in each.children()
        if row_of(name) in pages
    }
    assert asked == alarms.on_metrics.keys()


def test_only_composites_of_rows_that_page_tell_somebody_and_all_by_one_topic(
    alarms: Alarms,
) -> None:
    for alarm in alarms.on_metrics.values():
        assert not alarm.properties.get("AlarmActions")
    told = set()
    for name, each in alarms.composites.items():
        actions = [plain(topic) for topic in each.properties.get("AlarmActions", ())]
        assert bool(actions) == row_of(name).value.pages
        told.update(actions)
    assert len(told) == 1


def test_what_a_known_cause_explains_has_no_page_of_its_own(alarms: Alarms) -> None:
    """A fugue is no consequence: nothing keeps it quiet."""
    quiet = {row_of(name) for name, each in alarms.composites.items() if each.suppressor}
    assert quiet == {row for row in Watch if row.value.unless_explained}
    assert quiet == {Watch.LATE, Watch.BULK_LATE, Watch.SYMBOLS}
    suppressors = {each.suppressor for each in alarms.composites.values()} - {None}
    assert suppressors == {"moonwalk-explained"}
    causes = alarms.composites["moonwalk-explained"].children()
    for name in ("fugue", "untended", "workers-gone"):
        assert alarms.composites[f"moonwalk-{name}"].children() <= causes


def test_one_heavy_crash_whose_workflow_failed_explains_no_lateness(alarms: Alarms) -> None:
    failing = alarms.composites["moonwalk-failing"].children()
    single = {f"moonwalk-workflow-{how}-heavy" for how in ("failed", "timed-out")}
    assert failing - alarms.composites["moonwalk-explained"].children() == single


def test_no_standing_anomaly_hides_a_dead_reconciler_or_that_workers_are_gone(
    alarms: Alarms,
) -> None:
    """A composite pages when it is raised, and not again for another of its children."""
    alone = {
        "untended": {"oldest-due-crash"},
        "workers-gone": {"worker-silent-work", "worker-silent-nobody"},
    }
    for name, children in alone.items():
        found = alarms.composites[f"moonwalk-{name}"].children()
        assert found == {f"moonwalk-{child}" for child in children}


def test_a_round_of_a_function_that_the_clock_starts_is_missed_whichever_it_is(
    synthesise: Synthesise,
) -> None:
    source = '[{"kind":"http","name":"vendor","address":"https://symbols.example/"}]'
    found = Alarms.read(synthesise(symbol_sources=source))
    rounds = {f"moonwalk-rounds-missed-{each}" for each in ("keeper", "releaser", "asker")}
    assert found.composites["moonwalk-clockwork"].children() == rounds


def test_each_alarm_tells_its_meaning_where_to_look_and_its_section(alarms: Alarms) -> None:
    told = {
        **{name: alarm.properties for name, alarm in alarms.on_metrics.items()},
        **{name: each.properties for name, each in alarms.composites.items()},
    }
    for name, properties in told.items():
        row, text = row_of(name).value, properties["AlarmDescription"]
        assert row.meaning in text
        assert row.look in text
        assert text.endswith(f"docs/runbook.md#{row.slug}")
        assert len(text) <= LONGEST_DESCRIPTION


def test_each_alarm_looks_at_few_enough_metrics_that_exist(alarms: Alarms) -> None:
    own = {metric.value.name: metric.value.dimension_names for metric in Metric}
    others = {metric.value.name: metric.value.dimensions for metric in AwsMetric}
    for alarm in alarms.on_metrics.values():
        assert len(alarm.reads()) <= MOST_METRICS
        for namespace, name, dimensions in alarm.reads():
            known = own if namespace == NAMESPACE else others
            assert {each for each, _ in dimensions} == set(known[name])


def test_errors_and_throttles_of_every_function_are_watched(
    templates: Templates, alarms: Alarms
) -> None:
    functions = templates.pipeline.of_type("AWS::Lambda::Function")
    for alarm in ("function-errors", "throttles"):
        read = alarms.on_metrics[f"moonwalk-{alarm}"].reads()
        watched = [plain(each) for _, _, dimensions in read for each in dimensions]
        assert all(any(name in each for each in watched) for name in functions)


def test_the_limit_of_waiting_news_is_one_that_the_releaser_can_tell_of() -> None:
    Settings.from_context({"moonwalk:news_alarm_count": str(MOST_NEWS)})
    with pytest.raises(SettingsError, match="news_alarm_count"):
        Settings.from_context({"moonwalk:news_alarm_count": str(MOST_NEWS + 1)})


def test_each_burn_can_happen_whatever_the_objective_is() -> None:
    least = Settings.from_context({"moonwalk:lag_percent": "94"})
    assert all(burn.factor * (100 - least.lag_percent) <= 100 for burn in BURNS)
    with pytest.raises(SettingsError, match="lag_percent"):
        Settings.from_context({"moonwalk:lag_percent": "93"})


def test_composites_are_made_after_their_children(observability: Template) -> None:
    made = set(observability.of_type("AWS::CloudWatch::Alarm"))
    for composite in observability.of_type("AWS::CloudWatch::CompositeAlarm").values():
        assert made <= set(composite["DependsOn"])


def test_the_topic_of_the_alarms_lets_this_account_s_alarms_in_and_nobody_else(
    observability: Template, alarms: Alarms
) -> None:
    [told] = {
        plain(topic)
        for each in alarms.composites.values()
        for topic in each.properties.get("AlarmActions", ())
    }
    [policy] = observability.properties("AWS::SNS::TopicPolicy")
    assert [plain(topic) for topic in policy["Topics"]] == [told]
    [allowed] = [
        statement
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert (allowed["Action"], plain(allowed["Resource"])) == ("sns:Publish", told)
    conditions = allowed["Condition"]
    assert conditions["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    arns = "arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*"
    assert plain(conditions["ArnLike"]["aws:SourceArn"]) == arns


@pytest.fixture(scope="module")
def on_machines(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The signs of a heavy lane whose machines have disk credit."""
    settings = Settings(
        worker_capacity="managed-instances",
        vpc_id="vpc-1",
        vpc_subnets=("subnet-1",),
        vpc_public_ip=False,
    )
    app = App(outdir=str(tmp_path_factory.mktemp("machines")), analytics_reporting=False)
    stack = Stack(app, "Machines")
    credit = DiskCreditAlarms(stack, "Credit", settings=settings)
    signs = FugueSigns(Lane.HEAVY, [Queue(stack, "Queue")], own(Metric.SLOTS_BUSY, "Sum"))
    heavy = FugueAlarm(stack, "Heavy", settings=settings, signs=signs, more=credit.names)
    CfnOutput(stack, "Rule", value=heavy.rule)
    return Template(app.synth().get_stack_by_name("Machines").template)


def test_disk_credit_is_a_sign_of_the_fugue_where_there_is_one(on_machines: Template) -> None:
    rule = on_machines.document["Outputs"]["Rule"]["Value"]
    assert rule.count("moonwalk-disk-credit-") == len(("operations", "bytes"))
    asked = [
        query["Expression"]
        for properties in on_machines.properties("AWS::CloudWatch::Alarm")
        for query in properties.get("Metrics", ())
        if query.get("Expression", "").startswith("SELECT")
    ]
    assert sorted(asked) == [
        'SELECT MIN("EBSByteBalance%") FROM SCHEMA("AWS/EC2", InstanceId)',
        'SELECT MIN("EBSIOBalance%") FROM SCHEMA("AWS/EC2", InstanceId)',
    ]
