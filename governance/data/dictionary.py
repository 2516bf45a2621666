"""A dictionary of words: what people call columns, values, units and outcomes of a data set, in place of the names of a file.

    selected = "approved"
    not_selected = "declined"

    [columns.debt_ratio]
    label = "Debts as a share of income"
    unit = "%"

    [columns.repaid]
    values = { yes = "repaid", no = "not repaid" }

Results, filters and links keep the names of the file; `spoken` and `spoken_rows` put the words in where something is shown.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from governance.data.cohort import Comparison, Condition, Every, IsMissing, Membership, Not, Some, parse
from governance.evidence import CountersignError, RefusedInputError, toml_fields

T = TypeVar("T")
LONGEST: Final = 120
"""Characters of a word."""
MOST_VALUES: Final = 1_000
"""Values of one column that can have names."""
DECISION: Final = "*"
"""In a CSV file, the column of the words for the decision."""
_HEADER: Final = ("column", "value", "label", "unit")
_COLUMN_FIELDS: Final = frozenset({"feature", "attribute"})
_PAIR: Final = ("first", "second")
_VALUE_FIELDS: Final = frozenset(
    {"value", "value_before", "value_after", "own", "other", "own_value", "label", "worst", "reference"}
)
_UNITS: Final = ("months", "years", "days", "hours", "minutes", "percent", "eur", "usd", "gbp", "kg", "cm", "km")
"""Last words of a column's name that are a unit."""
_SIGNS: Final = {"=": "", "!=": "not ", "<": "below ", "<=": "at most ", ">": "above ", ">=": "at least "}


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What people call one column and its values."""

    column: str
    """As the file writes it."""
    label: str = ""
    """"" for the file's own name."""
    unit: str = ""
    """Stands behind its numbers; "" for none."""
    values: Mapping[str, str] | None = None
    """Value as text -> its name; None for none."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words of a data set, perhaps for one model alone."""

    columns: tuple[ColumnWords, ...] = ()
    selected: str = ""
    """What the decision does for a person above the threshold: "approved"; "" for "selected"."""
    not_selected: str = ""
    """The same below it: "declined"."""

    def of(self, column: str) -> ColumnWords | None:
        """Return the words of a column, None where there are none."""
        return next((item for item in self.columns if item.column == column), None)

    def label(self, column: str) -> str:
        """Return what people call a column, or several joined by " + " or " & "; its own name where nothing is said."""
        known = self.of(column)
        if known is not None:
            return known.label or column
        for mark in (" + ", " & "):
            if mark in column and any(self.of(part) for part in column.split(mark)):
                return mark.join(self.label(part) for part in column.split(mark))
        return column

    def has_values(self, column: str) -> bool:
        """Return whether values of a column have names of their own."""
        known = self.of(column)
        return known is not None and bool(known.values)

    def value(self, column: str, text: str) -> str:
        """Return what people call a value of a column, with the unit of a number."""
        known, parts, texts = self.of(column), column.split(" & "), text.split(", ")
        if known is None and len(parts) == len(texts) > 1:  # a group of several attributes
            return ", ".join(self.value(*pair) for pair in zip(parts, texts, strict=True))
        if known is None:
            return text
        found = (known.values or {}).get(text, text)
        return f"{text} {known.unit}" if known.unit and found == text and _is_number(text) else found

    def decided(self, *, selected: bool) -> str:
        """Return what the decision does for a person: "approved", else "selected"."""
        return (self.selected or "selected") if selected else (self.not_selected or "not selected")

    def outcome(self, target: str, positive: str, negative: Iterable[str] = ()) -> tuple[str, str]:
        """Return what is said of rows with the positive label and of the others: "repaid", "not repaid"."""
        yes = self.value(target, positive)
        others = [self.value(target, item) for item in negative]
        return yes, others[0] if len(others) == 1 and others[0] not in tuple(negative) else f"not {yes}"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+\-−]?[\d,]*\.?\d+(?:[eE][+-]?\d+)?", text) is not None


