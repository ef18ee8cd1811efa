#!/usr/bin/env python3
"""Memorization networks beside trained ones on pairs of CIFAR-10 classes, the first 3000 training images of each, as in the paper's
Table 3: a ResNet18 (torchvision's layers, written out) trained for 20 epochs by SGD with momentum, a one-cycle rate and mirrored
images, and scikit-learn's support vector machine (RBF, default settings) on raw pixels. Accuracy on the first 1,000 test images of
the two classes, and seconds to build or train. A comparison of what is right, not of speed: one round.
"""
import json
import subprocess
import time

import datasets
import sidebyside

PAIRS = [(3, 5), (0, 8), (4, 7)]  # cat-dog, airplane-ship, deer-horse


def memo(options, pair, each, *features):
    """Accuracy of `cells`, its abstentions, and seconds with features and verification, of `memo pairs`."""
    command = [options.memo, "pairs", "--quiet", "--json", "--data", "cifar-10", "--per-class", str(each), "--pairs", f"{pair[0]}-{pair[1]}",
               "--threads", str(options.threads), *features]
    result = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert result["pairs"][0]["memorized"]
    return result["mean_accuracy"]["cells"], result["seconds"]


def support_vectors(numpy, svm, training, test):
    start = time.perf_counter()
    machine = svm.SVC().fit(training[0].astype(numpy.float32) / 255, training[1])
    seconds = time.perf_counter() - start
    return (machine.predict(test[0].astype(numpy.float32) / 255) == test[1]).mean(), seconds


def resnet18(torch):
    """He et al., 2015, with torchvision's layers: a 7 x 7 convolution and pooling, then four stages of two blocks."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
            self.shortcut = nn.Identity() if inputs == outputs and stride == 1 else nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

        def forward(self, x):
            return torch.relu(self.layers(x) + self.shortcut(x))

    stages = [Block(a, b, stride) for a, b, stride in ((64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1),
                                                       (256, 512, 2), (512, 512, 1))]
    return nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1), *stages,
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 2))


def train(numpy, torch, training, test, epochs, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)

    def images(points):
        return (torch.from_numpy(points.reshape(-1, 3, 32, 32).astype(numpy.float32)) / 255 - 0.5) / 0.25

    x, y = images(training[0]), torch.from_numpy(training[1].astype(numpy.int64))
    network, batch = resnet18(torch), 128
    steps = (len(x) + batch - 1) // batch
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=epochs * steps)
    start = time.perf_counter()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for k in range(steps):
            rows = order[k * batch:(k + 1) * batch]
            taken = x[rows]
            mirrored = torch.rand(len(rows)) < 0.5
            taken[mirrored] = taken[mirrored].flip(3)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(taken), y[rows]).backward()
            optimizer.step()
            schedule.step()
    seconds = time.perf_counter() - start
    network.eval()
    with torch.no_grad():
        given = torch.cat([network(part).argmax(1) for part in images(test[0]).split(256)]).numpy()
    return (given == test[1]).mean(), seconds


def main():
    options = sidebyside.arguments(__doc__, rounds=1)
    numpy, torch, svm = sidebyside.require("numpy", "torch", "sklearn.svm")
    each, epochs, pairs = (100, 1, PAIRS[:1]) if options.quick else (3000, 20, PAIRS)
    points, labels = datasets.cifar(numpy, 1, 2, 3, 4)
    queries, truth = datasets.cifar_test(numpy)
    print("| pair | cells, raw | cells, conv, pure | cells, conv, normalized | SVM, raw | ResNet18 |\n|---|---|---|---|---|---|")
    for pair in pairs:
        rows = numpy.sort(numpy.concatenate([numpy.flatnonzero(labels == k)[:each] for k in pair]))
        asked = numpy.isin(truth[:1000], pair)
        training = points[rows], (labels[rows] == pair[1]).astype(int)
        test = queries[:1000][asked], (truth[:1000][asked] == pair[1]).astype(int)
        results = [memo(options, pair, each), memo(options, pair, each, "--features", "conv"),
                   memo(options, pair, each, "--features", "conv", "--grade", "normalized"),
                   support_vectors(numpy, svm, training, test), train(numpy, torch, training, test, epochs, options.threads)]
        print(f"| {pair[0]}-{pair[1]} ({len(test[1])}) | " + " | ".join(f"{right:.4f} ({seconds:.1f} s)" for right, seconds in results) + " |",
              flush=True)


if __name__ == "__main__":
    main()
