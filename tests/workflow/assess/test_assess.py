"""Runs and their evidence, on a real model and real worker processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from governance.evidence.errors import RefusedInputError
from governance.evidence.evidence import Evidence
from governance.runs.run import Done
from governance.workflow.assess import assess
from governance.workflow.assess.assess import Recorded
from governance.workflow.workspace import runs, subjects
from storage.entities import Run
from storage.workspace import Workspace


def task(workspace: Workspace, registered: tuple[str, str], method: str = "models.predict", cohort: str = ""):
    return subjects.task(workspace, method, subjects.Choice(*registered, cohort=cohort))


def wait_for(workspace: Workspace, work) -> Recorded:
    until = time.monotonic() + 120
    answer = assess.request(workspace, work)
    while isinstance(answer, Run) and answer.state in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.05)
        answer = assess.request(workspace, work)
    assert isinstance(answer, Recorded), answer
    return answer


def test_evidence_is_stored_under_its_digest_and_named_by_the_ledger(workspace, registered) -> None:
    found = assess.now(workspace, task(workspace, registered))
    assert Evidence.from_bytes(workspace.blobs.read(found.digest)) == found.evidence
    entry = workspace.read().entries(types=("evidence.recorded",))[-1]
    assert entry.body["digest"] == found.digest
    assert entry.body["rows_used"] == entry.body["rows_total"] == 900


def test_asking_again_is_a_look_up(workspace, registered) -> None:
    first = assess.now(workspace, task(workspace, registered))
    size = workspace.read().head().size
    assert assess.request(workspace, task(workspace, registered)) == first
    assert workspace.read().head().size == size


def test_a_worker_process_gives_the_same_bytes_as_this_process(workspace, registered, tmp_path) -> None:
    work = task(workspace, registered)
    by_worker = wait_for(workspace, work)
    from governance.runs.run import execute

    here = execute(work, tmp_path)
    assert here.evidence.key == by_worker.evidence.key
    assert here.evidence.result == by_worker.evidence.result
    assert runs.state(workspace, work.key.digest).state == "done"


def test_predictions_are_computed_once_for_all_rows_and_a_cohort_takes_its_part(workspace, registered) -> None:
    whole = assess.now(workspace, task(workspace, registered, "performance.summary"))
    women = assess.now(workspace, task(workspace, registered, "performance.summary", 'sex = "F"'))
    assert whole.evidence.rows.total == 900
    assert 0 < women.evidence.rows.total < 900
    predicted = [item for item in workspace.read().all_evidence() if item.method == "models.predict"]
    assert len(predicted) == 1


def test_a_method_that_lacks_something_says_what(workspace, registered) -> None:
    data_only = subjects.task(workspace, "models.predict", subjects.Choice(data=registered[1]))
    with pytest.raises(RefusedInputError, match="needs: model"):
        assess.now(workspace, data_only)


def test_a_failed_run_is_shown_in_words_and_not_started_again_by_asking(workspace, registered) -> None:
    work = task(workspace, registered, cohort="no_such_column = 3")
    answer = assess.request(workspace, work)
    until = time.monotonic() + 60
    while answer.state in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.05)
        answer = assess.request(workspace, work)
    assert answer.state == "failed"
    assert "no_such_column" in answer.error


def test_a_run_whose_process_is_gone_is_interrupted(workspace) -> None:
    code = "from storage.processes import owner_token; print(owner_token())"
    token = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout.strip()
    from governance.workflow.workspace.clock import now

    workspace.runs.start("ab" * 32, "models.predict", token, now())
    assert runs.state(workspace, "ab" * 32).state == "interrupted"
    assert [item.state for item in runs.recent(workspace)] == ["interrupted"]


def test_a_run_of_this_process_is_not_interrupted(workspace) -> None:
    runs.begin(workspace, "cd" * 32, "models.predict")
    assert runs.state(workspace, "cd" * 32).state == "running"


def test_evidence_recorded_by_32_threads_at_once_is_all_there(workspace, registered, tmp_path) -> None:
    from governance.runs.run import execute

    done = execute(task(workspace, registered), tmp_path)

    def record(number: int) -> Recorded:
        key = replace(done.evidence.key, seed=number // 2)  # every answer is found by two at once
        return assess.record(workspace, Done(replace(done.evidence, key=key), {}))

    with ThreadPoolExecutor(32) as threads:
        found = list(threads.map(record, range(64)))
    entries = workspace.read().entries(types=("evidence.recorded",))
    assert sorted({item.digest for item in found}) == sorted(entry.body["digest"] for entry in entries)
    assert len(entries) == 32


def test_a_run_that_ends_while_it_is_asked_for_gives_its_evidence(workspace, registered, monkeypatch) -> None:
    work = task(workspace, registered)
    retry = assess.retry

    def slow(*arguments, **named) -> Run:
        retry(*arguments, **named)
        while (run := assess.run_of(workspace, work.key.digest)) is not None and run.state != "done":
            time.sleep(0.05)
        assert run is not None
        return run

    monkeypatch.setattr(assess, "retry", slow)
    assert isinstance(assess.request(workspace, work), Recorded)
