"""What the models know how to link, and the features that each of them compares."""

from linkage import features as person_features
from linkage.models import offence, person
from linkage.offences import features as offence_features

FEATURES = {
    person.ENTITY: person_features.FEATURES,
    offence.ENTITY: offence_features.FEATURES,
}
