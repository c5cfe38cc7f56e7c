"""What is known across files: names, bases, helpers, init functions, and where it is told."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from page_harness import settings_for

from torchtielint import engine
from torchtielint.engine import Target

BASE = """
    import torch
    from torch import nn


    class Base(nn.Module):
        def __init__(self, size):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(size))
"""
USER = """
    import torch
    {imported}


    class Model({base}):
        def __init__(self):
            super().__init__(3)
            self.scale = torch.zeros(3)
"""


def lint(folder: Path, files: dict[str, str]) -> list[str]:
    """Write files and lint those that end in `.py`: path, line and code of every finding."""
    for name, code in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code).lstrip("\n"), encoding="utf-8")
    targets = [Target(str(folder / name), name, settings_for({})) for name in files if name.endswith(".py")]
    outcome = engine.run(targets)
    assert outcome.traces == ()
    return [f"{found.path}:{found.range.start.line} {found.code}" for found in outcome.findings]


def user(imported: str, base: str = "Base") -> str:
    """A model that assigns a Tensor to a parameter which its base class registers, on line 8."""
    return textwrap.dedent(USER).format(imported=imported, base=base)


@pytest.mark.parametrize(
    ("imported", "base"),
    [
        ("from .base import Base", "Base"),
        ("from pkg.base import Base as Parent", "Parent"),
        ("import pkg.base", "pkg.base.Base"),
        ("import pkg.base as b", "b.Base"),
        ("from pkg import base", "base.Base"),
        ("from . import base", "base.Base"),
        ("from .base import *", "Base"),
        ("try:\n    from .base import Base\nexcept ImportError:\n    raise", "Base"),
        ("from .deep.inner import Base", "Base"),
        ("from pkg.deep import Renamed", "Renamed"),
        ("from pkg.deep.stars import Base", "Base"),
    ],
)
def test_a_base_class_is_found_however_it_is_imported(tmp_path, imported, base):
    """What the base class in another file registered is known in the subclass."""
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": BASE,
        "pkg/deep/__init__.py": "from .inner import Base as Renamed",
        "pkg/deep/inner.py": "from ..base import Base",
        "pkg/deep/stars.py": "from .inner import *",
        "pkg/model.py": user(imported, base),
    }
    line = user(imported, base).lstrip("\n").split("\n").index("        self.scale = torch.zeros(3)") + 1
    assert lint(tmp_path, files) == [f"pkg/model.py:{line} TTL201"]


@pytest.mark.parametrize(
    ("base", "model", "imported"),
    [
        ("src/lib/base.py", "tests/model.py", "from lib.base import Base"),
        ("space/one/base.py", "space/two/model.py", "from space.one.base import Base"),
        ("base.py", "model.py", "from base import Base"),
        ("lib/base.py", "scripts/train/model.py", "from lib.base import Base"),
    ],
)
def test_files_are_found_in_the_usual_layouts(tmp_path, base, model, imported):
    """A `src` folder, a namespace package, scripts side by side, and a package beside a folder of scripts."""
    files = {"pyproject.toml": "", base: BASE, model: user(imported)}
    assert lint(tmp_path, files) == [f"{model}:8 TTL201"]


def test_other_packages_beside_an_installed_one_are_not_looked_into(tmp_path):
    """In a folder of installed packages, one knows itself only."""
    files = {
        "site-packages/one/__init__.py": "",
        "site-packages/one/base.py": BASE,
        "site-packages/one/model.py": user("from one.base import Base"),
        "site-packages/two/__init__.py": "",
        "site-packages/two/model.py": user("from one.base import Base"),
    }
    assert lint(tmp_path, files) == ["site-packages/one/model.py:8 TTL201"]


def test_a_base_class_that_cannot_be_found_leaves_the_class_unknown(tmp_path):
    """No file, no name in it, and a file that does not parse."""
    files = {
        "pkg/__init__.py": "",
        "pkg/broken.txt": "",
        "pkg/a.py": user("from .missing import Base"),
        "pkg/b.py": user("from .empty import Base"),
        "pkg/c.py": user("from .deep import Base"),
        "pkg/empty.py": "",
    }
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/deep.py").write_text("x = " + "(" * 5000 + ")" * 5000, encoding="utf-8")
    assert lint(tmp_path, files) == []


def test_imports_and_inheritance_in_circles_come_to_an_end(tmp_path):
    """Two files that import each other, and classes that derive from each other, say nothing false."""
    files = {
        "pkg/__init__.py": "from .a import *\nfrom .b import *\n",
        "pkg/a.py": "import torch\nfrom .b import B\nfrom .a import A as Again\nclass A(B): pass\n",
        "pkg/b.py": "import torch\nfrom .a import A\nclass B(A): pass\n",
        "pkg/c.py": "from . import *\nimport torch\nclass C(A, B):\n    def __init__(self):\n        self.w = 3\n",
    }
    assert lint(tmp_path, files) == []


def test_methods_are_found_in_the_order_of_the_bases(tmp_path):
    """A mixin of a third file overrides what the base class builds."""
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": """
            import torch
            from torch import nn
            class Base(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.build()
                def build(self):
                    self.w = nn.Parameter(torch.ones(3))
        """,
        "pkg/mixin.py": """
            import torch
            class Mixin:
                def build(self):
                    self.w = torch.ones(3)
        """,
        "pkg/model.py": """
            import torch
            from .base import Base
            from .mixin import Mixin
            class Mixed(Mixin, Base):
                def forward(self, x):
                    self.w = torch.zeros(3)
            class Plain(Base, Mixin):
                def forward(self, x):
                    self.w = torch.zeros(3)
        """,
    }
    assert lint(tmp_path, files) == ["pkg/model.py:9 TTL201"]


HELPERS = """
    from functools import partial
    import copy
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm


    def norm_conv(*sizes, **options):
        return weight_norm(nn.Conv1d(*sizes, **options))


    conv3 = partial(nn.Conv1d, kernel_size=3)


    def clones(module, count):
        return nn.ModuleList([copy.deepcopy(module) for _ in range(count)])


    def repeats(module, count):
        return nn.ModuleList([module for _ in range(count)])


    def init_weights(m, mean=0.0, std=0.01):
        classname = m.__class__.__name__
        if classname.find("Conv") != -1:
            m.weight.data.normal_(mean, std)


    def tie(first, second):
        first.weight.data = second.weight.data
"""


def with_helpers(code: str) -> dict[str, str]:
    """A package with helpers, and a file that uses them."""
    wrapper = "from torch.nn.utils.parametrizations import weight_norm"
    head = f"import torch\nfrom torch import nn\n{wrapper}\nfrom .helpers import *\n"
    return {"pkg/__init__.py": "", "pkg/helpers.py": HELPERS, "pkg/model.py": head + textwrap.dedent(code)}


def test_an_init_function_of_another_file_is_lost_on_wrapped_layers(tmp_path):
    """The mistake of published vocoders: told where the function is applied."""
    code = """
        class Generator(nn.Module):
            def __init__(self):
                super().__init__()
                self.ups = nn.ModuleList([weight_norm(nn.Conv1d(4, 4, 3)) for _ in range(3)])
                self.ups.apply(init_weights)
                self.post = norm_conv(4, 1, 7)
                self.post.apply(init_weights)
                init_weights(weight_norm(nn.Conv1d(4, 4, 3)))
                self.plain = nn.Conv1d(4, 4, 3)
                self.plain.apply(init_weights)
    """
    assert lint(tmp_path, with_helpers(code)) == [f"pkg/model.py:{line} TTL404" for line in (10, 12, 13)]


def test_what_a_helper_of_another_file_does_is_told_at_the_call_with_a_note(tmp_path):
    """The finding stands in the file that is linted; the note leads to the other one."""
    code = """
        class Tied(nn.Module):
            def __init__(self):
                super().__init__()
                self.embed = nn.Embedding(9, 4)
                self.head = nn.Linear(4, 9, bias=False)
                tie(self.head, self.embed)
    """
    files = with_helpers(code)
    assert lint(tmp_path, files) == ["pkg/model.py:11 TTL302"]
    target = Target(str(tmp_path / "pkg/model.py"), "pkg/model.py", settings_for({}))
    (finding,) = engine.run([target]).findings
    first = finding.notes[0]
    assert (first.message, first.range.start.line) == ("it happens here", 30)


def test_partials_and_factories_of_another_file_make_modules(tmp_path):
    """A list of what they make is a list of modules."""
    code = """
        class Stack(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = [conv3(4, 4) for _ in range(2)]
                self.second = [norm_conv(4, 4, 3)]
                self.third = clones(nn.Linear(2, 2), 3)
    """
    assert lint(tmp_path, with_helpers(code)) == ["pkg/model.py:9 TTL104", "pkg/model.py:10 TTL104"]


def test_the_mistakes_of_a_base_class_are_told_in_its_own_file_only(tmp_path):
    """A subclass in another file repeats none of them."""
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": """
            import torch
            from torch import nn
            class Base(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.w = nn.Parameter(torch.ones(3)) * 2
                    self.layers = [nn.Linear(2, 2)]
                    self.a = nn.Linear(2, 2)
                    self.b = nn.Linear(2, 2)
                    self.a.weight.data = self.b.weight.data
        """,
        "pkg/model.py": """
            import torch
            from .base import Base
            class Model(Base):
                def __init__(self):
                    super().__init__()
                def forward(self, x):
                    return self.a(x)
        """,
    }
    assert lint(tmp_path, files) == [
        f"pkg/base.py:{line} {code}" for line, code in ((6, "TTL101"), (7, "TTL104"), (10, "TTL302"))
    ]


def test_a_file_that_does_not_mention_torch_is_checked_when_it_derives_from_a_module(tmp_path):
    """Its base class in another file makes it one."""
    files = {
        "pkg/__init__.py": "from .base import Base",
        "pkg/base.py": BASE,
        "pkg/model.py": """
            from . import Base
            class Model(Base):
                def __init__(self):
                    super().__init__(3)
                    self.parts = [Base(3), Base(3)]
        """,
        "pkg/config.py": """
            from .model import Settings
            class Config(Settings):
                parts = []
        """,
    }
    assert lint(tmp_path, files) == ["pkg/model.py:5 TTL104"]


def test_super_of_an_imported_class_that_is_no_base_makes_no_call(tmp_path):
    """`super(Other, self)` raises TypeError, so that `Module.__init__` never runs."""
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": BASE,
        "pkg/model.py": """
            from torch import nn
            from .base import Base as Other
            class Model(nn.Module):
                def __init__(self):
                    super(Other, self).__init__()
                    self.layer = nn.Linear(2, 2)
        """,
    }
    assert lint(tmp_path, files) == ["pkg/model.py:4 TTL106"]


def test_a_class_of_unknown_base_that_wraps_in_its_constructor_is_not_run_twice(tmp_path):
    """A method that the constructor calls under a condition is not judged again on what it left."""
    files = {
        "pkg/__init__.py": "",
        "pkg/model.py": """
            from torch import nn
            from torch.nn.utils.parametrizations import weight_norm
            from trainer import TrainerModel
            class Vocoder(TrainerModel):
                def __init__(self, config):
                    super().__init__()
                    self.conv = nn.Conv1d(2, 2, 3)
                    if config.use_weight_norm:
                        self.apply_weight_norm()
                def apply_weight_norm(self):
                    self.conv = weight_norm(self.conv)
        """,
    }
    assert lint(tmp_path, files) == []


def test_a_mistake_of_a_helper_elsewhere_is_told_where_it_is_called_if_its_own_file_cannot_know(tmp_path):
    """The helper alone says nothing; what it does to the modules that it is given is told at the call."""
    files = {
        "pkg/__init__.py": "",
        "pkg/helpers.py": """
            import torch
            from torch import nn
            from torch.nn.utils.parametrizations import weight_norm
            def wrap(layer):
                return weight_norm(layer.weight)
            def stack(layer, count):
                return nn.ModuleList([layer] * count)
            def scale(size):
                return nn.Linear(size, size)
            def alone(size):
                return nn.ModuleList([nn.Linear(size, size)] * 3)
        """,
        "pkg/model.py": """
            import torch
            from torch import nn
            from .helpers import alone, scale, stack, wrap
            class Model(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.layer = nn.Linear(2, 2)
                    self.layers = stack(nn.Linear(2, 2), 3)
                    self.more = alone(2)
                    wrap(self.layer)
                def forward(self, x):
                    return scale(2)(x)
        """,
    }
    own = ["pkg/helpers.py:5 TTL401", "pkg/helpers.py:11 TTL301"]
    assert lint(tmp_path, files) == [*own, "pkg/model.py:8 TTL301", "pkg/model.py:12 TTL107"]


def test_what_a_helper_elsewhere_does_in_some_cases_only_is_not_told(tmp_path):
    """A Parameter is made anew only where a Parameter is given and a flag is set."""
    files = {
        "pkg/__init__.py": "",
        "pkg/helpers.py": """
            import torch
            def transpose(weight, flipped):
                if not flipped:
                    return weight
                if isinstance(weight, torch.nn.Parameter):
                    return torch.nn.Parameter(weight.T)
                return weight.T
        """,
        "pkg/model.py": """
            from torch import nn
            from torch.nn import functional as F
            from .helpers import transpose
            class Model(nn.Module):
                def __init__(self, base, flipped):
                    super().__init__()
                    self.base, self.flipped = base, flipped
                def forward(self, x):
                    return F.linear(x, transpose(self.base.weight, self.flipped) * x.mean())
        """,
    }
    assert lint(tmp_path, files) == []


def test_super_of_a_torch_class_looks_behind_it(tmp_path):
    """`super(nn.Linear, self)` skips its constructor and calls that of Module, as adapters do."""
    files = {
        "pkg/__init__.py": "",
        "pkg/base.py": "class Layer:\n    def __init__(self, base):\n        self.base = base\n",
        "pkg/model.py": """
            from torch import nn
            from .base import Layer
            class Adapted(nn.Linear, Layer):
                def __init__(self, base):
                    super(nn.Linear, self).__init__()
                    Layer.__init__(self, base)
                    self.extra = nn.Linear(2, 2)
        """,
    }
    assert lint(tmp_path, files) == []


def test_a_method_that_gives_a_tuple_or_a_module_is_not_taken_for_the_tuple(tmp_path):
    """Which class the object has is tested in a way that the linter does not follow."""
    files = {
        "pkg/__init__.py": "",
        "pkg/heads.py": """
            from torch import nn
            class Gaussian:
                def net(self, size):
                    return nn.Linear(size, 2), nn.Linear(size, 2)
            class Categorical:
                def net(self, size):
                    return nn.Linear(size, 2)
            def make(kind):
                return Gaussian() if kind else Categorical()
        """,
        "pkg/model.py": """
            from torch import nn
            from .heads import make
            class Policy(nn.Module):
                def __init__(self, kind):
                    super().__init__()
                    self.head = make(kind)
                    self.net = self.head.net(4)
        """,
    }
    assert lint(tmp_path, files) == []


def test_slices_of_the_children_of_a_model_elsewhere_are_not_taken_for_one_layer(tmp_path):
    """Two Sequentials of other slices share nothing."""
    files = {
        "pkg/__init__.py": "",
        "pkg/resnet.py": """
            from torch import nn
            class ResNet(nn.Module):
                def __init__(self, count):
                    super().__init__()
                    self.conv = nn.Conv2d(3, 3, 3)
                    self.norm = nn.BatchNorm2d(3)
                    self.layers = nn.Sequential(*[nn.Conv2d(3, 3, 3) for _ in range(count)])
                    self.more = nn.Conv2d(3, 3, 3)
        """,
        "pkg/model.py": """
            from torch import nn
            from .resnet import ResNet
            class Encoder(nn.Module):
                def __init__(self):
                    super().__init__()
                    model = ResNet(3)
                    first = nn.Sequential(*list(model.children())[:2])
                    second = nn.Sequential(*list(model.children())[2:])
                    self.net = nn.Sequential(first, second)
        """,
    }
    assert lint(tmp_path, files) == []


@pytest.mark.parametrize(
    "data",
    [
        b"class Old(Base):\n    def f(self):\n        print 'x'\n",
        b"class Latin(Base):\n    name = '\xe9'\n",
        b"class Deep(Base):\n    x = " + b"(" * 3000 + b")" * 3000 + b"\n",
        b"class Null(Base):\n    x = '\0'\n",
    ],
    ids=["of Python 2", "of another encoding", "too deep", "with a null byte"],
)
def test_a_file_that_has_nothing_to_do_with_torch_is_left_alone_when_it_cannot_be_read(tmp_path, data):
    """It is looked at only for the base classes that it may have elsewhere."""
    path = tmp_path / "other.py"
    path.write_bytes(data)
    assert engine.run([Target(str(path), "other.py", settings_for({}))]).findings == ()


def test_a_body_on_the_line_of_its_def_in_another_file_has_sites_there(tmp_path):
    """What such a body registers before `Module.__init__` ran is shown in its own file."""
    base = """
        from torch import nn


        class Stack(nn.Module):
            def __init__(self, layer): self.layer = layer; self.own = nn.Linear(2, 2)
    """
    model = """
        from torch import nn

        from .base import Stack


        class Model(Stack):
            def __init__(self):
                super().__init__(nn.Linear(3, 3))
    """
    files = {"pkg/__init__.py": "", "pkg/base.py": base, "pkg/model.py": model}
    assert lint(tmp_path, files) == ["pkg/base.py:5 TTL106", "pkg/model.py:7 TTL106"]


def test_an_object_of_a_plain_class_elsewhere_is_no_module(tmp_path):
    """Its constructor is not run where no module goes into it; that its class is no Module is known all the same."""
    other = """
        import torch
        from torch import nn


        class Model:
            mode = None

            def __init__(self, path):
                self.net = nn.Linear(3, 3)
                self.mode = "full"

            @property
            def training(self):
                return self.net.training

            @training.setter
            def training(self, value):
                self.net.train(value)
    """
    script = """
        import torch
        from torch import nn

        from .other import Model


        class Head(nn.Module):
            def __init__(self):
                super().__init__()
                self.config = Model("here")
                if self.config.mode is not None:
                    self.layers = [nn.Linear(3, 3)]

            def forward(self, x):
                return self.layers[0](x)


        def main():
            model = Model("here")
            model.training = False
    """
    files = {"pkg/__init__.py": "", "pkg/other.py": other, "pkg/script.py": script}
    assert lint(tmp_path, files) == ["pkg/script.py:12 TTL104"]
