"""The same word for the same thing on every page: what the question marks beside a number say."""

from __future__ import annotations

from typing import Final

from governance.errors import unknown_choice

TERMS: dict[str, str] = {
    "accuracy": "The share of all rows that the model decides as the label says. Best is 1. Says little when one outcome is rare.",
    "balanced_accuracy": "Accuracy with each outcome weighing alike, however rare. Best is 1, guessing gives 0.5.",
    "base_rate": "The share of rows whose label is positive. A fact about the data, not about the model.",
    "base_value": "What the model answers on average over the background rows; explanations start there.",
    "background": "The rows that an explanation compares a person with.",
    "brier": "The mean squared distance between predicted probability and outcome. Best is 0.",
    "calibration": "Whether a predicted 70 % happens in 70 % of the cases.",
    "certificate": "How good an explanation is: does it add up, is it stable, does the model agree with it.",
    "cohort": "The rows that are looked at, as a filter.",
    "confidence interval": "The values that the data do not rule out, at 95 % unless another level is named.",
    "count": "How many rows a number rests on.",
    "demographic_parity": "Compares how often each group is selected. Difference: best 0. Ratio: best 1.",
    "digest": "The SHA-256 fingerprint of bytes: another byte, another digest.",
    "disparity": "How far a metric is apart between groups, as difference or ratio.",
    "distance": "Gower's distance: the mean difference over the columns, each as a share of its range. 0 is equal, 1 differs in all.",
    "effect": "The size of a change as it is held against the limit and against chance; the last column says how it is measured.",
    "equal_opportunity": "Compares positives found in the groups: of those who deserve it, how many are selected.",
    "equalized_odds": "Compares both positives found and negatives selected in the groups.",
    "evidence": "A stored result with the digests of everything that it was computed from.",
    "f1": "The harmonic mean of two shares: of the selected how many are positive, of the positive how many are selected. Best is 1.",
    "false_negative_rate": "Of the rows with a positive label, the share that the model misses. Best is 0.",
    "false_positive_rate": "Of the rows with a negative label, the share that the model selects. Best is 0.",
    "impact_ratio": "The selection rate of a group divided by the highest one. Below 0.8 is the four-fifths mark.",
    "infinite": "How much the share of infinite numbers changed. 0 is no change.",
    "js": "How different the shares of rows in each part of the range are, both windows alike. 0 is equal, 0.833 is disjoint.",
    "kl": "How surprising the current shares are to somebody who expects those of the reference. 0 is equal; it has no upper end.",
    "ks": "The largest gap between the shares of rows at or below a value. 0 is equal, 1 is disjoint.",
    "chi2": "Whether the counts of categories differ by more than chance.",
    "ledger": "The list of everything that was recorded, in order, that cannot be changed without being noticed.",
    "missing": "How much the share of missing values changed. 0 is no change.",
    "limit": "The size from which on a change matters in practice; below it a change may be real and small.",
    "mean_error": "Prediction minus outcome on average: above 0 the model answers too high. Best is 0.",
    "mean_absolute_error": "How far a prediction is off on average, in the unit of the target. Best is 0.",
    "new_categories": "The share of current rows in categories that the reference never showed. 0 is none.",
    "noise_floor": "What chance alone stays under in 95 of 100 comparisons of windows without any change.",
    "not assessed": "The question was asked and could not be answered; never the same as fine.",
    "p_adjusted": "The p value after the correction for many tests; an alert needs one below 0.05.",
    "p_value": "How often chance alone would give a difference at least this large.",
    "precision": "Of the rows that the model selects, the share whose label is positive. Best is 1.",
    "psi": "How different the shares of rows in each part of the range are. Below 0.1 little, above 0.25 much.",
    "r2": "How much of the spread of the outcome the model explains. Best is 1, always answering the mean gives 0.",
    "quorum": "How many members must vote before a decision counts.",
    "reference": "What something is compared with: a group, an earlier window, the training data.",
    "roc_auc": "How often a positive row scores above a negative one. Best is 1, guessing gives 0.5.",
    "root_mean_squared_error": "How far a prediction is off, large errors weighing more, in the unit of the target. Best is 0.",
    "root": "One fingerprint for the whole ledger up to an entry.",
    "selection_rate": "The share of rows that the model selects.",
    "statistic": "What the test's own definition computes, before it is made comparable between columns.",
    "shap": "Shapley values: how much each input moved the model's answer, so that the parts add up to the whole.",
    "threshold": "The score from which on a row is selected.",
    "true_negative_rate": "Of the rows with a negative label, the share that the model leaves out. Best is 1.",
    "true_positive_rate": "Of the rows with a positive label, the share that the model finds. Best is 1.",
    "wasserstein": "How far the values moved on average, in standard deviations of the reference. 0 is equal.",
}

FIELD: Final[dict[str, str]] = {
    "base_rate": "base rate, prevalence",
    "chi2": "chi-square test",
    "false_negative_rate": "false negative rate, miss rate",
    "false_positive_rate": "false positive rate, fall-out",
    "js": "Jensen-Shannon distance",
    "kl": "Kullback-Leibler divergence, in nats",
    "ks": "Kolmogorov-Smirnov statistic",
    "mean_absolute_error": "mean absolute error, MAE",
    "mean_error": "mean error, bias",
    "precision": "precision, positive predictive value",
    "psi": "population stability index",
    "r2": "R squared, coefficient of determination",
    "roc_auc": "area under the ROC curve, ROC AUC, c-statistic",
    "root_mean_squared_error": "root mean squared error, RMSE",
    "selection_rate": "selection rate",
    "true_negative_rate": "true negative rate, specificity",
    "true_positive_rate": "true positive rate, recall, sensitivity",
    "wasserstein": "Wasserstein distance, earth mover's distance",
}
"""What the field calls a term that the screens say in plainer words."""


def meaning(term: str) -> str:
    """Return what a term means, in one or two sentences.

    Raises:
        RefusedInputError: the glossary does not have the term.
    """
    found = TERMS.get(term)
    if found is None:
        raise unknown_choice("term", term, tuple(TERMS))
    return found


def about(term: str) -> str | None:
    """Return what a term means and what the field calls it, or None for a term that the glossary does not have."""
    found, called = TERMS.get(term), FIELD.get(term)
    return f"{found} The field calls it {called}." if found and called else found
