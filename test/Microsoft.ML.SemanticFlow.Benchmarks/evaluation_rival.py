# Licensed under the MIT License.
# See LICENSE in the project root for license information.
"""Times NumPy's bincount and the original's boundary F on one pair of masks: evaluation_rival.py FOLDER HEIGHT WIDTH CLASSES."""
import math
import sys
import time

import numpy as np
from scipy import ndimage

folder, height, width, classes = sys.argv[1], *map(int, sys.argv[2:5])
truth, prediction = (np.fromfile(f"{folder}/{name}.u8", np.uint8).reshape(height, width) for name in ("truth", "prediction"))


def fast_hist(pred, gt):
    mask = (gt >= 0) & (gt < classes)
    hist = np.bincount(classes * gt[mask].astype(int) + pred[mask], minlength=classes**2)
    return hist.reshape(classes, classes)


def seg2bmap(seg):
    e, s, se = np.zeros_like(seg), np.zeros_like(seg), np.zeros_like(seg)
    e[:, :-1] = seg[:, 1:]
    s[:-1, :] = seg[1:, :]
    se[:-1, :-1] = seg[1:, 1:]
    b = seg ^ e | seg ^ s | seg ^ se
    b[-1, :] = seg[-1, :] ^ e[-1, :]
    b[:, -1] = seg[:, -1] ^ s[:, -1]
    b[-1, -1] = 0
    return b


def boundary(fg, gt, void, bound):
    radius = math.ceil(bound * math.hypot(*fg.shape))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disk = x * x + y * y <= radius * radius
    fg, gt = fg.copy(), gt.copy()
    fg[void], gt[void] = False, False
    fg_b, gt_b = seg2bmap(fg), seg2bmap(gt)
    fg_dil, gt_dil = ndimage.binary_dilation(fg_b, disk), ndimage.binary_dilation(gt_b, disk)  # what skimage's binary_dilation calls
    n_fg, n_gt = fg_b.sum(), gt_b.sum()
    precision = 1 if n_fg == 0 else (fg_b & gt_dil).sum() / n_fg
    recall = 1 if n_gt == 0 else (gt_b & fg_dil).sum() / n_gt
    return 0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def timed(name, work, repeats):
    work()
    start = time.process_time()
    for _ in range(repeats):
        work()
    print(f"{name}\t{(time.process_time() - start) * 1000 / repeats}")


timed("NumPy bincount", lambda: fast_hist(prediction, truth), 5)
start = time.process_time()
for c in range(classes):
    boundary(prediction == c, truth == c, truth == 255, 0.00375)
print(f"the original's boundary F, one threshold\t{(time.process_time() - start) * 1000}")
