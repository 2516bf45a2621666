"""Model files: intake, signature, prediction, and reading of trees and linear models."""
