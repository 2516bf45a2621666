from .dataset import (
    Dataset as Dataset,
)
from .intake import (
    declared as declared,
    sliced as sliced,
)
from .outcome import (
    Outcome as Outcome,
    positive_index as positive_index,
)
from .schema import (
    Label as Label,
    Mapped as Mapped,
    Schema as Schema,
    from_json as from_json,
    from_toml as from_toml,
    to_json as to_json,
)
from .several import (
    with_classes as with_classes,
)
from .signature import (
    Dtype as Dtype,
    InputTensor as InputTensor,
    Prediction as Prediction,
    Predictor as Predictor,
    Signature as Signature,
    Task as Task,
)
from .subject import (
    Attributions as Attributions,
    Monitor as Monitor,
    Recording as Recording,
    Scores as Scores,
    Sight as Sight,
    Subject as Subject,
)
