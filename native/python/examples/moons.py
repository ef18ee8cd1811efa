# %% [markdown]
# # What a memorizing network knows of the plane
#
# A network is constructed from two noisy moons. It reproduces every training label, provably, and says where it does
# not know. Run the cells one by one in an editor that understands `# %%`, or all at once: `python3 moons.py
# [moons.png]`.

# %%
import sys

import matplotlib

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import EllipseCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from memo_engine import Network, load_data, measure

BLUE, ORANGE, INK = "#2f6db3", "#e07b28", "#222222"

# %% [markdown]
# ## Data, and how hard it is
#
# The separation is the least distance between two samples of different classes: what any network must resolve.

# %%
X, y = load_data("moons?count=160")
hardness = measure(X, y)
print(f"{len(X)} samples, separation {hardness.separation:.4f}, closest: rows {hardness.closest}")

# %% [markdown]
# ## A network for each lambda
#
# `lambda_` says where the walls between two samples stand: at 51/100 nearly midway, at 3/5 a tenth of their distance
# further towards each, which leaves a wider band where the network is exactly 0 and abstains.

# %%
networks = {text: Network.build(X, y, lambda_=text) for text in ("51/100", "3/5")}
for network in networks.values():
    proof = network.verify(X, y)
    assert proof.memorized
    print(f"lambda {network.lambda_}: {network.parameters:,} parameters, all {proof.rows} labels proved")

# %% [markdown]
# ## Every pixel is an exact answer

# %%
margin = 0.35
(left, bottom), (right, top) = X.min(axis=0) - margin, X.max(axis=0) + margin
columns = 560
rows = round(columns * (top - bottom) / (right - left))
across, up = np.linspace(left, right, columns), np.linspace(bottom, top, rows)
plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)

answers = {text: network.evaluate(plane, radii=True) for text, network in networks.items()}
for text, answer in answers.items():
    print(f"lambda {text}: abstains on {answer.abstained.mean():.1%} of the plane")

# %% [markdown]
# ## The picture
#
# Colour says the class, deeper where the certified radius is larger: the distance within which the answer cannot
# change. The white band is where the network abstains. Circles are certified balls around every fifth
# training sample of a class.

# %%
figure, axes = plt.subplots(1, 2, figsize=(12, 4.35), sharex=True, sharey=True, layout="constrained")
first, second = networks["3/5"].classes
for axis, (text, answer) in zip(axes, answers.items()):
    depth = np.sqrt(answer.radii / max(a.radii.max() for a in answers.values()))
    strength = np.where(answer.abstained, 0, 0.22 + 0.48 * depth)
    colours = np.where(
        answer.labels[:, None] == first, matplotlib.colors.to_rgb(BLUE), matplotlib.colors.to_rgb(ORANGE)
    )
    image = 1 - strength[:, None] * (1 - colours)
    axis.imshow(
        image.reshape(rows, columns, 3), extent=(left, right, bottom, top), origin="lower", interpolation="nearest"
    )

    radii = networks[text].evaluate(X, values=False, radii=True).radii
    for label, colour in ((first, BLUE), (second, ORANGE)):
        own = X[y == label]
        shown, diameters = own[::5], 2 * radii[y == label][::5]
        balls = EllipseCollection(
            diameters, diameters, np.zeros(len(shown)), units="x", offsets=shown, offset_transform=axis.transData
        )
        balls.set(facecolor="none", edgecolor=colour, linewidth=0.9, alpha=0.8)
        axis.add_collection(balls)
        axis.plot(*own.T, "o", color=colour, markersize=4.2, markeredgecolor="white", markeredgewidth=0.6)
    axis.set_title(
        f"λ = {text}: abstains on {answer.abstained.mean():.1%}, mean certified radius "
        f"{answer.radii[~answer.abstained].mean():.3f}",
        fontsize=10.5,
        color=INK,
    )
    axis.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    for spine in axis.spines.values():
        spine.set_color("#cccccc")

figure.legend(
    handles=[
        Line2D([], [], marker="o", linestyle="", color=BLUE, label=f"class {first}"),
        Line2D([], [], marker="o", linestyle="", color=ORANGE, label=f"class {second}"),
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            markersize=11,
            markerfacecolor="none",
            color="#777777",
            label="certified ball",
        ),
        Patch(facecolor="white", edgecolor="#bbbbbb", label="abstains: F(x) is exactly 0"),
    ],
    loc="upper center",
    bbox_to_anchor=(0.5, 0.01),
    ncols=4,
    frameon=False,
    fontsize=9.5,
)
figure.suptitle("A network that cannot be wrong about its own data", fontsize=13, color=INK)
path = sys.argv[1] if len(sys.argv) > 1 and "ipykernel" not in sys.modules else "moons.png"
figure.savefig(path, dpi=150, bbox_inches="tight")
print(f"picture: {path}")

# %% [markdown]
# ## The same on digits
#
# Bytes are computed in integers. The network for 1,000 images and more stands for millions of neurons, of which none is
# stored.

# %%
digits, labels = load_data("digits")
network = Network.build(digits, labels)
queries, truth = load_data("digits", "test")
answer = network.evaluate(queries, radii=True)
print(network)
print(
    f"digits: {np.mean(answer.labels == truth):.2%} right, {answer.abstained.mean():.2%} abstained, "
    f"median certified radius {np.median(answer.radii):.2f}"
)
