"""Every command, by the job that it serves: where its function lies, and an example that can be typed.

A module is imported only when its command is called, or for the list of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANALYSE: Final = "Analyse files"
REGISTRY: Final = "Models and data of a workspace"
BOARD: Final = "Board"
RECORD: Final = "Record and audit"
RUN: Final = "Run"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the command line."""

    name: str
    """As it is typed; with a space, a command of a group."""
    place: str
    """"module:function", the module inside `governance.cli`."""
    panel: str
    """Under which heading `--help` lists it."""
    example: str
    """What stands behind `countersign NAME` in an example."""


COMMANDS: Final[tuple[Command, ...]] = (
    Command("inspect", "models:inspect", ANALYSE, "model.onnx"),
    Command("predict", "models:predict", ANALYSE, "model.onnx people.csv --out answers.parquet"),
    Command("convert", "convert:convert", ANALYSE, "model.skops --out model.onnx --sample people.csv"),
    Command("quality", "data:quality", ANALYSE, "people.csv --schema roles.toml --strict"),
    Command("expectations", "data:propose", ANALYSE, "people.csv --schema roles.toml --out expected.toml"),
    Command("audit-data", "data:audit", ANALYSE, "people.csv --sensitive sex --sensitive race"),
    Command("fairness", "fairness:fairness", ANALYSE, "people.csv --schema roles.toml --model model.onnx"),
    Command("impact-ratio", "impact_ratio:impact_ratio", ANALYSE, "--table counts.csv"),
    Command("mitigate", "mitigate:mitigate", ANALYSE, "train.csv --attribute sex --schema roles.toml --out candidates"),
    Command("segments", "segments:segments", ANALYSE, "model.onnx people.csv --schema roles.toml"),
    Command("drift", "drift:drift", ANALYSE, "last-year.csv this-year.csv --schema roles.toml --model model.onnx"),
    Command("baseline", "drift:baseline", ANALYSE, "last-year.csv --schema roles.toml --out baseline.json"),
    Command("watch", "watch:watch", ANALYSE, "baseline.json batch.csv"),
    Command("stress", "stress:stress", ANALYSE, "model.onnx people.csv --schema roles.toml --reference last-year.csv"),
    Command("pipeline", "pipeline:pipeline", ANALYSE, "people.csv --schema roles.toml --recipe recipe.toml"),
    Command("stages", "stages:stages", ANALYSE, "model.onnx batch.csv --reference last-year.csv"),
    Command("derive", "derive:derive", ANALYSE, "net.onnx people.csv --as int8-static --out lighter.onnx --schema roles.toml"),
    Command("latency", "latency:latency", ANALYSE, "model.onnx people.csv --rate 50 --budget-ms 100"),
    Command("schedule", "schedule:schedule", ANALYSE, "credit.onnx fraud.onnx --data people.csv --cores 2 --deadline-ms 50"),
    Command("attest", "attest:attest", ANALYSE, "http://models:8000 model.onnx people.csv --name credit"),
    Command("explain", "explain:explain", ANALYSE, "model.onnx people.csv --scale probability"),
    Command("lime", "lime:lime", ANALYSE, "model.onnx people.csv --row 0"),
    Command("reasons", "reasons:reasons", ANALYSE, "model.onnx people.csv --schema roles.toml --out reasons.csv"),
    Command("report", "report:report", ANALYSE, "model.onnx people.csv --schema roles.toml --out report.html"),
    Command("gate", "gate:gate", ANALYSE, "evidence.json --policy policy.toml"),
    Command("policy template", "rules:policy_template", ANALYSE, "general > policy.toml"),
    Command("init", "workspace:init", REGISTRY, '--organisation "Example Board"'),
    Command("register model", "registry:register_model", REGISTRY,
            'model.onnx --name Credit --version 1.0 --intended-use "Ranks applications." --risk-tier high'),
    Command("register data", "registry:register_data", REGISTRY,
            "people.csv --name People --role evaluation --schema roles.toml"),
    Command("model list", "registry_lists:model_list", REGISTRY, "--json"),
    Command("data list", "registry_lists:data_list", REGISTRY, "--json"),
    Command("evidence list", "registry_lists:evidence_list", REGISTRY, "--method fairness.by_group"),
    Command("assess", "registry:assess_method", REGISTRY, "fairness.by_group --data 0cbebc93 --model cd762919"),
    Command("contract put", "contract:contract_put", REGISTRY, "0cbebc93 expected.toml"),
    Command("contract show", "contract:contract_show", REGISTRY, "0cbebc93"),
    Command("contract check", "contract:contract_check", REGISTRY, "0cbebc93 4e91bcdc"),
    Command("deployment add", "deployment:deployment_add", REGISTRY,
            "branch http://models:8000 --name credit --model cd762919"),
    Command("deployment list", "deployment:deployment_list", REGISTRY, "--json"),
    Command("deployment end", "deployment:deployment_end", REGISTRY, 'branch --reason "Moved."'),
    Command("alert confirm", "alert:alert_confirm", REGISTRY, 'NAME --as ada --reason "Seen in the branch offices."'),
    Command("alert override", "alert:alert_override", REGISTRY, 'NAME --as ada --reason "A known campaign."'),
    Command("alert act", "alert:alert_act", REGISTRY, 'NAME retrain --as ada --reason "New rows are there."'),
    Command("alert verify", "alert:alert_verify", REGISTRY, "notice.json --export export.zip --trust trust.json"),
    Command("loop status", "loop:loop_status", REGISTRY, "--model cd762919"),
    Command("loop propose", "loop:loop_propose", REGISTRY, "--model cd762919 --most-changed 0.01"),
    Command("loop report", "loop:loop_report", REGISTRY, "--model cd762919"),
    Command("member add", "workspace:member_add", BOARD, 'ada --name "Ada King" --role chair'),
    Command("member ask", "workspace:member_ask", BOARD, 'ada --name "Ada King"'),
    Command("member admit", "workspace:member_admit", BOARD, "ada --role chair"),
    Command("member waiting", "workspace:member_waiting", BOARD, ""),
    Command("member refuse", "workspace:member_refuse", BOARD, "ada"),
    Command("member remove", "workspace:member_remove", BOARD, 'ada --reason "Left the house."'),
    Command("charter adopt", "workspace:charter_adopt", BOARD, "charter.toml --as ada"),
    Command("charter template", "rules:charter_template", BOARD, "general > charter.toml"),
    Command("automl", "automl:automl", ANALYSE, "people.csv --target y --positive 1 --sensitive sex --norms norms.toml --out found"),
    Command("automl read", "automl_read:automl_read", ANALYSE,
            "leaderboard.csv --kind csv --predictions answers.csv --schema roles.toml --norms norms.toml"),
    Command("norms template", "norms:norms_template", BOARD, "four-fifths > norms.toml"),
    Command("norms adopt", "norms:norms_adopt", BOARD, 'norms.toml --as ada --reason "Equal chances."'),
    Command("norms list", "norms:norms_list", BOARD, ""),
    Command("norms show", "norms:norms_show", BOARD, ""),
    Command("norms check", "norms:norms_check", BOARD, "norms.toml --tallies counts.csv"),
    Command("case open", "case:case_open", BOARD,
            '--title "Credit 1.0" --question "May it rank?" --model cd762919 --risk-tier high'),
    Command("case freeze", "case:case_freeze", BOARD, "CASE --policy policy.toml"),
    Command("case start", "case:case_start", BOARD, "CASE"),
    Command("case show", "case:case_show", BOARD, "CASE"),
    Command("case list", "case:case_list", BOARD, ""),
    Command("case declare", "case_acts:case_declare", BOARD, "CASE --as ada --no-conflict"),
    Command("case comment", "case_acts:case_comment", BOARD, 'CASE "Why so few women?" --as ada --blocking'),
    Command("case resolve", "case_acts:case_resolve", BOARD, 'CASE COMMENT "They are 12 of 300." --as ada'),
    Command("vote", "case_acts:vote", BOARD, "CASE approve --as ada"),
    Command("decide", "case_acts:decide", BOARD,
            'CASE --rationale "Measured and found fit." --scope "Ranking of applications."'),
    Command("case retire", "case_acts:case_retire", BOARD, 'CASE --as ada --rationale "Replaced by 2.0."'),
    Command("rules adopt", "rules:rules_adopt", RECORD, '2 --reason "The board agreed on it."'),
    Command("key list", "key:key_list", RECORD, ""),
    Command("key add", "key:key_add", RECORD, "--member ada"),
    Command("key rotate", "key:key_rotate", RECORD, "--member ada"),
    Command("key ask", "key:key_ask", RECORD, "ada"),
    Command("key admit", "key:key_admit", RECORD, "ada"),
    Command("key revoke", "key:key_revoke", RECORD, '316f38ad --reason "The laptop was lost."'),
    Command("ledger head", "ledger:ledger_head", RECORD, "> checkpoint"),
    Command("ledger check", "ledger:ledger_check", RECORD, "--old checkpoint"),
    Command("ledger rebuild", "ledger:ledger_rebuild", RECORD, ""),
    Command("ledger restored", "ledger:ledger_restored", RECORD, '--reason "The disk failed."'),
    Command("ledger clock-confirm", "ledger:ledger_clock_confirm", RECORD, ""),
    Command("ledger grants", "ledger:ledger_grants", RECORD, "countersign_service"),
    Command("ledger cosign", "ledger:ledger_cosign", RECORD, "cosigned-checkpoint"),
    Command("ledger timestamp", "ledger:ledger_timestamp", RECORD, "--question checkpoint.tsq"),
    Command("witness", "witness:witness", RECORD, "export.zip --state my-witness --out cosigned-checkpoint"),
    Command("export", "export:export", RECORD, "export.zip"),
    Command("trust", "export:trust", RECORD, "trust.json"),
    Command("verify", "verify:verify", RECORD, "export.zip --trust trust.json"),
    Command("replay", "maintenance:replay", RECORD, "CASE"),
    Command("tick", "maintenance:tick", RECORD, ""),
    Command("reminders ask", "reminders:reminders_ask", BOARD, "ada@example.org --as ada"),
    Command("reminders stop", "reminders:reminders_stop", BOARD, "--as ada"),
    Command("reminders show", "reminders:reminders_show", BOARD, "ada"),
    Command("reminders calendar", "reminders:reminders_calendar", BOARD, "ada --out board.ics"),
    Command("reminders send", "reminders:reminders_send", BOARD, "--mail mail.toml"),
    Command("config check", "config:config_check", RUN, "--workspace demo"),
    Command("backup", "backup:backup", RUN, "/mnt/backup/board"),
    Command("restore", "backup:restore", RUN, "/mnt/backup/board --newest checkpoint --keys keys --workspace restored"),
    Command("demo", "demo:demo", RUN, "--workspace demo"),
    Command("serve", "serve:serve", RUN, "--workspace demo"),
)  # fmt: skip

