"""How often two persons show what random pairs are too few to show.

That two persons live in one home is seldom: of some hundred thousand random pairs none may show it.
But a block brings together every pair that does, so they can be counted, less those that are likely
of one person.
"""

from collections.abc import Mapping

import numpy as np

from linkage.model import Model
from linkage.models import person_blocks
from linkage.training.numbers import Floats
from linkage.training.pairs import Sample

# The typed share stands in as if so many pairs had been seen: one that is due to it.
PSEUDO_PAIRS = 1.0


def count_rare(
    model: Model, blocked: Sample, likelihood: Floats, capped: Mapping[str, int], pairs: Floats
) -> list[Floats]:
    """Per comparison, the share of pairs of two persons at each level, "different" last; NaN where
    no block of the model brings every pair at the level together.

    Args:
        model: whose blocks brought the pairs together.
        blocked: pairs of the blocks.
        likelihood: of each of them, how likely it is of one person.
        capped: per block, the pairs of keys that too many records bear: counted as at the level.
        pairs: per comparison, all pairs of records of which it is known.
    """
    numbers = {block.name: number for number, block in enumerate(model.blocks)}
    shares = []
    for place, comparison in enumerate(model.comparisons):
        share = np.full(len(comparison.levels) + 1, np.nan)
        for index, level in enumerate(comparison.levels):
            blocks = person_blocks.BROUGHT_WHOLE_BY.get((comparison.name, level.says), ())
            if not blocks or any(block not in numbers for block in blocks):
                continue
            bits = np.uint64(sum(1 << numbers[block] for block in blocks))
            chosen = (blocked.levels[:, place] == index) & ((blocked.found & bits) > 0)
            held = float((1 - likelihood[chosen]).sum()) / blocked.share
            held += sum(capped.get(block, 0) for block in blocks)
            share[index] = (held + PSEUDO_PAIRS) / (pairs[place] + PSEUDO_PAIRS / level.u)
        shares.append(share)
    return shares
