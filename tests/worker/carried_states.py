"""Cells that make states, and later cells that could tell a state that was loaded from the one written."""

CARRIED = {
    "aliases": (
        """
x = 1
y = [x, 2]
z = y
""",
        """
z.append(5)
print(y, x)
""",
    ),
    "globals": (
        """
k = 1
def f(): return k
g = lambda: f() + k
""",
        """
k = 5
print(f(), g())
""",
    ),
    "defaults": (
        """
kept = []
def f(x, to=kept, *, more=kept):
  to.append(x)
""",
        """
f(1)
print(kept, f.__kwdefaults__)
""",
    ),
    "classes": (
        """
class A:
  'doc'
  n = 0
  def __init__(self, v): self.v = v
  def m(self): return super().__repr__()[:3], k, self.v
a = A(3); k = 2; m = a.m
""",
        """
k = 7
A.n = 4
print(m(), m.__self__ is a, type(a) is A, A.__doc__, a.n)
""",
    ),
    "closures": (
        """
def make():
  n = 0
  def up():
    nonlocal n
    n += 1
  def get(): return n
  return up, get
up, get = make(); up()
""",
        """
up()
print(get())
""",
    ),
    "recursion": (
        """
def outer():
  def rec(n): return 0 if n == 0 else 1 + rec(n - 1)
  return rec
r = outer()
loop = []; loop.append(loop)
""",
        """
print(r(5), loop[0] is loop)
""",
    ),
    "views": (
        """
import numpy as np
a = np.arange(12.).reshape(3, 4)
b = a[1:, ::2]
c = a.T
d = np.asfortranarray(a)
e = np.array([1, None], dtype=object)
e[1] = e
t = np.array(['2020-01-01'], 'M8[D]')
w = np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2).copy('K')
w.flags.writeable = False
""",
        """
b[0, 0] = 100
print(a, c, d.flags.f_contiguous, e[1] is e, t, w, w.strides, w.flags.writeable)
""",
    ),
    "random numbers": (
        """
import random, numpy as np
from numpy.random import rand
rng = np.random.default_rng(3)
own = np.random.default_rng()
rng.random(), random.random(), rand(), own.random()
one = random.Random(4); one.random()
""",
        """
print(rng.random(), random.random(), rand(), np.random.rand(), own.random(), one.random())
print(np.random.default_rng().random())
""",
    ),
    "settings": (
        """
import os, warnings, decimal, matplotlib
from matplotlib import rcParams
env = os.environ
env['A_B'] = '1'
rcParams['font.size'] = 17
decimal.getcontext().prec = 5
warnings.simplefilter('ignore')
""",
        """
env['C_D'] = '2'
rcParams['font.size'] = 18
print(os.environ['A_B'], os.environ['C_D'], matplotlib.rcParams['font.size'])
warnings.warn('not shown')
""",
    ),
    "warnings": (
        """
import warnings
def f(): warnings.warn('once', stacklevel=1)
warnings.simplefilter('once')
""",
        """
print(len(warnings.filters))
""",
    ),
    "library": (
        """
import dataclasses, enum, collections, re, abc
@dataclasses.dataclass
class P:
  x: int = 0
  y: list = dataclasses.field(default_factory=list)
class C(enum.Enum):
  A = 1
class B(abc.ABC):
  @abc.abstractmethod
  def f(self): ...
class E(B):
  __slots__ = ('q',)
  def f(self): return 1
  @property
  def p(self): return self.q
  @staticmethod
  def s(): return k
  @classmethod
  def cm(cls): return cls.__name__
p = P(3); c = C.A; e = E(); e.q = 5; k = 9
N = collections.namedtuple('N', 'a b'); n = N(1, 2)
d = collections.defaultdict(list); d['a'].append(1); pat = re.compile('a+'); s = set('abc')
""",
        """
k = 10
print(p, P(), c is C.A, n, N(3, 4), d['b'], pat.findall('aab'), e.p, E.s(), E.cm(), s)
try: B()
except TypeError as error: print(error)
""",
    ),
    "training": (
        """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
X = torch.randn(64, 4); Y = X.sum(1, keepdim=True)
sched = torch.optim.lr_scheduler.StepLR(opt, 2)
def step(n):
  out = []
  for _ in range(n):
    opt.zero_grad()
    l = nn.functional.mse_loss(net(X), Y); l.backward(); opt.step(); out.append(l.item())
  sched.step()
  return out
step(5)
""",
        """
print(step(5), torch.rand(2), step(1), sched.get_last_lr(), net[0].weight.grad.sum())
""",
    ),
    "tensors": (
        """
import torch
t = torch.zeros(6)
u = t[2:]
v = t.view(2, 3)
w = t.numpy()
from torch.utils.data import DataLoader, Dataset
class D(Dataset):
  def __len__(self): return 8
  def __getitem__(self, i): return i
ld = DataLoader(D(), batch_size=3, shuffle=True, generator=torch.Generator().manual_seed(4))
list(ld)
b = torch.ones(3, dtype=torch.bfloat16)[::2]; torch.set_default_dtype(torch.float64)
""",
        """
u[0] = 5; w[0] = 7
print(t, v, list(ld), u._is_view(), b, torch.rand(1))
""",
    ),
    "figures": (
        """
from matplotlib import pyplot as plt
plt.plot([1, 2])
plt.show()
""",
        """
plt.rcParams['font.size'] = 20
plt.plot([1, 2, 3])
plt.title('after')
plt.show()
""",
    ),
}
"""What is carried: a cell, and a later one."""

REFUSED = {
    "generator": "g = (i for i in range(3))",
    "lock": "import threading\nlock = threading.Lock()",
    "cache": "import functools\n@functools.lru_cache\ndef f(x): return x",
    "graph": "import torch\nw = torch.ones(2, requires_grad=True); loss = (w * 2).sum()",
    "patched library": "import torch\ntorch.nn.Module.describe = lambda self: 1",
    "shared with a tensor": "import torch, numpy as np\na = np.ones(3); t = torch.from_numpy(a)",
    "bytes under an array": "import numpy as np\nraw = bytearray(8); a = np.frombuffer(raw, 'u1')",
    "removed from a set": "s = set('abcdefgh'); s.remove('a')",
    "own reduction": "class A:\n  def __getstate__(self): return {}\na = A()",
    "told of subclasses": "class A:\n  def __init_subclass__(cls): pass\nclass B(A): pass",
    "removed name": "del get_ipython",
    "module of its own": "import types\nm = types.ModuleType('m')",
}
"""Of what no checkpoint is made."""
