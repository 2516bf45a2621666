from .convert.agreement import (
    Agreement as Agreement,
    compare as compare,
)
from .convert.convert import (
    convert_estimator as convert_estimator,
    named as named,
    with_softmax as with_softmax,
)
from .convert.lighter import (
    RECIPES as RECIPES,
    Lighter as Lighter,
    Recipe as Recipe,
    lighter as lighter,
)
from .graph.branches import (
    Membership as Membership,
    Splits as Splits,
)
from .graph.codes import (
    BLOCK as BLOCK,
    MISSING_CODE as MISSING_CODE,
    Codebook as Codebook,
    code_splits as code_splits,
)
from .graph.compiled import (
    kernel as kernel,
)
from .graph.cut import (
    Cut as Cut,
    GraphPredictor as GraphPredictor,
    Players as Players,
)
from .graph.linear import (
    LinearStage as LinearStage,
)
from .graph.links import (
    Link as Link,
    Linked as Linked,
    link_of as link_of,
    same_answers as same_answers,
    units_of as units_of,
)
from .graph.products import (
    Products as Products,
    ProductStage as ProductStage,
)
from .graph.reading import (
    FEATURE_NAMES as FEATURE_NAMES,
    feature_names as feature_names,
    metadata_of as metadata_of,
    parse_model as parse_model,
    shape_of as shape_of,
    signature_of as signature_of,
)
from .graph.session import (
    open_session as open_session,
)
from .graph.stage_sum import (
    StageSum as StageSum,
    cut_of as cut_of,
)
from .graph.stages import (
    Stage as Stage,
    Stages as Stages,
)
from .graph.trees import (
    TreeEnsemble as TreeEnsemble,
    parse_trees as parse_trees,
)
from .intake.inspection import (
    Explainer as Explainer,
    Inspection as Inspection,
    Port as Port,
)
from .intake.intake import (
    inspect as inspect,
)
from .intake.native import (
    load_estimator as load_estimator,
)
from .predict.answers import (
    are_probabilities as are_probabilities,
    softmax as softmax,
)
from .predict.feeds import (
    MISSING_TEXT as MISSING_TEXT,
    feeds_of as feeds_of,
)
from .predict.made_up import (
    made_up_frame as made_up_frame,
)
from .predict.predict import (
    read_predictions as read_predictions,
)
from .predict.predictor import (
    OnnxPredictor as OnnxPredictor,
    without_zipmap as without_zipmap,
)
from .spec import (
    METHODS as METHODS,
)
