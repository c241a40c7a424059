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
    "what training leaves": (
        """
import torch, traceback
torch.manual_seed(0)
X, y = torch.randn(16, 4), torch.randn(16, 1)
net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
total = 0
for epoch in range(3):
  out = net(X)
  loss = torch.nn.functional.mse_loss(out, y)
  opt.zero_grad(); loss.backward(); opt.step()
  total += loss
kept = {'last': loss, 'sum': total}
""",
        """
print(loss, out[:2], total, loss.requires_grad, loss.is_leaf, out.output_nr, kept['last'] is loss)
print(loss.grad_fn.name(), type(loss.grad_fn).__mro__[0], repr(loss.grad_fn).split(' at ')[0])
below = loss.grad_fn.next_functions
print([(n and n.name(), k) for n, k in below], below[0][0] is out.grad_fn, loss.grad_fn._saved_reduction)
leaf = out.grad_fn.next_functions[0][0]
print(leaf.variable is net[2].bias)
for gone in (loss, out.sum(), total * 2, loss + (out ** 2).mean()):
  try: gone.backward()
  except RuntimeError as error: print([f.name for f in traceback.extract_tb(error.__traceback__)], error)
try: loss.grad_fn._saved_target
except RuntimeError as error: print(error)
loss2 = ((net(X) - y) ** 2).mean() + loss.detach()
loss2.backward()
print([p.grad.sum().item() for p in net.parameters()], loss2, loss.numpy(force=True))
with torch.no_grad(): loss += 1; out.zero_()
print(loss, total, out.sum())
try: loss.numpy()
except RuntimeError as error: print(error)
""",
    ),
    "what a loss by hand leaves": (
        """
import torch
torch.manual_seed(0)
X, y = torch.randn(16, 4), torch.randn(16)
w, b = torch.zeros(4, requires_grad=True), torch.zeros(1, requires_grad=True)
total = 0
for epoch in range(3):
  loss = ((X @ w + b - y) ** 2).mean()
  loss.backward()
  with torch.no_grad():
    for p in (w, b): p -= 0.1 * p.grad; p.grad.zero_()
  total += loss
out = torch.relu(X @ w + b)
(out - y).abs().sum().backward()
seen = out.detach()
""",
        """
print(loss, total, hasattr(loss.grad_fn, 'saved_tensors'), hasattr(out.grad_fn, 'saved_tensors'))
print(torch.autograd.grad(total, [loss], retain_graph=True))
loss.register_hook(lambda g: print('hook', g))
def attempt(f):
  try: print(f())
  except Exception as error: print(type(error), error)
attempt(lambda: total.backward())
attempt(lambda: total.backward(inputs=[loss]))
print(loss.grad)
attempt(lambda: total.grad_fn(torch.tensor(1.)))
attempt(lambda: out.grad_fn(torch.ones(16)))
attempt(lambda: (loss + (w ** 2).sum()).backward())
print(w.grad, b.grad)
with torch.autograd.set_detect_anomaly(True):
  import warnings
  with warnings.catch_warnings(record=True) as said:
    attempt(lambda: total.backward())
  print([str(one.message)[:60] for one in said])
v = torch.ones(1, requires_grad=True); z = (seen * v).sum()
with torch.no_grad(): out.zero_()
attempt(lambda: z.backward())
print(v.grad, seen)
""",
    ),
    "detached tensors": (
        """
import torch
net = torch.nn.Linear(2, 1)
weights, same, raw = net.weight.detach(), net.weight.data, torch.ones(3)
copy = raw.detach()
""",
        """
v = torch.ones(1, requires_grad=True); z = (copy * v).sum()
raw.add_(1)
try: z.backward()
except RuntimeError as error: print(error)
with torch.no_grad(): net.weight.fill_(2)
print(weights, same, copy, [one._version for one in (weights, same, copy)], copy._is_view())
""",
    ),
    "what training of many layers leaves": (
        """
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
  def __init__(self):
    super().__init__()
    self.embed, self.rnn = nn.Embedding(9, 8), nn.LSTM(8, 8, batch_first=True)
    self.cell, self.attend = nn.GRUCell(8, 8), nn.MultiheadAttention(8, 2, batch_first=True)
    self.conv, self.norm, self.batch = nn.Conv1d(8, 6, 3), nn.LayerNorm(8), nn.BatchNorm1d(6)
    self.drop, self.last = nn.Dropout(0.2), nn.Linear(6, 5)
  def forward(self, x):
    e, state = self.rnn(self.embed(x))
    h = [self.cell(e[:, 0])]
    for step in e.unbind(1): h.append(self.cell(step, h[-1]))
    a, w = self.attend(e, e, e)
    n = self.norm(a + torch.stack(h[1:], 1))
    c = torch.relu(self.batch(self.conv(n.transpose(1, 2))))
    m, _ = c.max(-1)
    left, right = torch.cat([m, m * 2], 1).chunk(2, 1)
    self.state = state[0].detach()
    return self.last(self.drop(torch.where(left > 0, left, right).clamp(min=-3))).log_softmax(-1)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
X, y = torch.randint(9, (6, 7)), torch.randint(5, (6,))
for epoch in range(2):
  logits = net(X)
  loss = nn.functional.nll_loss(logits, y) + 1e-3 * sum((p ** 2).sum() for p in net.parameters())
  opt.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
""",
        """
print(loss, logits, net.state, net.embed.weight.grad.sum())
def chain(node, depth=0):
  if node is None or depth > 12: return
  print(' ' * depth, node.name(), len(node.next_functions))
  for after, _ in node.next_functions: chain(after, depth + 1)
chain(loss.grad_fn)
loss = nn.functional.nll_loss(net(X), y); loss.backward(); opt.step(); print(loss)
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
    "a page": (
        """
%matplotlib inline
import numpy as np, torch
from torch import nn
import matplotlib.pyplot as plt
from matplotlib_inline import backend_inline
from torch.utils.data import DataLoader, TensorDataset
backend_inline.set_matplotlib_formats('svg')
torch.manual_seed(1)
class Net(nn.Module):
  def __init__(self, hidden):
    super().__init__()
    self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Dropout(0.1), nn.BatchNorm1d(hidden))
    self.last = nn.Linear(hidden, 2)
  def forward(self, x): return self.last(self.layers(x))
