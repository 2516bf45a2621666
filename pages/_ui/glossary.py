"""The same word for the same thing on every page: what the question marks beside a number say."""

from __future__ import annotations

from governance.drift import column_tests
from governance.evidence import unknown_choice
from governance.quality import check_list
from governance.runs import catalogue
from governance.statistics import metric_list, rates

TERMS: dict[str, str] = {
    "base_value": "What the model answers on average over the background rows; explanations start there.",
    "background": "The rows that an explanation compares a person with.",
    "Benjamini-Hochberg": "A correction for many tests: of all alarms, at most the named share is false on average.",
    "bootstrap": "An interval from drawing rows anew many times, with replacement, and looking how far the number moves.",
    "brier": "The mean squared distance between predicted probability and outcome. Best is 0.",
    "calibration": "Whether a predicted 70 % happens in 70 % of the cases.",
    "certificate": "How good an explanation is: does it add up, is it stable, does the model agree with it.",
    "cohort": "The rows that are looked at, as a filter.",
    "confidence interval": "The values that the data do not rule out, at 95 % unless another level is named.",
    "demographic_parity": "Compares how often each group is selected. Difference: best 0. Ratio: best 1.",
    "cumulative gains": "Of all positive rows, the share that lies among the rows with the highest scores.",
    "digest": "The SHA-256 fingerprint of bytes: another byte, another digest.",
    "disparity": "How far a metric is apart between groups, as difference or ratio.",
    "distance": "Gower's distance: the mean difference over the columns, each as a share of its range. 0 is equal, 1 differs in all.",
    "effect": "The size of a change as it is held against the limit and against chance; the last column says how it is measured.",
    "equal_opportunity": "Compares positives found in the groups: of those who deserve it, how many are selected.",
    "equalized_odds": "Compares both positives found and negatives selected in the groups.",
    "evidence": "A stored result with the digests of everything that it was computed from.",
    "Holm": "A correction for many tests: the chance of any false alarm among all of them stays below the named level.",
    "impact_ratio": "The selection rate of a group divided by the highest one. Below 0.8 is the four-fifths mark.",
    "influence function": "How much each row moves a number; the spread of that over the rows gives the number's interval.",
    "ledger": "The list of everything that was recorded, in order, that cannot be changed without being noticed.",
    "lift": "How many times as many positive rows a choice holds as a draw by chance of the same size.",
    "LIME": "Local surrogate: a straight line fitted to the model's answers for rows like this one.",
    "limit": "The size from which on a change matters in practice; below it a change may be real and small.",
    "log-odds": "The logarithm of the odds: adding 0.69 doubles the odds, 0 is a chance of one half.",
    "noise_floor": "What chance alone stays under in 95 of 100 comparisons of windows without any change.",
    "not assessed": "The question was asked and could not be answered; never the same as fine.",
    "p_adjusted": "The p value after the correction for many tests; an alert needs one below 0.05.",
    "p_value": "How often chance alone would give a difference at least this large.",
    "precision, recall": "Precision: of the rows selected, the share that is positive. Recall: of the positive rows, the share found.",
    "quantile": "The value below which a named share of the rows lies; the half is the median.",
    "quorum": "How many members must vote before a decision counts.",
    "reference": "What something is compared with: a group, an earlier window, the training data.",
    "ROC": "Positives found against negatives wrongly selected, at every threshold; the area under it (AUC): guessing 0.5, best 1.",
    "root": "One fingerprint for the whole ledger up to an entry.",
    "statistic": "What the test's own definition computes, before it is made comparable between columns.",
    "shap": "Shapley values: how much each input moved the model's answer, so that the parts add up to the whole.",
    "score interval": "An interval for an area under the ROC curve: the areas that the rows would not contradict.",
    "Student": "An interval for a mean from the spread of the rows, after W. S. Gosset.",
    "threshold": "The score from which on a row is selected.",
    "Wilson": "An interval for a share of rows that stays between 0 and 1 and holds for few rows, after E. B. Wilson.",
}


def _term(term: str) -> tuple[str | None, str]:
    """Return what a term means and what the field calls it; tests, metrics, checks and methods bring their own words."""
    test = column_tests.known(term)
    if test is not None:
        return test.meaning, test.field_name
    metric = rates.known(term)
    if metric is not None:
        return metric.meaning, metric.field_name
    check = check_list.known(term)
    if check is not None:
        return check.question, check.field_name
    spec = catalogue.known(term)
    if spec is not None:
        return spec.question, spec.title
    return TERMS.get(term), ""


def methods(words: str) -> tuple[str, ...]:
    """Return the terms of the glossary that a name of a method holds, for example "Wilson, mapped": Wilson."""
    said = words.casefold()
    return tuple(term for term in TERMS if term.casefold() in said)


def known() -> tuple[str, ...]:
    """Return every term of the glossary."""
    return (
        *TERMS,
        *column_tests.names(),
        *(item.name for item in metric_list.METRICS),
        *check_list.names(),
        *(spec.id for spec in catalogue.CATALOGUE),
    )


def meaning(term: str) -> str:
    """Return what a term means, in one or two sentences.

    Raises:
        RefusedInputError: the glossary does not have the term.
    """
    found, _ = _term(term)
    if found is None:
        raise unknown_choice("term", term, known())
    return found


def about(term: str) -> str | None:
    """Return what a term means and what the field calls it, or None for a term that the glossary does not have."""
    found, called = _term(term)
    return f"{found} The field calls it {called}." if found and called else found