GROUPS: Final[dict[str, str]] = {
    "automl": "Search for a model under norms, and audit of searches that were run elsewhere.",
    "policy": "Policies that a pipeline holds evidence against: print one to start from.",
    "register": "Take a model or a table into the workspace: stored under its digest, with a line in the ledger.",
    "model": "The registered models and their digests.",
    "data": "The registered tables and their digests.",
    "evidence": "The recorded evidence and its digests.",
    "contract": "What a registered table promises: put expectations to use, show the versions, hold another table to them.",
    "deployment": "Where a registered model is served: name a place, list the places, end one.",
    "alert": "What becomes of an alert about a model in use: a member confirms it, puts it aside, or says what is done.",
    "member": "The people of the board and their roles.",
    "charter": "The rules of the board: print a template, and sign the one that is to be in force.",
    "norms": "What the board asks of groups of people over time: print a template, sign norms, show them, check a file.",
    "loop": "Where a model stands under the norms, window after window, and since when.",
    "case": "A question put to the board: its evidence is frozen, discussed, voted on and decided.",
    "reminders": "What waits for a member, by e-mail and as a calendar: only for those who asked, and only where a mail server is named.",
    "rules": "The edition of the board's rules that holds.",
    "config": "The configuration file: read it, and hear what it leaves open.",
    "key": "Signing keys: which there are, a new one, and one that may sign no longer.",
    "ledger": "The ledger itself: a checkpoint to keep, every line checked, witnesses and time stamps.",
}
"""Group -> what its commands are for."""
