"""`countersign stress` as a pipeline runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from governance.__main__ import build
from governance.evidence.errors import RefusedInputError
from governance.review.gate import evaluate
from governance.review.policy import from_json
from governance.stress.kinds import kind_list
from governance.stress.kinds.kind import Kind
from tests.stress.making import made

RUN = CliRunner()
ROLES = ("--target", "good", "--positive", "yes", "--sensitive", "sex")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """Return a model, the rows that it is asked about, and earlier rows."""
    folder, case = tmp_path_factory.mktemp("stress"), made("boosted")
    (folder / "model.onnx").write_bytes(case.model.file)
    case.frame.head(500).to_csv(folder / "now.csv", index=False)
    case.frame.tail(400).to_csv(folder / "before.csv", index=False)
    return str(folder / "model.onnx"), str(folder / "now.csv"), str(folder / "before.csv")


def said(*words: str, code: int = 0) -> str:
    result = RUN.invoke(build(), list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.stdout


PLAN = """
seed = 7
budget = 0.1
metrics = ["accuracy", "selection_rate"]
[[corruption]]
kind = "unit"
columns = ["income"]
factor = 1000
shares = [0.02, 0.1]
where = 'sex = "Female"'
[[corruption]]
kind = "typo"
columns = ["age"]
[search]
kinds = ["missing", "unit"]
columns = "all"
"""


def test_the_document_has_the_fields_of_the_contract(files: tuple[str, str, str], tmp_path: Path) -> None:
    model, now, before = files
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN, encoding="utf-8")
    found = json.loads(said("stress", model, now, *ROLES, "--plan", str(plan), "--reference", before, "--json"))
    first, second = found["variants"]
    assert (first["corruption"]["share"], second["corruption"]["share"]) == (0.02, 0.1)
    assert first["corruption"]["setting"] == {"factor": 1000}
    assert first["rows_touched"] == 10
    for name in ("engine", "rows_touched", "decisions_changed", "broken", "mended", "effects", "noticed", "stops"):
        assert name in first
    assert set(first["effects"][0]) >= {"metric", "group", "before", "after", "change", "low", "high"}
    assert set(second["noticed"]) >= {"drift", "contract", "smallest_share_seen"}
    assert second["noticed"]["contract"] == ["range(income)"]
    assert [item["reason"] for item in found["not_run"]] == [
        "The error typo does not apply to 'age', which holds numbers."
    ]
    worst = found["worst"][0]
    assert set(worst) >= {"corruption", "where", "held_out", "found", "random_same"}
    assert {item["corruption"]["kind"] for item in found["worst"]} <= {"missing", "unit"}
    assert found["search"]["budget"] == 0.1
    assert found["certificate"]["whole_decisions_differ"] == 0


def test_a_gate_of_ci_fails_over_the_share_that_is_named(files: tuple[str, str, str]) -> None:
    model, now, _ = files
    text = said("stress", model, now, *ROLES, "--fail-over", "0.001", code=1)
    assert text.startswith("The worst realistic error that was found in 5 % of the rows:")
    assert "error        " in text
    said("stress", model, now, *ROLES, "--fail-over", "0.5")


def test_a_plan_of_which_nothing_can_be_tried_promises_nothing(files: tuple[str, str, str], tmp_path: Path) -> None:
    model, now, _ = files
    (tmp_path / "plan.toml").write_text("[[corruption]]\nkind = 'sign'\ncolumns = ['nope']", encoding="utf-8")
    text = said("stress", model, now, *ROLES, "--plan", str(tmp_path / "plan.toml"), "--no-search")
    assert text.startswith("No error could be tried; why stands beside each of the 1 that were asked for.")
    assert "not tried    nope has the other sign: The data have no column 'nope'." in text


def test_pairs_and_every_value_are_told_in_words_as_well(files: tuple[str, str, str]) -> None:
    model, now, _ = files
    text = said("stress", model, now, *ROLES, "--pair", "visits,city")
    assert "any value    visits and city: some value of it changes the decision for" in text
    for wrong in ("age,age", "age,nope"):
        with pytest.raises(RefusedInputError):
            said("stress", model, now, *ROLES, "--pair", wrong)


def test_numbers_that_no_float_holds_are_for_intake_to_judge(files: tuple[str, str, str], tmp_path: Path) -> None:
    model, now, _ = files
    plan = "[[corruption]]\nkind = 'unit'\ncolumns = ['income']\n"
    plan = f"{plan}factor = 1e308\n{plan.replace('unit', 'outlier')}deviations = 1e308"
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    asked = ("stress", model, now, *ROLES, "--plan", str(tmp_path / "plan.toml"), "--no-search", "--json")
    found = json.loads(said(*asked))
    assert [bool(item["stops"]) or item["decisions_changed"] > 0 for item in found["variants"]] == [True, True]


def test_a_reference_whose_columns_hold_nothing_or_other_values_is_searched(
    files: tuple[str, str, str], tmp_path: Path
) -> None:
    model, now, before = files
    rows = pd.read_csv(before)
    for name, other in (("gone", rows.assign(income=None, city=None)), ("texts", rows.assign(income="x", city=3.5))):
        other.to_csv(tmp_path / f"{name}.csv", index=False)
        (tmp_path / "plan.toml").write_text("[[corruption]]\nkind = 'sign'\ncolumns = ['income']", encoding="utf-8")
        asked = ("--plan", str(tmp_path / "plan.toml"), "--reference", str(tmp_path / f"{name}.csv"), "--json")
        found = json.loads(said("stress", model, now, *ROLES, *asked))
        quiet = {column for item in found["unnoticed"] for column in item["corruption"]["columns"]}
        assert not quiet & {"income", "city"}, "no contract made from such rows accepts a value"


def test_a_predicted_number_is_searched_as_well_and_fails_over_its_own_unit(tmp_path: Path) -> None:
    case = made("regression")
    (tmp_path / "model.onnx").write_bytes(case.model.file)
    case.frame.to_csv(tmp_path / "now.csv", index=False)
    asked = ("stress", str(tmp_path / "model.onnx"), str(tmp_path / "now.csv"), "--target", "amount")
    text = said(*asked, "--sensitive", "sex", "--fail-over", "0.01", code=1)
    assert "units of the prediction" in text.splitlines()[0]
    (tmp_path / "plan.toml").write_text("objective = 'mean_score_gap'\namong = 'age > 30'", encoding="utf-8")
    found = json.loads(said(*asked, "--sensitive", "sex", "--plan", str(tmp_path / "plan.toml"), "--json"))
    wanted = "Gap in the mean predicted number, largest group less the second, where age > 30"
    assert found["search"]["objective"] == wanted


def test_a_policy_limits_the_worst_drop_and_the_unnoticed_one(files: tuple[str, str, str], tmp_path: Path) -> None:
    from governance.evidence.evidence import Evidence

    model, now, before = files
    out = tmp_path / "evidence.json"
    said("stress", model, now, *ROLES, "--reference", before, "--evidence", str(out))
    evidence = Evidence.from_bytes(out.read_bytes())
    assert evidence.key.method == "stress.worst"
    asked = [("max_drop", "0.5"), ("unnoticed_drop", "0.0001")]
    rules = [
        {
            "id": name.replace("_", "-"),
            "method": "stress.worst",
            "metric": name,
            "limit": {"max": limit},
            "severity": "blocking",
        }
        for name, limit in asked
    ]
    found = evaluate(from_json({"title": "Robust", "requirements": rules}), {"ab" * 32: evidence})
    assert [line.outcome for line in found.requirements] == ["met", "not_met"]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("[[corruption]]\nkind = 'mising'", "No kind of error 'mising'"),
        ("budgte = 0.1", "No field of the plan 'budgte'"),
        ("[[corruption]]\nkind = 'unit'\ncolumns = ['income']\nfaktor = 3", "No field of the error unit 'faktor'"),
        ("[[corruption]]\nkind = 'sign'\ncolumns = ['income']\nshare = 2.0", "The share of sign is 2.0"),
        ("[search]\nkinds = ['all']", "No kind of error 'all'"),
        ("kind = ", "is not TOML"),
        ("corruption = [1]", "that is no table"),
        ("corruption = ['a']", "that is no table"),
        ("budget = 'x'\n[[corruption]]\nkind = 'sign'\ncolumns = ['income']", "expected a number"),
        ("budget = {}\n[[corruption]]\nkind = 'sign'\ncolumns = ['income']", "expected a number"),
        ("seed = -1", "the seed -1"),
        ("conditions = 9", "conditions = 9, expected 0, 1 or 2"),
        ("[search]\nminimum_rows = 0", "minimum_rows is 0"),
        ("[search]\ncolumns = ['agee']", "No column of the model 'agee'"),
        ("[search]\nconditions_on = ['nothing']", "No column of the data 'nothing'"),
        ("among = 'nothing > 3'", "'nothing', which the data do not have"),
        ("[[corruption]]\nkind = 'sign'\ncolumns = ['income']\nshare = true", "has the shares [True]"),
        ("[[corruption]]\nkind = 'misjoin'\ncolumns = ['income', 'income']", "it takes at least one column, each once"),
        (
            "[[corruption]]\nkind = 'decimal'\ncolumns = ['income']\nplaces = 99999999999",
            "The places of decimal is 99999999999",
        ),
        ("[[corruption]]\nkind = 'round'\ncolumns = ['income']\nstep = 0", "The step of round is 0"),
        (
            "[[corruption]]\nkind = 'sign'\ncolumns = ['income']\nwhere = 'nothing > 3'",
            "'nothing', which the data do not have",
        ),
    ],
)
def test_a_mistyped_plan_is_refused_with_words(
    files: tuple[str, str, str], tmp_path: Path, plan: str, words: str
) -> None:
    model, now, _ = files
    path = tmp_path / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    with pytest.raises(RefusedInputError) as refused:
        said("stress", model, now, *ROLES, "--plan", str(path))
    assert words in refused.value.what


def test_files_beside_the_table_that_are_no_text_are_refused_with_words(files: tuple[str, str, str]) -> None:
    model, now, _ = files
    for option in ("--plan", "--contract"):
        with pytest.raises(RefusedInputError, match="not UTF-8 text"):
            said("stress", model, now, *ROLES, option, model)


def test_a_budget_that_is_no_share_is_refused(files: tuple[str, str, str]) -> None:
    model, now, _ = files
    with pytest.raises(RefusedInputError, match=r"The budget is 5\.0, expected a share"):
        said("stress", model, now, *ROLES, "--budget", "5")


def test_a_toy_kind_of_error_is_planned_run_and_said(
    files: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding a kind is one object and one line."""
    toy = Kind(
        id="toy_half",
        title="Halved",
        sentence="{column} is halved",
        source="a toy",
        applies_to=("number",),
        of_numbers=lambda values, _: values / 2,
    )
    monkeypatch.setattr(kind_list, "KINDS", (*kind_list.KINDS, toy))
    model, now, _ = files
    plan = tmp_path / "plan.toml"
    plan.write_text('[search]\nkinds = ["toy_half"]', encoding="utf-8")
    found = json.loads(said("stress", model, now, *ROLES, "--plan", str(plan), "--json"))
    mine = [item for item in found["variants"] if item["corruption"]["kind"] == "toy_half"]
    assert [item["name"] for item in mine] == ["age is halved", "income is halved", "visits is halved"]
    assert all(item["decisions_changed"] > 0 for item in mine)
    assert found["search"]["templates"] == 3
    assert {item["corruption"]["kind"] for item in found["worst"]} == {"toy_half"}