def from_toml(text: str) -> Dictionary:
    """Return the dictionary that a TOML file writes.

    Raises:
        RefusedInputError: not TOML, an unknown field, or a word that is no text or too long.
    """
    found = toml_fields(text, "The file of words", 'Write [columns.age] and label = "Age".')
    _refuse_unknown(found, ("selected", "not_selected", "columns"), "the dictionary")
    tables = found.get("columns", {})
    if not isinstance(tables, dict):
        raise RefusedInputError("columns is no table.", "Write [columns.age] and below it label = ...")
    columns = []
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise RefusedInputError(
                f"The column {name!r} is no table.", f"Write [columns.{name}] and below it label = ..."
            )
        _refuse_unknown(table, ("label", "unit", "values"), f"the column {name!r}")
        columns.append(ColumnWords(name, table.get("label", ""), table.get("unit", ""), table.get("values")))
    return checked(Dictionary(tuple(columns), found.get("selected", ""), found.get("not_selected", "")))


def _refuse_unknown(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    strange = sorted(set(found) - set(known))
    if strange:
        raise RefusedInputError(f"Unknown field {strange[0]!r} in {where}.", f"Known: {', '.join(known)}.")


def from_csv(text: str) -> Dictionary:
    """Return the dictionary that a CSV file with the columns column, value, label, unit writes.

    A line without a value names the column; one with a value names that value. The column "*" with the value selected or
    not_selected names the decision.

    Raises:
        RefusedInputError: another header, a line without a column, a word that is too long, or one thing named twice.
    """
    header, lines = _lines(text)
    labels: dict[str, tuple[str, str]] = {}
    values: dict[str, dict[str, str]] = {}
    for number, cells in lines:
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        column, value, label = row.get("column", ""), row.get("value", ""), row.get("label", "")
        if not column:
            raise RefusedInputError(f"Line {number} names no column.", "Fill the first field.")
        if value in values.get(column, {}) or (not value and column in labels):
            raise RefusedInputError(
                f"Line {number} names {column!r} {value!r} a second time.", "Keep one of the lines."
            )
        if value:
            values.setdefault(column, {})[value] = label
        else:
            labels[column] = label, row.get("unit", "")
    decision = values.pop(DECISION, {})
    columns = tuple(
        ColumnWords(name, *labels.get(name, ("", "")), values=values.get(name))
        for name in dict.fromkeys((*labels, *values))
    )
    return checked(Dictionary(columns, decision.get("selected", ""), decision.get("not_selected", "")))


def _lines(text: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Return the header in small letters, and the lines below it that are not empty, each with its number in the file.

    Raises:
        RefusedInputError: another header, a line with more cells, or no CSV, as a quotation mark that nothing closes.
    """
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        found = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise RefusedInputError(
            f"Line {reader.line_num} is no line of a CSV table: {error}.", "Mend that line."
        ) from error
    header = tuple(name.strip().lower() for name in (found[0][1] if found else ()))
    if not {"column", "label"} <= set(header) <= set(_HEADER) or len(set(header)) < len(header):
        raise RefusedInputError(f"The header is {', '.join(header) or 'empty'}.", f"Write: {','.join(_HEADER)}.")
    for number, cells in found[1:]:
        if len(cells) > len(header):
            raise RefusedInputError(
                f"Line {number} has {len(cells)} cells, expected at most {len(header)}.",
                "Put a label that holds a comma in double quotes.",
            )
    return header, found[1:]


def read(text: str) -> Dictionary:
    """Return the dictionary of a TOML or a CSV file, told apart by the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    is_csv = "column" in first.lower() and "," in first and "=" not in first
    return from_csv(text) if is_csv else from_toml(text)


def checked(dictionary: Dictionary) -> Dictionary:
    """Return the dictionary itself.

    Raises:
        RefusedInputError: a word is no text, too long or over several lines, or two columns have one label.
    """
    for item in dictionary.columns:
        if item.values is not None and (not isinstance(item.values, Mapping) or len(item.values) > MOST_VALUES):
            raise RefusedInputError(
                f"The values of {item.column!r} are no table of at most {MOST_VALUES:,} names.",
                'Write { yes = "repaid" }.',
            )
        for word in (item.label, item.unit, *(item.values or {}).values()):
            _check_word(word, item.column)
    for word in (dictionary.selected, dictionary.not_selected):
        _check_word(word, "the decision")
    own = {item.column for item in dictionary.columns}
    taken: dict[str, str] = {}
    for item in dictionary.columns:
        label = item.label or item.column
        if label in taken or (label in own and label != item.column):
            other = taken.get(label, label)
            raise RefusedInputError(
                f"{item.column!r} and {other!r} would both be called {label!r}.", "Change one label."
            )
        taken[label] = item.column
    return dictionary


def _check_word(word: object, where: str) -> None:
    if not isinstance(word, str):
        raise RefusedInputError(
            f"A word for {where!r} is {str(word)[:40]!r}, expected a text.", 'Write it in quotes: label = "Age".'
        )
    if len(word) > LONGEST or "\n" in word:
        raise RefusedInputError(
            f"A word for {where!r} is {str(word)[:40]!r}, expected one line of at most {LONGEST} characters.",
            "Shorten it.",
        )


def to_toml(dictionary: Dictionary) -> str:
    """Return the dictionary as TOML that `from_toml` reads back."""
    decision = (("selected", dictionary.selected), ("not_selected", dictionary.not_selected))
    lines = [f"{name} = {_quoted(word)}" for name, word in decision if word]
    for item in dictionary.columns:
        lines += ["", f"[columns.{_quoted(item.column)}]"]
        lines += [f"{name} = {_quoted(word)}" for name, word in (("label", item.label), ("unit", item.unit)) if word]
        if item.values:
            lines.append(
                "values = { "
                + ", ".join(f"{_quoted(key)} = {_quoted(word)}" for key, word in item.values.items())
                + " }"
            )
    return "\n".join(lines).strip() + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found.group()):04X}", escaped) + '"'


