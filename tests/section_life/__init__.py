"""One section's whole life as a model: whatever happens, in whatever order, I1 to I10 hold.

Hypothesis chooses what happens next (trust.md G7); `tests.lives` plays it on the database that is
open. Each file has the rules of one part of the product, `model` what they share.
"""

from __future__ import annotations

from tests.section_life.choices import Choices
from tests.section_life.classes import Classes
from tests.section_life.syncs import Syncs
from tests.section_life.undoing import Undoing
from tests.section_life.workers import Workers


class SectionLife(Syncs, Undoing, Choices, Classes, Workers):
    """Every rule leaves the section quiet; what goes on at once goes on inside of a rule."""