def test_stages_say_where_a_batch_first_leaves_earlier_rows(files: tuple[str, str, str], tmp_path: Path) -> None:
    model, now, before = files
    found = json.loads(said("stages", model, now, *ROLES, "--reference", before, "--json"))
    assert {"stages", "first", "last", "inputs", "environment"} <= set(found)
    assert {"stage", "columns", "expectations", "failed", "first_row"} <= set(found["stages"][0])
    assert found["first"] == -1
    import pandas as pd

    batch = pd.read_csv(now)
    batch.loc[100:, "income"] *= -1000.0
    broken = tmp_path / "broken.csv"
    batch.to_csv(broken, index=False)
    text = said("stages", model, str(broken), *ROLES, "--reference", before, "--strict", code=1)
    assert "400 rows outside the range" in text
    assert "stage 0" in text
    with pytest.raises(RefusedInputError):
        said("stages", model, now, "--reference", str(tmp_path / "nowhere.csv"))


def test_a_pipeline_is_trained_and_its_variants_are_told(files: tuple[str, str, str], tmp_path: Path) -> None:
    _, now, before = files
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('model = "logistic"\nimpute = "mean"\n')
    roles = (*ROLES, "--ignore", "level", "--ignore", "amount")
    found = json.loads(said("pipeline", now, *roles, "--reference", before, "--recipe", str(recipe), "--json"))
    assert {"variants", "not_run", "shared", "pipeline", "trained_rows", "decided_rows", "inputs"} <= set(found)
    assert found["shared"]["whole_decisions_differ"] == 0
    assert any(item["sort"] == "operator" and "median" in item["name"] for item in found["variants"])
    text = said("pipeline", now, *roles)
    assert "models were trained where whole runs would train" in text
    with pytest.raises(RefusedInputError, match="share"):
        said("pipeline", now, *roles, "--share", "7")


