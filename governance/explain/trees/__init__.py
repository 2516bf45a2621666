"""The exact engine: Shapley values of trees and linear models."""
