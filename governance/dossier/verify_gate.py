"""What a policy asks of the evidence, worked out again from the policy and the evidence that are in the export.

The policy, its little language for places in a finding, and its limits are written down in docs/record-format.md. None stands for
"not assessed" throughout: it never counts as met.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

if __package__:
    from governance.dossier.verify_fields import need, once
else:  # beside this file, in an export
    from verify_fields import need, once  # type: ignore[import-not-found,no-redef]

CALL = re.compile(r"(min|max|count)\((.*)\)")
STEP = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_-]*))((?:\[[^\[\]]*\])*)(\.|$)')
SELECTOR = re.compile(r"\[([^\[\]]*)\]")
UNKNOWN = {"outcome": "not_assessed"}


def written(value: Any) -> str:
    """Return a JSON scalar as a policy writes it."""
    if type(value) is bool:
        return "true" if value else "false"
    return repr(value) if type(value) in (int, float) else str(value)


def one_value(node: Any) -> str | None:
    """Return the text of a value, or of the field "value" of an object; None where the evidence has none."""
    if type(node) is dict:
        if node.get("outcome") == "not_assessed":
            return None
        node = node.get("value", node)
    return None if node is None or type(node) in (dict, list) else written(node)


def field(item: Any, names: str) -> str | None:
    """Return the text of a field of an item, by names joined with dots."""
    for name in names.split("."):
        if type(item) is not dict or name not in item:
            return None
        item = item[name]
    return None if type(item) in (dict, list) else written(item)


def selected(items: Any, selector: str) -> list[Any]:
    """Return the items of a list that [*], [number] or [field=value,...] names."""
    if type(items) is not list:
        return []
    if selector == "*":
        return items
    if selector.isdecimal():
        return items[int(selector) :][:1]
    pairs = [part.split("=", 1) for part in selector.split(",")]
    return [item for item in items if all(field(item, name.strip()) == value.strip() for name, value in pairs)]


def step(node: Any, name: str, selectors: list[str]) -> list[Any]:
    """Return the nodes that one name of a path and its selectors lead to."""
    if type(node) is not dict or name not in node:
        return []
    if node[name] is None and node.get("reason"):
        return [UNKNOWN]
    found = [node[name]]
    for selector in selectors:
        found = [item for items in found for item in selected(items, selector)]
    return found


def look_up(metric: str, result: Any) -> str | None:
    """Return the one value that a path names in a finding, as text."""
    call = CALL.fullmatch(metric.strip())
    rest = call[2].strip() if call else metric.strip()
    nodes = [result]
    need(rest, "a path of the policy is empty")
    while rest:
        part = STEP.match(rest)
        need(part and (part[4] == "" or part.end() < len(rest)), f"the path {metric!r} of the policy cannot be read")
        assert part is not None
        name = part[2] if part[1] is None else re.sub(r"\\(.)", r"\1", part[1])
        selectors = [item.strip() for item in SELECTOR.findall(part[3])]
        nodes = [item for node in nodes for item in step(node, name, selectors)]
        rest = rest[part.end() :]
    if call and call[1] == "count":
        return str(len(nodes))
    values = [one_value(node) for node in nodes]
    texts = [value for value in values if value is not None]
    if not texts or len(texts) < len(values) or (len(texts) > 1 and not call):
        return None
    if not call:
        return texts[0]
    try:
        return (min if call[1] == "min" else max)(texts, key=float)
    except ValueError:
        return None


def holds(limit: dict[str, str], value: str) -> bool | None:
    """Say whether a value keeps a limit; None when it is no number and one is needed."""
    if limit["equals"]:
        return value == limit["equals"]
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    low, high = limit["min"], limit["max"]
    return (not low or number >= Decimal(low)) and (not high or number <= Decimal(high))


def limit_words(limit: dict[str, str]) -> str:
    """Return a limit as entries write it."""
    low, high = limit["min"], limit["max"]
    if limit["equals"]:
        return f"exactly {limit['equals']}"
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"


def model_of(item: Any) -> str:
    """Return the model that a piece of evidence is about, "" for none."""
    models: list[str] = [part["digest"] for part in item["key"]["inputs"] if part["role"] == "model"]
    return models[0] if models else ""


def asked(rule: Any, evidence: dict[str, Any], models: list[str]) -> list[Any]:
    """Return the lines of evidence.frozen that one requirement gives: one, or one for each candidate that it is about."""
    mine = {
        digest: item
        for digest, item in evidence.items()
        if (item["key"]["method"], item["key"]["cohort"]) == (rule["method"], rule["cohort"])
    }
    personal = any(model_of(item) for item in mine.values())
    if len(models) < 2 or not personal:
        return [judged(rule, rule["id"], mine, models[0] if personal else "")]
    return [judged(rule, f"{rule['id'][:55]}-{model[:8]}", mine, model) for model in models]


def judged(rule: Any, name: str, mine: dict[str, Any], model: str) -> Any:
    """Return one requirement held against the one piece of evidence that it asks."""
    there = {digest: item for digest, item in mine.items() if not model or model_of(item) == model}
    digest = next(iter(there)) if len(there) == 1 else None
    value = None
    if digest is not None:
        result = there[digest]["result"]
        silent = type(result) is dict and result.get("outcome") == "not_assessed"
        value = None if silent else look_up(rule["metric"], result)
    kept = None if value is None else holds(rule["limit"], value)
    return {
        "id": name,
        "outcome": "not_assessed" if kept is None else "met" if kept else "not_met",
        "value": value,
        "limit": limit_words(rule["limit"]),
        "evidence": digest,
        "severity": rule["severity"],
    }


def check_gate(inside: Any, frozen: list[tuple[int, list[str], Any]], notes: list[str]) -> None:
    """Refuse requirements that do not say what policy and evidence say; note where one of them is not here.

    `frozen` is (index, models of the case, body) of every evidence.frozen.
    """
    for index, models, body in frozen:
        names = [body["policy_digest"], *(item["digest"] for item in body["evidence"])]
        data = [inside.get(f"evidence/{name}", bytes)() for name in names]
        if not all(data):
            notes.append(
                f"entry {index}: policy or evidence is not in this export, so that its requirements say what the evidence shows is "
                "the word of whoever signed it"
            )
            continue
        policy, *items = [json.loads(item, object_pairs_hook=once) for item in data]
        need(policy.get("format") == "countersign-policy/1", "the policy is in another form", index)
        plain = all(item.get("format") == "countersign-evidence/1" for item in items)
        need(plain, "frozen evidence is in another form", index)
        evidence = dict(zip(names[1:], items, strict=True))
        lines = [line for rule in policy["requirements"] for line in asked(rule, evidence, models)]
        other = [line["id"] for line in lines if line not in body["requirements"]]
        same = lines == body["requirements"]
        need(
            same,
            f"its requirements are not what the policy and the evidence say: {', '.join(other) or 'their number'}",
            index,
        )
