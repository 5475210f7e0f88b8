"""What training cannot do."""

from warehouse.errors import CrimelinkError


class TrainingError(CrimelinkError):
    """The records do not show what the model must know. No model was made."""

    who_acts = "the operator, with whoever maintains the model"
    exit_code = 4
