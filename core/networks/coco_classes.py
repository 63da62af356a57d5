"""The 80 classes of COCO in the order and the words of Darknet's networks (coco.names). Torch-free.

Lin et al., Microsoft COCO: Common Objects in Context, 2014, arXiv:1405.0312. Darknet says aeroplane, diningtable,
motorbike, pottedplant, sofa and tvmonitor, as PASCAL VOC does, where COCO says airplane, dining table, motorcycle, potted
plant, couch and tv.
"""

# fmt: off
COCO = (
    "person", "bicycle", "car", "motorbike", "aeroplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis",
    "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich",
    "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "sofa", "pottedplant", "bed",
    "diningtable", "toilet", "tvmonitor", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave",
    "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier",
    "toothbrush",
)
# fmt: on

_NOBODYS = (0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
"""Numbers of COCO's own list without a thing: the background, and what was dropped before the photos were marked."""

CATEGORIES = tuple(number for number in range(91) if number not in _NOBODYS)
"""Of each class its number in COCO's own list of 91, in which torchvision's networks answer."""