def test_a_pipeline_from_a_file_is_opened_on_a_word_of_trust_and_never_becomes_evidence(
    files: tuple[str, str, str], tmp_path: Path
) -> None:
    import joblib
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    _, now, _ = files
    place = tmp_path / "pipeline.joblib"
    encoder = ColumnTransformer([("n", "passthrough", ["age", "visits"])])
    joblib.dump(make_pipeline(encoder, LogisticRegression()), place)
    with pytest.raises(RefusedInputError, match="trust"):
        said("pipeline", now, *ROLES, "--pipeline", str(place))
    trusted = ("pipeline", now, *ROLES, "--pipeline", str(place), "--i-trust-this-file")
    found = json.loads(said(*trusted, "--json"))
    assert found["pipeline"] == ["passthrough: age, visits", "LogisticRegression"]
    assert [item["name"] for item in found["inputs"]][-1] == "pipeline"
    with pytest.raises(RefusedInputError, match="is no evidence"):
        said(*trusted, "--evidence", str(tmp_path / "evidence.json"))


def test_a_draft_of_the_contract_holds_the_proposed_checks_and_puts_nothing_to_use(
    files: tuple[str, str, str], tmp_path: Path
) -> None:
    from governance.quality import formats

    model, now, before = files
    place = tmp_path / "draft.toml"
    out = said("stress", model, now, *ROLES, "--reference", before, "--draft", str(place))
    found = formats.read(place.read_text())
    assert found.version == 2
    if "a check that would see it" in out:
        assert {"value_share", "column_order"} & {item.check for item in found.expectations}
    with pytest.raises(RefusedInputError, match="nothing to compare"):
        said("stress", model, now, *ROLES, "--draft", str(tmp_path / "other.toml"))
    with pytest.raises(RefusedInputError, match="--force"):
        said("stress", model, now, *ROLES, "--reference", before, "--draft", str(place))


def test_reasons_and_pairs_of_columns_are_looked_at_when_asked(files: tuple[str, str, str], tmp_path: Path) -> None:
    model, now, before = files
    plan = tmp_path / "plan.toml"
    plan.write_text('[[corruption]]\nkind = "missing"\ncolumns = ["age"]\n[search]\nkinds = ["missing"]\n')
    asked = ("stress", model, now, *ROLES, "--plan", str(plan), "--reference", before)
    found = json.loads(said(*asked, "--reasons", "--pair", "sex,city", "--json"))
    assert {"first_changes", "broken_first_after", "low", "high", "rows"} <= set(found["reasons"]["shifts"][0])
    pair = next(item for item in found["any_value"] if item["column"] == "sex + city")
    alone = [item["can_flip"] for item in found["any_value"] if item["column"] in ("sex", "city")]
    assert pair["can_flip"] >= max(alone)
    for wrong in ("sex", "sex,sex", "a,b,c"):
        with pytest.raises(RefusedInputError, match="is no pair"):
            said(*asked, "--pair", wrong, "--json")
    with pytest.raises(RefusedInputError, match="nothing to compare"):
        said("stress", model, now, *ROLES, "--reasons")
