"""What a share of many figures does not exceed."""

import itertools
import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of them lies, of none NaN."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else math.nan


def counted_quantile(counts: Sequence[int], share: float) -> float:
    """Return the same of the whole numbers from 0, of which each was counted so many times."""
    least = max(1, share * sum(counts))
    return next((value for value, below in enumerate(itertools.accumulate(counts)) if below >= least), math.nan)
