"""Training steps of the authors' code in PyTorch, one for each line on standard input; answers with wall and CPU seconds.

Arguments: checkout of lxtGH/SFSegNets, network (dfv1 or lite-r18), crop, batch, threads.
"""
import os
import sys
import time
import types

checkout, name, crop, batch, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
sys.path.insert(0, checkout)

# Apex is not on a CPU machine; the code only marks functions with it.
apex = types.ModuleType("apex")
apex.amp = types.SimpleNamespace(float_function=lambda function: function)
sys.modules["apex"] = apex

import torch
import torch.nn as nn
import torch.nn.functional as functional
from config import cfg

CLASSES = 11
MODELS = {
    "sfnet-dfv1": ("network.sfnet_dfnet", "AlignedDFnetv1"),
    "sfnet-lite-r18": ("network.sfnet_resnet", "DeepR18_SFV2_deeply_dsn_FA_Atten"),
}


def criterion(output, labels):
    main = output[0] if isinstance(output, (list, tuple)) else output
    main = functional.interpolate(main, labels.shape[1:], mode="bilinear", align_corners=True)
    return functional.cross_entropy(main, labels, ignore_index=255)


def create():
    # The weights do not matter for time, and the pre-trained ones are not here.
    load, load_state = torch.load, nn.Module.load_state_dict
    torch.load, nn.Module.load_state_dict = (lambda *_, **__: {}), (lambda *_, **__: None)
    sys.stdout, told = sys.stderr, sys.stdout
    try:
        module, function = MODELS[name]
        cfg.immutable(False)
        cfg.MODEL.BNFUNC = nn.BatchNorm2d
        return getattr(__import__(module, fromlist=[function]), function)(CLASSES, criterion)
    finally:
        torch.load, nn.Module.load_state_dict, sys.stdout = load, load_state, told


torch.set_num_threads(threads)
torch.manual_seed(1)
network = create().train()
optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, weight_decay=5e-4)
images = torch.randn(batch, 3, crop, crop)
labels = torch.randint(0, CLASSES, (batch, crop, crop))
print(torch.__version__, flush=True)
for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    network(images, gts=labels).backward()
    optimizer.step()
    print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
