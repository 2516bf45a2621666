"""Which rows are meant, as text that fits into a web address: `sex = "Female" and age >= 25`.

Grammar (keywords in any case):

    or      := and ("or" and)*
    and     := not ("and" not)*
    not     := "not" not | "(" or ")" | test
    test    := column ("=" | "!=" | "<" | "<=" | ">" | ">=") value
             | column ["not"] "in" "(" value ("," value)* ")"
             | column "is" ["not"] "missing"
    column  := letters, digits, "_", "." and "-" | "`any name`"
    value   := "text" (a quotation mark inside is doubled) | number | true | false

A missing value satisfies no comparison and no negated comparison, as in SQL; `is missing` finds it. The text is parsed, never
evaluated as a program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from governance.evidence import RefusedInputError

MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 20

Value: TypeAlias = str | float | bool
Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column compared with one value."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Membership:
    """A column whose value is one of several."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsMissing:
    """A column without a value."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    """Rows for which the part is false (not: unknown)."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """Rows for which all parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Rows for which at least one part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Comparison | Membership | IsMissing | Not | Every | Some

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"]|"")*") |
    (?P<quoted>`[^`]+`) |
    (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])) |
    (?P<operator><=|>=|!=|==|=|<|>) |
    (?P<mark>[(),]) |
    (?P<word>[^\W\d][\w.\-]*)
    )""",
    re.VERBOSE,
)
_KEYWORDS: Final = frozenset({"and", "or", "not", "in", "is", "missing", "true", "false"})
_EXAMPLE: Final = 'For example: sex = "Female" and age >= 25'


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Condition | None:
    """Return the condition that the text describes, None for "" (all rows).

    Raises:
        RefusedInputError: the text is not of the grammar above (with the place), too long or nested too deeply.
    """
    if not text.strip():
        return None
    if len(text) > MAX_LENGTH:
        raise RefusedInputError(f"The cohort has {len(text)} characters; the limit is {MAX_LENGTH}.", "Shorten it.")
    parser = _Parser(text, _tokens(text))
    found = parser.either(0)
    parser.end()
    return found


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise RefusedInputError(f"The cohort cannot be read at {text[at:].strip()[:30]!r}.", _EXAMPLE)
        word = match.group(match.lastgroup)
        kind = match.lastgroup
        if kind == "word" and word.lower() in _KEYWORDS:
            kind, word = "keyword", word.lower()
        tokens.append(_Token(kind, "=" if word == "==" else word, match.start(match.lastgroup)))
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    def peek(self, text: str, kind: str = "keyword") -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].text == text and self.tokens[self.at].kind == kind

    def take(self, text: str, kind: str = "keyword") -> bool:
        found = self.peek(text, kind)
        self.at += found
        return found

    def need(self, text: str, kind: str) -> None:
        if not self.take(text, kind):
            raise self.wrong(f"{text!r}")

    def wrong(self, expected: str) -> RefusedInputError:
        if self.at == len(self.tokens):
            return RefusedInputError(f"The cohort ends where {expected} is expected.", _EXAMPLE)
        here = self.text[self.tokens[self.at].at :][:30]
        return RefusedInputError(f"The cohort has {here!r} where {expected} is expected.", _EXAMPLE)

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.wrong("'and', 'or' or the end")

    def either(self, depth: int) -> Condition:
        parts = [self.every(depth)]
        while self.take("or"):
            parts.append(self.every(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def every(self, depth: int) -> Condition:
        parts = [self.negation(depth)]
        while self.take("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def negation(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise RefusedInputError(f"The cohort is nested more than {MAX_DEPTH} deep.", "Write it flatter.")
        if self.take("not"):
            return Not(self.negation(depth + 1))
        if self.take("(", "mark"):
            inner = self.either(depth + 1)
            self.need(")", "mark")
            return inner
        return self.test()

    def test(self) -> Condition:
        column = self.column()
        if self.take("is"):
            negated = self.take("not")
            self.need("missing", "keyword")
            return Not(IsMissing(column)) if negated else IsMissing(column)
        negated = self.take("not")
        if self.take("in"):
            found = Membership(column, self.values())
            return Not(found) if negated else found
        if negated or self.at >= len(self.tokens) or self.tokens[self.at].kind != "operator":
            raise self.wrong("one of = != < <= > >= in is")
        operator = self.tokens[self.at].text
        self.at += 1
        return Comparison(column, operator, self.value())  # type: ignore[arg-type]

    def column(self) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at].kind in {"word", "quoted"}:
            self.at += 1
            return self.tokens[self.at - 1].text.strip("`")
        raise self.wrong("a column name")

    def values(self) -> tuple[Value, ...]:
        self.need("(", "mark")
        found = [self.value()]
        while self.take(",", "mark"):
            found.append(self.value())
        self.need(")", "mark")
        return tuple(found)

    def value(self) -> Value:
        if self.at >= len(self.tokens):
            raise self.wrong("a value")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "text":
            return token.text[1:-1].replace('""', '"')
        if token.kind == "number":
            return float(token.text)
        if token.kind == "keyword" and token.text in {"true", "false"}:
            return token.text == "true"
        self.at -= 1
        raise self.wrong('a value such as "Female" or 25')


def columns_of(condition: Condition) -> tuple[str, ...]:
    """Return the columns that the condition looks at, each once, in order of appearance."""
    if isinstance(condition, Comparison | Membership | IsMissing):
        return (condition.column,)
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return tuple(dict.fromkeys(name for part in parts for name in columns_of(part)))


def condition_text(condition: Condition | None) -> str:  # noqa: PLR0911 - one line per kind of condition
    """Return the text of a condition; parsing it gives the same condition."""
    match condition:
        case None:
            return ""
        case Comparison(column, operator, value):
            return f"{_column_text(column)} {operator} {_value_text(value)}"
        case Membership(column, values):
            return f"{_column_text(column)} in ({', '.join(map(_value_text, values))})"
        case IsMissing(column):
            return f"{_column_text(column)} is missing"
        case Not(IsMissing(column)):
            return f"{_column_text(column)} is not missing"
        case Not(part):
            return f"not ({condition_text(part)})"
        case Every(parts):
            return " and ".join(
                f"({condition_text(part)})" if isinstance(part, Some | Every) else condition_text(part)
                for part in parts
            )
        case Some(parts):
            return " or ".join(
                f"({condition_text(part)})" if isinstance(part, Some) else condition_text(part) for part in parts
            )


def _column_text(name: str) -> str:
    bare = re.fullmatch(r"[^\W\d][\w.\-]*", name) and name.lower() not in _KEYWORDS
    return name if bare else f"`{name}`"


def _value_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    short = f"{value:.15g}"
    return short if float(short) == value else f"{value:.17g}"