def suggested(columns: Iterable[str]) -> Dictionary:
    """Return labels made of the names of columns: "debt_ratio" becomes "Debt ratio"; a person reads them over before they are kept.

    A unit is taken where the name ends with one. What values and outcomes are called is never suggested.
    """
    found = []
    for column in columns:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.]+", " ", column).split()
        unit = words[-1].lower() if len(words) > 1 and words[-1].lower() in _UNITS else ""
        text = " ".join(words[:-1] if unit else words)
        label = text[:1].upper() + text[1:]
        if label and (label != column or unit):
            found.append(ColumnWords(column, label, unit))
    try:
        return checked(Dictionary(tuple(found)))
    except CountersignError:  # two names become one: the file's own are kept
        return Dictionary()


def spoken(result: T, words: Dictionary) -> T:
    """Return a result in which columns, groups and values bear the words of the dictionary, for showing; the result itself stays.

    It is the one place that puts words in: fields called feature or attribute, pairs of first and second, groups, and the values
    beside a column.
    """
    return result if not words.columns else _said(result, words, "")


def _said(value: Any, words: Dictionary, column: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_said(item, words, column) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = {field.name for field in fields(value)}
    column = next((getattr(value, name) for name in ("feature", "column", "attribute") if name in names), column)
    is_pair = set(_PAIR) <= names
    changed = {
        name: _field(
            name,
            getattr(value, name),
            words,
            column=column if isinstance(column, str) else "",
            is_pair=is_pair,
            names=names,
        )
        for name in names
    }
    different = {name: new for name, new in changed.items() if new is not getattr(value, name)}
    return replace(value, **different) if different else value


def _field(name: str, old: Any, words: Dictionary, *, column: str, is_pair: bool, names: set[str]) -> Any:
    if isinstance(old, Mapping):
        return {words.label(key): words.value(key, str(item)) for key, item in old.items()} if name == "group" else old
    if not isinstance(old, str):
        return _said(old, words, column)
    if name in _COLUMN_FIELDS or (is_pair and name in _PAIR) or (name == "column" and "steps" in names):
        return words.label(old)
    return words.value(column, old) if column and name in _VALUE_FIELDS else old


def spoken_rows(rows: str, words: Dictionary) -> str:
    """Return a filter in words: `debt_ratio >= 0.4 and housing = "own"` becomes "Debt ratio at least 0.4 and Housing owned".

    The filter itself where there is no dictionary or it cannot be read.
    """
    if not words.columns:
        return rows
    try:
        condition = parse(rows)
    except RefusedInputError:
        return rows
    return rows if condition is None else _condition(condition, words)


def _condition(condition: Condition, words: Dictionary) -> str:
    match condition:
        case Comparison(column, operator, value):
            return f"{words.label(column)} {_SIGNS[operator]}{words.value(column, _text(value))}"
        case Membership(column, values):
            return f"{words.label(column)} {' or '.join(words.value(column, _text(item)) for item in values)}"
        case IsMissing(column):
            return f"{words.label(column)} missing"
        case Not(part):
            return f"not ({_condition(part, words)})"
        case Every(parts) | Some(parts):
            said = [
                f"({_condition(part, words)})" if isinstance(part, Every | Some) else _condition(part, words)
                for part in parts
            ]
            return (" and " if isinstance(condition, Every) else " or ").join(said)


def _text(value: str | float | bool) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, bool) else f"{value:.15g}"
