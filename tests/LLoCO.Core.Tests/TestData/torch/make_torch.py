"""Writes torch-1.13.pth with PyTorch 1.13 itself: views, a parameter, number formats and a module's state dictionary."""
import collections

import torch

x = torch.arange(24, dtype=torch.float32).reshape(4, 6)
plain = collections.OrderedDict(
    whole=x, transposed=x.t(), columns=x[:, 2:5], scalar=x[3, 5], parameter=torch.nn.Parameter(x[2]), bf16=x.bfloat16(),
    half=x.half(), long=x.long())
module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
for parameter, value in zip(module.parameters(), [0.5, 1.5, -2.0, 0.25]):
    torch.nn.init.constant_(parameter, value)
torch.save({"plain": dict(plain), "module": module.state_dict(), 7: x[0]}, "torch-1.13.pth")