rng = np.random.default_rng(0)
points = rng.normal(size=(200, 2)).astype('float32')
labels = (points[:, 0] * points[:, 1] > 0).astype('int64')
loader = DataLoader(TensorDataset(torch.tensor(points), torch.tensor(labels)), 32, shuffle=True)
net = Net(16)
optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
losses = []
def train(epochs):
  for epoch in range(epochs):
    for x, y in loader:
      optimizer.zero_grad()
      loss = nn.functional.cross_entropy(net(x), y)
      loss.backward()
      nn.utils.clip_grad_norm_(net.parameters(), 1.0)
      optimizer.step()
      losses.append(loss.item())
    schedule.step()
train(3)
fig, ax = plt.subplots()
ax.plot(losses, label='training'); ax.set(xlabel='step', ylabel='loss'); ax.legend()
plt.show()
with torch.no_grad():
  right = (net(torch.tensor(points)).argmax(1) == torch.tensor(labels)).float().mean()
""",
        """
train(1)
ax.set_title('more')
print(losses, rng.normal(), right, torch.rand(1), net(torch.tensor(points))[:2], schedule.get_last_lr())
fig
""",
    ),
    "masked arrays": (
        """
import numpy as np, matplotlib.pyplot as plt
m = np.ma.array([1., 2, 3], mask=[0, 1, 0]); n = m[1:]; o = np.ma.zeros(3)
empty = np.empty((0, 3)); point = np.array(3.); thin = np.ones((1, 5, 1))
fig, (one, two) = plt.subplots(1, 2, figsize=(3, 2)); one.imshow([[1, 2]]); two.scatter([1], [2])
plt.show()
""",
        """
n.mask[0] = False; m[2] = np.ma.masked
two.plot([1, 2]); one.images[0].stale = False; one.images[0].set_clim(0, 5)
print(one.images[0].stale, fig.stale)
print(m, n, o, empty, point, thin.strides, m.fill_value)
fig
""",
    ),
    "tensors of arrays": (
        """
