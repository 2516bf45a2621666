from . import (
    register as register,
)
from .batch import (
    taken_in as taken_in,
)
from .first_look import (
    FirstLook as FirstLook,
)
from .register import (
    ModelWords as ModelWords,
    register_model as register_model,
)
from .table_look import (
    Looking as Looking,
    TableChoices as TableChoices,
    begin as begin,
)
