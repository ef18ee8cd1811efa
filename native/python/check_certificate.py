#!/usr/bin/env python3
"""Checks what `memo verify NET --data DATA --certificate CERTIFICATE` wrote, without memo: that the network in NET gives every row of
the certificate its label. Exact integers, standard library only.

    python3 check_certificate.py NET CERTIFICATE [--data ROWS.npz|ROWS.csv]

With --data every row is also compared with that file, so that nothing rests on how memo read it. Networks of cells (Theorem 7.3) are
the function that their training points, labels and lambda define. Exit code 0: confirmed; 1: not, and the first row that fails.
"""
import argparse, array, ast, base64, csv, gzip, hashlib, json, math, struct, sys, zipfile
from fractions import Fraction

CODES = {"U8": "B", "I8": "b", "I32": "i", "U32": "I", "F32": "f", "F64": "d", "uint8": "B", "float32": "f", "float64": "d"}


class Refused(Exception):
    pass


def require(condition, message):
    if not condition:
        raise Refused(message)


def vector(code, raw):
    values = array.array(code, raw)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def places(values):
    """Binary places behind the point of the finest value."""
    return max((value.as_integer_ratio()[1].bit_length() - 1 for value in values), default=0)


def integers(values, shift):
    return [int(value) << shift if isinstance(value, int) else
            value.as_integer_ratio()[0] << shift - value.as_integer_ratio()[1].bit_length() + 1 for value in values]


def squared(a, b):
    return sum((x - y) * (x - y) for x, y in zip(a, b))


class Cells:
    """F(x) = sum over i of y_i ReLU(r - sum over j of ReLU(-S_ij(x))), 2 S_ij = D_j - D_i - (2 lambda - 1) P_ij."""

    def __init__(self, meta, tensors):
        (code, (count, n), raw), self.labels = tensors["training_points"], vector("i", tensors["labels"][2])
        values = vector(CODES[code], raw)
        self.points = [values[i * n:(i + 1) * n] for i in range(count)]
        self.p, self.q = map(int, meta["lambda"].split("/"))
        require(self.q < 2 * self.p < 2 * self.q, "lambda is not between 1/2 and 1")
        seen = {}  # equal points, -0.0 and 0.0 being the same number
        for point, label in zip(self.points, self.labels):
            require(seen.setdefault(tuple(point), label) == label, "two equal training points have different labels")
        self.shift, self.scaled, self.least = places(values) if code != "U8" else 0, {}, None

    def at(self, shift):
        if shift not in self.scaled:
            self.scaled = {shift: [integers(point, shift) for point in self.points]}
        return self.scaled[shift]

    def least_other(self):
        if self.least is None:  # min P over points of different labels
            points = self.at(self.shift)
            self.least = min(squared(a, b) for i, a in enumerate(points) for j, b in enumerate(points[:i]) if self.labels[i] != self.labels[j])
        return self.least

    def check(self, line, x, label, _):
        i, p, q = line["point"], self.p, self.q
        require(type(i) is int and 0 <= i < len(self.points) and self.labels[i] == label, "its point has another label, or there is none")
        if x is None:  # equals point i: S_ij = (1 - lambda) P_ij > 0, so that -u_i = r > 0; Lemma A: no other label fires
            return self.points[i]
        shift = max(self.shift, places(x) if x.typecode != "B" else 0)
        points, x_ = self.at(shift), integers(x, shift)
        near, beyond = squared(x_, points[i]), 0
        for j, point in enumerate(points):
            if self.labels[j] != label:
                far = squared(x_, point)
                require(far > near, f"point {j} of another label is as near as point {i}")  # Lemma A: they do not fire
                if q * (far - near) < 2 * (2 * p - q) * (near + far):  # else S_ij >= 0, as P_ij <= 2 (D_i + D_j)
                    beyond += max(0, (2 * p - q) * squared(points[i], point) - q * (far - near))  # ReLU(-2 q S_ij)
        require(beyond == 0 or beyond < (2 * p - q) * (self.least_other() << 2 * (shift - self.shift)), f"the neuron of point {i} does not fire")
        return x