import torch
t = torch.arange(12.).reshape(3, 4)
a = t.numpy(); b = a[1:, ::2]; c = t[1:].numpy(); d = t.T.numpy(); d.flags.writeable = False
""",
        """
b[0, 0] = 100
c[0, 1] = 200
print(t, a, b, c, d, a.base is not None, d.flags)
""",
    ),
    "enumerations": (
        """
import enum
class C(enum.IntEnum):
  A = 1
  B = enum.auto()
  def f(self): return k, self.name
class F(enum.Flag):
  X = enum.auto()
  Y = enum.auto()
class S(str, enum.Enum):
  A = 'a'
  ALSO = 'a'
  @property
  def twice(self): return self * 2
k = 2; c = C.B; C.A.note = [k]; both = F.X | F.Y; s = S.ALSO
""",
        """
k = 3
print(c, c is C(2), C.A.f(), C.A.note, list(C), both, both is F.X | F.Y, F(1), s.twice, s is S('a'))
print(list(vars(C)), C.A + 1, S['ALSO'], C.__members__, repr(F.Y), S.__doc__)
""",
    ),
    "patched libraries": (
        """
import json, textwrap, numpy as np, torch
def ours(x): return factor * np.max(x)
np.mean = ours
np.sum, np.prod = np.prod, np.sum
del np.median
torch.nn.Module.describe = lambda self: (type(self).__name__, factor)
step = torch.nn.Linear.forward
torch.nn.Linear.forward = lambda self, x: step(self, x) * 0 + factor
json.JSONEncoder.default = lambda self, o: factor
textwrap.TextWrapper.x = textwrap.TextWrapper.unicode_whitespace_trans
factor = 2
""",
        """
factor = 3
print(np.mean([1., 2]), np.mean is ours, np.sum([2, 3, 4]), np.prod([2, 3, 4]), hasattr(np, 'median'))
print(torch.nn.ReLU().describe(), torch.nn.Linear(1, 2)(torch.ones(1, 1)), json.dumps(object()))
linear = torch.nn.modules.linear
print(step.__globals__ is vars(linear), step(torch.nn.Linear(1, 1), torch.zeros(1)).shape)
wrapper = textwrap.TextWrapper
print(wrapper.x is wrapper.unicode_whitespace_trans, list(vars(wrapper)))
""",
    ),
    "what libraries hold": (
        """
import numpy as np, string, calendar, mimetypes, collections
np.etude = np.etude2 = shared = [1]
calendar.setfirstweekday(6)
mimetypes.add_type('a/b', '.zz')
calendar.month_name.extra = shared
string.Template.made = collections.defaultdict(list, a=shared)
string.Formatter.none = None
first = calendar.Calendar
class Mine(first): pass
calendar.Calendar = Mine
""",
        """
shared.append(2)
print(np.etude, np.etude2 is np.etude, calendar.firstweekday(), mimetypes.guess_type('x.zz'))
print(calendar.month_name.extra is shared, string.Template.made['a'], string.Template.made['b'])
print(string.Formatter.none, calendar.Calendar is Mine, first is calendar.TextCalendar.__mro__[1])
""",
    ),
    "how figures are shown": (
        """
import matplotlib.pyplot as plt
from cycler import cycler
plt.rcParams['axes.prop_cycle'] = cycler(color='rg')
plt.rcParams['font.family'] = ['serif']
plt.rcParams['font.serif'].insert(0, 'Nothing')
%matplotlib inline
%config InlineBackend.figure_formats = ['svg']
plt.style.library['mine'] = {'axes.grid': True}
import matplotlib as m
m.colormaps.register(m.colors.ListedColormap(['r', 'g']), name='mine')
m.colors.get_named_colors_mapping()['mine'] = '#123456'
""",
        """
print(plt.rcParams['axes.prop_cycle'], plt.rcParams['font.family'], plt.rcParams['font.serif'][:2])
plt.style.use('mine')
print(m.colormaps['mine'](0), m.colors.to_rgb('mine'), plt.rcParams['axes.grid'])
plt.rcParams['font.family'] = ['sans-serif']
plt.plot([1, 2], color='mine'); plt.show()
""",
    ),
    "imports": (
        """
