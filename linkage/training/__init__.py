"""Train the model of persons: estimate its numbers from records without labels.

Seldom, and apart from the night: the numbers are frozen with the model. The same records and code
give the same model to the last byte, however many threads there are.
"""

from linkage.training.errors import TrainingError
from linkage.training.trainer import train

__all__ = ["TrainingError", "train"]
