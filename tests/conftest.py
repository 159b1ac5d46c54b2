"""What every test relies on; shapes and types of `lib` are checked through pytest's addopts."""

import torch

# Two threads fighting for two cores can be many times slower than one, and tests measure nothing.
torch.set_num_threads(1)
