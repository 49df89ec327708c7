"""What of an existing instance this version refuses, and what of it is not proven."""

from loaders.upgrade.check import check
from loaders.upgrade.problem import UpgradeProblem

__all__ = ["UpgradeProblem", "check"]
