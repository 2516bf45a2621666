"""What a policy asks of the evidence, worked out again from the policy and the evidence that are in the export.

The policy, its little language for places in a finding, and its limits are written down in docs/record-format.md. None stands for
"not assessed" throughout: it never counts as met.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

if __package__:
    from governance.dossier.verify_fields import KINDS, Refused, need, object_of, read_file
else:  # beside this file, in an export
    from verify_fields import KINDS, Refused, need, object_of, read_file  # type: ignore[import-not-found,no-redef]

CALL = re.compile(r"(min|max|count)\((.*)\)")
STEP = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_-]*))((?:\[[^\[\]]*\])*)(\.|$)')
SELECTOR = re.compile(r"\[([^\[\]]*)\]")
PLACE = re.compile(r"0|[1-9][0-9]{0,8}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
UNKNOWN = {"outcome": "not_assessed"}
IS_LIMIT = object_of({"min": "string", "max": "string", "equals": "string"})
IS_QUESTION = object_of(
    {
        "id": "id",
        "method": "word",
        "metric": "word",
        "limit": "any",
        "severity": "freezing|blocking|advisory",
        "cohort": "string",
        "why": "string",
    }
)


class Inside(Exception):  # noqa: N818 - what a path leads to
    """A path goes on inside something that was not assessed."""


def number(text: str) -> Decimal | None:
    """Return a number of the page, None for another text."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


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
        if type(items) is dict and items.get("outcome") == "not_assessed":
            raise Inside
        return []
    if selector == "*":
        return items
    if PLACE.fullmatch(selector):
        return items[int(selector) :][:1]
    pairs = [part.split("=", 1) for part in selector.split(",")]
    return [item for item in items if all(field(item, name.strip()) == value.strip() for name, value in pairs)]


def step(node: Any, name: str, selectors: list[str]) -> list[Any]:
    """Return the nodes that one name of a path and its selectors lead to."""
    if type(node) is not dict or name not in node:
        if type(node) is dict and node.get("outcome") == "not_assessed":
            raise Inside
        return []
    found = [UNKNOWN if node[name] is None and node.get("reason") else node[name]]
    for selector in selectors:
        found = [item for items in found for item in selected(items, selector)]
    return found


def read_path(metric: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return what a path takes of several values ("" for one) and its names, each with its selectors; another text is refused."""
    call = CALL.fullmatch(metric.strip())
    rest = call[2].strip() if call else metric.strip()
    steps = []
    need(rest, "a path of the policy is empty")
    while rest:
        part = STEP.match(rest)
        if part is None or (part[4] == "." and part.end() == len(rest)):
            raise Refused(f"the path {metric!r} of the policy cannot be read")
        selectors = [item.strip() for item in SELECTOR.findall(part[3])]
        for item in selectors:
            pairs = all(pair.partition("=")[0].strip() and "=" in pair for pair in item.split(","))
            need(item == "*" or PLACE.fullmatch(item) or pairs, f"the path {metric!r} of the policy cannot be read")
        steps.append((part[2] if part[1] is None else re.sub(r"\\(.)", r"\1", part[1]), selectors))
        rest = rest[part.end() :]
    return call[1] if call else "", steps


def look_up(metric: str, result: Any) -> str | None:
    """Return the one value that a path names in a finding, as text."""
    call, steps = read_path(metric)
    nodes = [result]
    try:
        for name, selectors in steps:
            nodes = [item for node in nodes for item in step(node, name, selectors)]
    except Inside:
        return None
    if call == "count":
        return str(len(nodes))
    values = [one_value(node) for node in nodes]
    texts = [value for value in values if value is not None]
    if not texts or len(texts) < len(values) or (len(texts) > 1 and not call):
        return None
    if not call:
        return texts[0]
    numbers = [(found, text) for text in texts if (found := number(text)) is not None]
    if len(numbers) < len(texts):
        return None
    return (min if call == "min" else max)(numbers, key=lambda pair: pair[0])[1]


def holds(limit: dict[str, str], value: str) -> bool | None:
    """Say whether a value keeps a limit; None when it is no number and one is needed."""
    if limit["equals"]:
        return value == limit["equals"]
    found = number(value)
    if found is None:
        return None
    low, high = limit["min"], limit["max"]
    return (not low or found >= Decimal(low)) and (not high or found <= Decimal(high))


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


def check_policy(policy: Any) -> None:
    """Refuse a policy that is not in the form of the page, or asks something that nobody can read."""
    known = {"title", "format", "requirements"}
    need(type(policy) is dict and known <= set(policy) <= {*known, "automatic"}, "the policy is in another form")
    plain = policy["format"] == "countersign-policy/1" and KINDS["word"](policy["title"])
    need(plain, "the policy is in another form")
    rules = policy["requirements"]
    need(type(rules) is list and rules, "the policy asks for nothing")
    for rule in rules:
        need(IS_QUESTION(rule) and IS_LIMIT(rule["limit"]), "a requirement of the policy is in another form")
        read_path(rule["metric"])
        sides = [rule["limit"][side] for side in ("min", "max") if rule["limit"][side]]
        fits = all(map(NUMBER.fullmatch, sides)) and bool(sides) != bool(rule["limit"]["equals"])
        need(fits, f"the requirement {rule['id']!r} of the policy has no limit, or one that is no number")
    need(len({rule["id"] for rule in rules}) == len(rules), "the policy has two requirements of one id")


def work_out(policy: Any, evidence: dict[str, Any], models: list[str]) -> list[Any]:
    """Return the requirements that a policy and frozen evidence give."""
    check_policy(policy)
    plain = all(type(item) is dict and item.get("format") == "countersign-evidence/1" for item in evidence.values())
    need(plain, "frozen evidence is in another form")
    lines = [line for rule in policy["requirements"] for line in asked(rule, evidence, models)]
    need(len({line["id"] for line in lines}) == len(lines), "two requirements have one id")
    return lines


def check_gate(inside: Any, frozen: list[tuple[int, list[str], Any]], notes: list[str]) -> None:
    """Refuse requirements that do not say what policy and evidence say; note where one of them is not here.

    `frozen` is (index, models of the case, body) of every evidence.frozen.
    """
    for index, models, body in frozen:
        names = [body["policy_digest"], *(item["digest"] for item in body["evidence"])]
        if not all(f"evidence/{name}" in inside for name in names):
            notes.append(
                f"entry {index}: policy or evidence is not in this export, so that its requirements say what the evidence shows is "
                "the word of whoever signed it"
            )
            continue
        policy, *items = [read_file(inside, name, index) for name in names]
        try:
            lines = work_out(policy, dict(zip(names[1:], items, strict=True)), models)
        except Refused as error:
            raise Refused(str(error), index) from None
        except (LookupError, TypeError, AttributeError) as error:
            raise Refused(
                f"frozen evidence lacks what its form asks for ({type(error).__name__}: {error})", index
            ) from None
        other = [line["id"] for line in lines if line not in body["requirements"]]
        same = lines == body["requirements"]
        need(
            same,
            f"its requirements are not what the policy and the evidence say: {', '.join(other) or 'their number'}",
            index,
        )
