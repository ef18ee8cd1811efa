// The data sets that have names, where they come from and what they are worth citing for.

namespace Memo.Data;

/// <summary>The named data sets.</summary>
internal static class DataCatalogue
{
    /// <summary>All entries.</summary>
    public static IReadOnlyList<CatalogueEntry> Entries => All;

    internal static CatalogueEntry[] All { get; } =
    [
        new("digits", "handwritten digits, embedded in the program; the first 1,000 rows are for training",
            "1,000 + 797 x 64 (8 x 8), uint8 in 0..16, classes 0 to 9")
        {
            Attribution = "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning " +
                          "Repository, 1998, doi:10.24432/C50P49",
            Licence = "CC BY 4.0",
            Homepage = new Uri("https://archive.ics.uci.edu/dataset/80"),
            IsEmbedded = true,
        },
        new("mnist", "handwritten digits", "60,000 + 10,000 x 784 (28 x 28), uint8, classes 0 to 9")
        {
            Attribution = "Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST Database of Handwritten Digits, 1998",
            Licence = "CC BY-SA 3.0",
            Homepage = new Uri("http://yann.lecun.com/exdb/mnist/"),
            Sources =
            [
                new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                new Uri("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            ],
            Files =
            [
                new("train-images-idx3-ubyte.gz", 9_912_422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
                new("train-labels-idx1-ubyte.gz", 28_881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    "d53e105ee54ea40749a09fcbcd1e9432"),
                new("t10k-images-idx3-ubyte.gz", 1_648_877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    "9fb629c4189551a2d022fa330f9573f3"),
                new("t10k-labels-idx1-ubyte.gz", 4_542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    "ec29112dd5afa0611ce80d1b7f02629c"),
            ],
        },
        new("fashion-mnist", "grey images of clothing", "60,000 + 10,000 x 784 (28 x 28), uint8, classes 0 to 9")
        {
            Attribution = "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017",
            // its README, "Labels", shortened
            ClassNames =
            [
                "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
            ],
            Licence = "MIT",
            Homepage = new Uri("https://github.com/zalandoresearch/fashion-mnist"),
            Sources = [new Uri("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/")],
            // Debian's dataset-fashion-mnist packs the same images anew, so its files have other checksums.
            SystemFolder = "/usr/share/datasets/fashion-mnist",
            SystemPackage = "dataset-fashion-mnist",
            Files =
            [
                new("train-images-idx3-ubyte.gz", 26_421_880,
                    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                    "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                new("train-labels-idx1-ubyte.gz", 29_515,
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    "25c81989df183df01b3e8a0aad5dffbe"),
                new("t10k-images-idx3-ubyte.gz", 4_422_102,
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    "bef4ecab320f06d8554ea6380940ec79"),
                new("t10k-labels-idx1-ubyte.gz", 5_148,
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    "bb300cfdad3c16e7a12a480ee83cd310"),
            ],
        },
        new("cifar-10", "colour photographs of animals and vehicles",
            "50,000 + 10,000 x 3072 (3 x 32 x 32), uint8, classes 0 to 9")
        {
            ClassNames = // its batches.meta.txt
                ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
            Attribution = "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
            Licence = "none stated; its author asks for citation",
            Homepage = new Uri("https://www.cs.toronto.edu/~kriz/cifar.html"),
            Sources = [new Uri("https://www.cs.toronto.edu/~kriz/")],
            Files =
            [
                new("cifar-10-binary.tar.gz", 170_052_171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    "c32a1d4ab5d03f1284b67883e8d87530"),
            ],
        },
    ];

    /// <summary>The entry of that name.</summary>
    /// <exception cref="MemoException">No such name; the message lists the names.</exception>
    public static CatalogueEntry Find(string name) =>
        All.FirstOrDefault(entry => entry.Name == name) ??
        throw new MemoException($"'{name}': no data set of this name; the catalogue has " +
            $"{string.Join(", ", All.Select(entry => entry.Name))}");
}
