from .build import (
    build_demo as build_demo,
)
from .parts import (
    Demo as Demo,
    DemoModel as DemoModel,
)
