"""What pictures of ImageNet look like on average: red, green and blue in [0, 1]. Torch-free."""

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