import os
os.environ['ETUDE_X'] = '1'
import xml.dom.minidom
def f():
  import wave, colorsys
  return colorsys
f()
try: import no_such_module
except ImportError: pass
""",
        """
import sys
print('wave' in sys.modules, 'xml.dom.minidom' in sys.modules, f().rgb_to_hls(1, 0, 0))
""",
    ),
}
"""What is carried: a cell, and a later one."""

OTHERS = {
    "a time zone": (
        "import os, time\nos.environ['TZ'] = 'Asia/Shanghai'; time.tzset(); os.environ['TZ'] = 'UTC'"
    ),
    "a compiled module": "import math\nmath.pi = 3",
    "an address": "import calendar\ncalendar.month_name.known = {'x': id(calendar)}",
    "a logger": "import logging\nlogging.getLogger().setLevel('DEBUG')",
    "hooks by number": "import torch\nh = torch.nn.modules.module.register_module_forward_hook(print)\ndel h",
    "a bar": "from tqdm import tqdm\nfor i in tqdm(range(3)): pass",
}
"""What is written, but not made again: it is compiled, or of one process."""

W = "import torch\nw = torch.ones(2, requires_grad=True); "
REFUSED = {
    "generator": "g = (i for i in range(3))",
    "lock": "import threading\nlock = threading.Lock()",
    "cache": "import functools\n@functools.lru_cache\ndef f(x): return x",
    "graph": W + "loss = (w * 2).sum()",
    "graph that is kept": W + "loss = (w ** 2).sum(); loss.backward(retain_graph=True)",
    "graph with another way": W + "loss = (w ** 2).sum() + w.sum(); loss.backward()",
    "graph that needs nothing": W + "loss = w.sum(); loss.backward()",
    "graph whose leaf was changed": W + "loss = (w ** 2).sum()\nwith torch.no_grad(): w.mul_(2)",
    "graph that was kept and whose leaf was changed": W
    + "loss = (w ** 2).sum(); loss.backward(retain_graph=True)\nwith torch.no_grad(): w.mul_(2)",
    "graph with a hook of what is gone": W
    + "\ndef f():\n  p = w ** 2; p.register_hook(print); return p.mean()\nloss = f(); loss.backward()",
    "graph with notes": W
    + "\nwith torch.autograd.set_detect_anomaly(True):\n  loss = (w ** 2).sum(); loss.backward()",
    "graph of a leaf that has changed its kind": W
    + "loss = (w ** 2).sum(); loss.backward(); w.data = w.data.double(); w.grad = None",
    "graph with a step that lets through": W
    + "loss = (1 - (w ** 2)).prod() * 0 - (1 - (w ** 2).sum()); loss.backward()",
    "graph written into": W + "p = w ** 2; p.sum().backward(); p[0] = 5",
    "part of a result": W + "p = (w ** 2)[0]; p.backward()",
    "gradient of a result": W + "p = w ** 2; p.retain_grad(); p.sum().backward()",
    "hook of a result": W + "p = w ** 2; h = p.register_hook(print); p.sum().backward(); del h",
    "step of one's own": """
import torch
class F(torch.autograd.Function):
  @staticmethod
  def forward(ctx, x): ctx.save_for_backward(x); return x * 2
  @staticmethod
  def backward(ctx, g): return g * ctx.saved_tensors[0]
w = torch.ones(2, requires_grad=True); p = F.apply(w); p.sum().backward()
""",
    "leaf that was frozen": W + "p = w ** 2; p.sum().backward(); w.requires_grad_(False)",
    "shared with a tensor": "import torch, numpy as np\na = np.ones(3); t = torch.from_numpy(a)",
    "bytes under an array": "import numpy as np\nraw = bytearray(8); a = np.frombuffer(raw, 'u1')",
    "removed from a set": "s = set('abcdefgh'); s.remove('a')",
    "own reduction": "class A:\n  def __getstate__(self): return {}\na = A()",
    "told of subclasses": "class A:\n  def __init_subclass__(cls): pass\nclass B(A): pass",
    "removed name": "del get_ipython",
    "module of its own": "import types\nm = types.ModuleType('m')",
}
"""Of what no checkpoint is made."""
