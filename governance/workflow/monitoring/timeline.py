"""The windows of a model over time: what is measured, what is on the way, and where the alert of each stands."""

from __future__ import annotations

from dataclasses import dataclass

from governance.drift import Alert, Calibration, DriftReport, Estimate, Harm, rungs
from governance.evidence import CountersignError, NotAssessed
from governance.workflow.assess import assess
from governance.workflow.monitoring import alerts, calibrate, watch
from governance.workflow.workspace import Choice, runs
from storage import RegisteredDataset, Run, Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """One window of a model."""

    data: RegisteredDataset
    name: str
    """Of its alert, whether there is one or not."""
    report: DriftReport | None
    """The fullest comparison that is recorded; None when it was not measured."""
    run: Run | None
    """The latest attempt to measure it with the model, when nothing is recorded."""
    alert: Alert | None
    untold: bool
    """Whether the evidence gives reason to an alert that nobody has recorded."""
    refused: str = ""
    """Why it cannot be measured."""
    asked: bool = True
    """Whether the comparison has the model's answers in it; False also where another version of the method asked it."""

    @property
    def partial(self) -> bool:
        """Whether only the columns have been compared, although nobody has tried to ask the model in vain."""
        return self.report is not None and not self.asked and not (self.run is not None and self.run.error)

    @property
    def metric(self) -> str:
        """The metric that the words are about, "" when there is none."""
        if self.report is None or isinstance(self.report.performance, NotAssessed):
            return ""
        return self.report.performance.main_metric

    @property
    def before(self) -> Estimate | None:
        """The main metric on the evaluation data."""
        if self.report is None or isinstance(self.report.performance, NotAssessed):
            return None
        return _there(self.report.performance.reference.get(self.metric))

    @property
    def realised(self) -> Estimate | None:
        """The main metric with labels; None without."""
        if self.report is None or isinstance(self.report.performance, NotAssessed):
            return None
        return _there(self.report.performance.current.get(self.metric))

    @property
    def estimated(self) -> Estimate | None:
        """The main metric as expected without labels; None when it was not estimated."""
        if self.report is None or not isinstance(self.report.harm, Harm):
            return None
        guess = self.report.harm.estimated
        return None if isinstance(guess, NotAssessed) else _there(guess.current.get(self.metric))

    @property
    def material(self) -> int | None:
        """How many columns moved by more than matters; None when it was not measured."""
        return None if self.report is None else sum(item.verdict == "material" for item in self.report.columns)


def _there(found: Estimate | None) -> Estimate | None:
    return found if found is not None and found.value is not None else None


def timeline(workspace: Workspace, model: str, reference: str) -> tuple[Standing, ...]:
    """Return every window that a model can be watched on but the reference, in the order of registration."""
    standing = alerts.standing(alerts.history(workspace, model))
    held = calibrate.thresholds(workspace, model, reference)
    return tuple(
        _standing(workspace, Choice(model, item.digest, reference), item, standing, held)
        for item in watch.windows(workspace, model)
        if item.digest != reference
    )


def _standing(
    workspace: Workspace, choice: Choice, data: RegisteredDataset, standing: dict[str, Alert], held: Calibration | None
) -> Standing:
    name = alerts.name_of(choice.model, choice.data)
    alert = standing.get(name)
    try:
        of_columns, of_harm = watch.tasks(workspace, choice)
        found = assess.find(workspace, of_harm) or assess.find(workspace, of_columns)
        report = watch.report_of(found) if found else None
    except CountersignError as error:
        return Standing(data, name, None, None, alert, untold=False, refused=str(error))
    asked = bool(found and found.evidence.key.method == of_harm.method)
    run = None if asked else runs.state(workspace, of_harm.key.digest)
    needed = of_harm.model.signature.columns if of_harm.model else ()
    untold = bool(report and alert is None and rungs(report, needed, held))
    return Standing(data=data, name=name, report=report, run=run, alert=alert, untold=untold, asked=asked)