class Layers:
    """ReLU layers of integers of any size: sparse rows, then biases; the last layer without ReLU."""

    def __init__(self, meta, tensors):
        sizes, rows, columns, limb_starts, limbs, signs = (vector(CODES[tensors[name][0]], tensors[name][2])
            for name in ("layer_sizes", "row_starts", "columns", "limb_starts", "limbs", "signs"))
        numbers = [sign * sum(limbs[k] << 32 * (k - a) for k in range(a, b)) for sign, a, b in zip(signs, limb_starts, limb_starts[1:])]
        self.exponent, self.readout, self.layers, row = int(meta["input_exponent"]), meta["readout"], [], 0
        for outputs in sizes[1:]:
            self.layers.append([(columns[rows[r]:rows[r + 1]], numbers[rows[r]:rows[r + 1]], numbers[len(columns) + r])
                                for r in range(row, row + outputs)])
            row += outputs

    def check(self, line, x, label, scale):
        require(x is not None, "it has no values")
        unit = Fraction(2) ** -self.exponent  # x / 2^exponent; between the integers everything is multiplied by 2^shift
        inputs = [Fraction(value) * unit for value in x]
        shift = max(value.denominator.bit_length() - 1 for value in inputs)
        values = [int(value * 2 ** shift) for value in inputs]
        for k, layer in enumerate(self.layers):
            sums = [(bias << shift) + sum(w * values[c] for c, w in zip(columns, weights)) for columns, weights, bias in layer]
            values = sums if k == len(self.layers) - 1 else [max(0, each) for each in sums]
        value = Fraction(values[0], 2 ** shift)
        require(value == int(line["value"]) * scale, f"F is {value}, not what the certificate says")
        if self.readout == "sign":
            require(value != 0 and (value > 0) == (label == 1), f"F is {value}, the sign of another label")
        else:
            require(abs(value - (label + 1)) < Fraction(1, 2), f"F is {value}, another label's")
        return x


def load_network(path):
    with open(path, "rb") as file:
        content = file.read()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    meta, data = header.pop("__metadata__"), content[8 + length:]
    digest = meta["sha256"].encode()
    require(hashlib.sha256(content.replace(digest, b"0" * 64, 1)).hexdigest().encode() == digest, "the network file is damaged")
    tensors = {name: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])]) for name, t in header.items()}
    return meta, (Cells if "training_points" in tensors else Layers)(meta, tensors)


def load_array(file):
    require(file.read(6) == b"\x93NUMPY", "no .npy array")
    major, _ = file.read(2)
    header = ast.literal_eval(file.read(struct.unpack("<H" if major == 1 else "<I", file.read(2 if major == 1 else 4))[0]).decode())
    require(not header["fortran_order"] and header["descr"][0] in "<|", "arrays must be little-endian, in C order")
    codes = {"u1": "B", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q"}
    return header["shape"], vector(codes[header["descr"][1:]], file.read())


def load_rows(path):
    if path.endswith(".npz"):
        with zipfile.ZipFile(path) as archive, archive.open("x.npy") as x, archive.open("y.npy") as y:
            (shape, values), (_, labels) = load_array(x), load_array(y)
        n = math.prod(shape[1:])
        return [(values[i * n:(i + 1) * n].tolist(), str(label)) for i, label in enumerate(labels)]
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    try:
        [float(value) for value in lines[0][:-1]]
    except ValueError:
        lines = lines[1:]  # a header
    return [([float(value) for value in line[:-1]], line[-1].strip()) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("certificate")
    parser.add_argument("--data", help="a .npz with x and y, or a .csv with the label last")
    arguments = parser.parse_args()
    row = None
    try:
        meta, network = load_network(arguments.network)
        classes, data = json.loads(meta["classes"]), load_rows(arguments.data) if arguments.data else None
        with open(arguments.certificate, encoding="utf-8") as file:
            header = json.loads(file.readline())
            require(header.get("format") == "memo-certificate" and header.get("version") == 1, "no certificate of a version known here")
            require(header["network_sha256"] == meta["sha256"], "the certificate is another network's")
            scale, code, confirmed = Fraction(header.get("scale", "1/1")), CODES[header["dtype"]], set()
            for text in file:
                line = json.loads(text)
                row = line["row"]
                require(type(row) is int and row >= 0 and row not in confirmed, "it comes twice, or is no row")
                require(str(line["label"]) in classes, "its label is none of the network's classes")
                x = vector(code, base64.b64decode(line["x"], validate=True)) if "x" in line else None
                require(x is None or len(x) == int(meta["dimension"]), "it has another number of features")
                values = network.check(line, x, classes.index(str(line["label"])), scale)
                if data is not None:
                    require(row < len(data), "the data has no such row")
                    require(data[row][0] == list(values) and data[row][1] == str(line["label"]), "the data has other values or another label")
                confirmed.add(row)
            row = None
            require(len(confirmed) == header["rows"] > 0, f"{len(confirmed)} rows, but the header says {header['rows']}: cut off")
    except (Refused, OSError, ValueError, KeyError, TypeError, IndexError, struct.error, zipfile.BadZipFile, OverflowError) as error:
        problem = f"it lacks {error}" if isinstance(error, KeyError) else error
        print(f"NOT confirmed{'' if row is None else f', row {row}'}: {problem}")
        return 1
    print(f"{len(confirmed)} rows confirmed" + (f" of {len(data)} in {arguments.data}" if data is not None else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
