"use strict";
// One function for each command: what its object looks like.

const MOST_GRID = 40; // classes; more would be cells too small to read

const pages = { pairs: showPairs, curve: showCurve, measure: showMeasure, eval: showEval, explain: showExplain };

function showPairs() {
    const methods = result.methods;
    tiles([
        ...methods.flatMap(method => [[`mean accuracy, ${method}`, percent(result.mean_accuracy[method]), `${percent(result.mean_abstained[method])} abstained`]]),
        ["nearest neighbour", percent(result.mean_nearest_neighbour), "mean over the pairs"],
        ["pairs", count(result.pairs.length / methods.length), result.per_class === null ? "all training samples" : `${count(result.per_class)} training samples a class`],
        ["memorized", result.pairs.every(pair => pair.memorized) ? "all" : `${count(result.pairs.filter(pair => pair.memorized).length)} of ${count(result.pairs.length)}`,
            "networks that give every training sample its label, proved exactly"],
        ...featureTile(result.features && (result.features.fit === "pair" ? "fitted to each pair alone" : "fitted to all classes")),
        ["time", seconds(result.seconds)],
    ]);
    const classes = [...new Set(result.pairs.flatMap(pair => [pair.a, pair.b]))].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
    heading("Every pair of classes");
    const place = h("div", { class: "panel" });
    main.append(place);
    if (classes.length <= MOST_GRID && classes.length > 1) pairGrid(place, methods, classes);
    else
        place.append(note(`${count(classes.length)} classes are too many for a table of pairs that can be read; here is how the accuracies are spread. The table below has every pair.`),
            chart("Pairs by their accuracy", "Each bar counts pairs whose accuracy lies in a range.", width => Plot.plot({
                width, height: 260, marginLeft: 60, style: plotStyle, x: { label: "accuracy, %" }, y: { label: "pairs", grid: true },
                fx: methods.length > 1 ? { domain: methods } : undefined,
                marks: [Plot.rectY(result.pairs, Plot.binX({ y: "count" }, { x: pair => 100 * pair.accuracy, fx: methods.length > 1 ? "method" : undefined, fill: palette[0], tip: true })), Plot.ruleY([0])],
            })));
    main.append(table("All pairs and methods", [
        { key: "method" }, { key: "a", label: "-1", format: className }, { key: "b", label: "+1", format: className },
        ...["train", "test", "right", "wrong", "abstained"].map(key => ({ key, number: true, format: count })),
        { key: "accuracy", number: true, format: percent },
        { key: "nearest_neighbour", label: "nearest neighbour", number: true, format: percent },
        { key: "memorized", format: value => value ? "yes" : "NO" },
        ...["parameters", "width", "depth", "bits"].map(key => ({ key, number: true, format: count })),
        ...["build_seconds", "verify_seconds", "eval_seconds"].map(key => ({ key, label: key.replace("_seconds", ", s"), number: true, format: number })),
    ], result.pairs, { limit: 50 }));
    if (result.hardest_pair) {
        heading(`The hardest pair: ${className(result.hardest_pair.a)} against ${className(result.hardest_pair.b)}`);
        main.append(note(`The pair that ${result.hardest_pair.method} is least accurate on, built anew for a look at its test samples. Training points are numbered within the pair.`));
        showGallery(result.hardest_pair.gallery);
    }
}

// What stands before the networks: of grade pure a ReLU network in the paper's sense.
function featureTile(more) {
    const layers = result.features;
    return layers ? [["features", `${layers.kind}, ${layers.grade}`, [more, `projection: ${layers.projection}, dimension ${count(layers.dimension)}`].filter(Boolean).join("; ")]] : [];
}

function pairGrid(place, methods, classes) {
    const measures = {
        accuracy: ["accuracy", pair => pair.accuracy],
        abstained: ["abstained", pair => pair.abstained / pair.test],
        wrong: ["wrong", pair => pair.wrong / pair.test],
        neighbour: ["nearest neighbour", pair => pair.nearest_neighbour],
        gain: ["accuracy less nearest neighbour", pair => pair.accuracy - pair.nearest_neighbour],
    };
    const method = h("select", { "aria-label": "method", onchange: draw }, methods.map(name => h("option", { value: name }, name)));
    const measure = h("select", { "aria-label": "what the colours show", onchange: draw },
        Object.entries(measures).map(([key, [name]]) => h("option", { value: key }, name)));
    const body = h("div");
    place.append(h("div", { class: "tools" }, methods.length > 1 ? h("label", {}, "Method ", method) : null, h("label", {}, "Shown ", measure)), body);
    draw();
    function draw() {
        const [name, value] = measures[measure.value];
        const pairs = new Map(result.pairs.filter(pair => pair.method === method.value).map(pair => [`${pair.a} ${pair.b}`, pair]));
        const all = [...pairs.values()].map(value), low = Math.min(...all), high = Math.max(...all);
        body.replaceChildren(grid({
            caption: `${name} of ${method.value}: rows are the class -1, columns the class +1`, corner: "%",
            rows: classes.filter(a => classes.some(b => pairs.has(`${a} ${b}`))), columns: classes.filter(b => classes.some(a => pairs.has(`${a} ${b}`))),
            cell(a, b) {
                const pair = pairs.get(`${a} ${b}`);
                return pair && {
                    ...shade(high > low ? (value(pair) - low) / (high - low) : 1), text: (100 * value(pair)).toFixed(1), failed: !pair.memorized,
                    label: `${className(a)} against ${className(b)}: ${name} ${percent(value(pair))}`,
                };
            },
            describe(a, b) {
                const pair = pairs.get(`${a} ${b}`);
                return [
                    h("strong", {}, `${className(a)} (-1) against ${className(b)} (+1), ${pair.method}`),
                    h("div", {}, `${count(pair.right)} right, ${count(pair.wrong)} wrong, ${count(pair.abstained)} abstained of ${count(pair.test)} test samples: ` +
                        `accuracy ${percent(pair.accuracy)}, nearest neighbour ${percent(pair.nearest_neighbour)}`),
                    h("div", {}, `${count(pair.train)} training samples ${pair.memorized ? "memorized, proved exactly" : "NOT memorized"}; ` +
                        `${count(pair.parameters)} parameters, width ${count(pair.width)}, depth ${count(pair.depth)}, ${count(pair.bits)} bits; built in ${seconds(pair.build_seconds)}`),
                ];
            },
        }));
    }
}

function showCurve() {
    const rows = result.summary, methods = result.methods, tested = rows.some(row => row.accuracy !== null), last = result.sizes.at(-1);
    tiles([
        ...(tested ? methods.map(method => {
            const row = rows.filter(each => each.method === method && each.accuracy !== null).at(-1);
            return row && [`${method} at ${count(row.samples)}`, spread(row.accuracy, row.accuracy_deviation, percent), `${spread(row.abstained, row.abstained_deviation, percent)} abstained`];
        }) : []),
        ["seeds", count(result.seeds.length), "draws of the training samples"],
        result.guarantee && [`guaranteed at ${count(last)}`, percent(result.guarantee.points.at(-1).accuracy),
            `Theorem 7.3, delta ${percent(result.guarantee.delta)}, with ${count(result.guarantee.nearby_set.upper)} balls for S_D`],
        ["memorized", result.memorized ? "all networks" : "NOT all", "proved exactly"],
        ["time", seconds(result.seconds)],
    ]);
    const deviation = result.seeds.length > 1 ? " Bars are a standard deviation over the seeds to either side." : "";
    const numbers = (caption, key, format) => table(caption, [
        { key: "method" }, { key: "samples", number: true, format: count }, { key, number: true, format }, { key: `${key}_deviation`, label: "deviation", number: true, format },
    ], rows);
    const charts = h("div", { class: "charts" });
    heading("Learning and growth");
    main.append(charts);
    if (tested) {
        charts.append(chart("Accuracy", `Share of the test samples that are answered rightly.${deviation}` + (result.guarantee ? " Dashed: what Theorem 7.3 guarantees for cells." : ""),
            series({ rows, y: "accuracy", deviation: "accuracy_deviation", names: methods, share: true, yLabel: "right, %",
                lines: result.guarantee ? [{ points: result.guarantee.points, y: "accuracy" }] : [] }), numbers("Accuracy by method and N", "accuracy", percent)));
        for (const [key, title] of [["wrong", "Wrong"], ["abstained", "Abstained"]])
            charts.append(chart(title, `Share of the test samples.${deviation}`,
                series({ rows, y: key, deviation: `${key}_deviation`, names: methods, share: true, yLabel: `${title.toLowerCase()}, %` }), numbers(`${title} by method and N`, key, percent)));
    }
    charts.append(chart("Parameters", "Those that grow with N, on logarithmic scales: of integer networks all but the first layer's, of the others those that are not zero.",
        series({ rows, y: "growing_parameters", names: methods, log: true, yLabel: "parameters" }), numbers("Parameters by method and N", "growing_parameters", number)));
    if (rows.some(row => row.kept !== null && row.kept !== row.samples))
        charts.append(chart("Samples kept", "Training points that the network holds: |D_s| of constant and condense, all of cells.",
            series({ rows: rows.filter(row => row.kept !== null), y: "kept", deviation: "kept_deviation", names: methods, log: true, yLabel: "|D_s|" }), numbers("Samples kept by method and N", "kept", number)));
    for (const [key, title, unit] of [["build_seconds", "Time to build", "s"], ["eval_microseconds", "Time of a label", "µs"]])
        charts.append(chart(title, "Each dot is a network.", series({ rows: result.points, y: key, names: methods, log: true, dotsOnly: true, yLabel: unit })));
    if (result.coverage.length > 0) {
        heading("Coverage against accuracy");
        main.append(chart(`cells at ${count(last)} samples as lambda varies`,
            "Larger lambda move the walls towards the training points: fewer samples are answered, and more of those rightly.", coverageChart(result.coverage),
            table("Coverage by lambda", [
                { key: "lambda" }, ...["coverage", "accuracy_of_covered", "accuracy"].flatMap(key => [
                    { key, label: key.replaceAll("_", " "), number: true, format: percent }, { key: `${key}_deviation`, label: "deviation", number: true, format: percent }]),
            ], result.coverage)));
    }
    heading("How fast parameters grow");
    main.append(table("Exponents of N, fitted by least squares in logarithms over N of at least 1,000", [
        { key: "method" }, { key: "fitted", number: true, format: number }, { key: "theorem", number: true, format: number },
        { key: "formula", format: value => value ?? "–" }, { key: "divided_by_code_bits", label: "over B", format: value => value ? "yes" : "no" },
    ], Object.entries(result.exponents).map(([method, fit]) => ({ method, ...fit }))));
    heading("Every network");
    const keys = Object.keys(result.points[0]);
    main.append(table("Points of the curve", keys.map(key => ({
        key, label: key.replaceAll("_", " "), number: typeof result.points[0][key] !== "string",
        format: value => value === null ? "–" : typeof value === "boolean" ? (value ? "yes" : "NO") : typeof value === "string" ? value : key === "accuracy" ? percent(value) : number(value),
    })), result.points));
}

function showMeasure() {
    const nearby = result.nearby_set;
    tiles([
        ["rows", count(result.rows), `${plural(result.dimension, "feature")}, ${count(result.classes.length)} classes`],
        ["separation c", number(result.separation), result.separation_on_unit_scale !== result.separation ? `${number(result.separation_on_unit_scale)} with the data scaled into [0, 1]` : "least distance of two classes"],
        ["label conflicts", count(result.conflicts), "rows that equal one of another class"],
        ["duplicates", count(result.duplicates), "rows that equal an earlier one of the class"],
        nearby && ["nearby set", nearby.lower === nearby.upper ? count(nearby.upper) : `${count(nearby.lower)} to ${count(nearby.upper)}`, "balls: an estimate of S_D"],
        nearby && ["samples needed", count(result.samples_required), `for an error of ${percent(result.epsilon)}, but for a chance of ${percent(result.delta)}`],
        nearby && ["error guaranteed", result.epsilon_at_n < 1 ? percent(result.epsilon_at_n) : "none", `by these ${count(result.rows)}: the bound is ${number(result.epsilon_at_n)}`],
        ["time", seconds(result.seconds)],
    ]);
    heading("How close the classes come");
    main.append(chart("Rows by their distance to the nearest row of another class", "The least of the distances is the separation bound c.",
        histogram(result.histogram, "distance, in the data's units"),
        table("Histogram", [{ key: "from", number: true, format: number }, { key: "to", number: true, format: number }, { key: "rows", number: true, format: count }], result.histogram)));
    heading("The closest rows");
    main.append(note("Rows whose nearest row of another class is nearest: where labels may be wrong, or the classes meet."));
    if (pictures.kind === "image")
        main.append(h("ul", { class: "gallery" }, result.closest.map(close => h("li", {}, h("div", { class: "pictures" },
            picture("points", close.point, `row ${count(close.row)}, ${className(close.label)}`),
            picture("points", close.other_point, `row ${count(close.other_row)}, ${className(close.other_label)}`)), h("p", {}, `distance ${number(close.distance)}`)))));
    if (pictures.kind === "plane")
        main.append(chart("The closest rows among all", cloudNote().replace("whose cells decide", "of another class"), planeChart(result.closest.map(close => ({
            x: pictures.points[close.point][0], y: pictures.points[close.point][1], what: `row ${close.row}, ${className(close.label)}`,
        })), result.closest.map(close => ({
            x1: pictures.points[close.point][0], y1: pictures.points[close.point][1], x2: pictures.points[close.other_point][0], y2: pictures.points[close.other_point][1],
        })))));
    main.append(table("Closest rows of different classes", [
        { key: "row", number: true, format: count }, { key: "label", format: className }, { key: "other_row", label: "other row", number: true, format: count },
        { key: "other_label", label: "label", format: className }, { key: "distance", number: true, format: number },
    ], result.closest));
    for (const [key, title] of [["conflict_rows", "Equal rows with different labels"], ["duplicate_rows", "Equal rows with equal labels"]])
        if (result[key].length > 0) {
            heading(title);
            main.append(table(`${title}, a group a line`, [{ key: "rows", value: group => group.join(" "), wide: true }], result[key]));
        }
    if (!nearby) {
        main.append(h("p", {}, "Rows of different classes are equal, so that no network memorizes the data as it is; nothing is promised for it."));
        return;
    }
    heading("What a memorizing network can promise");
    main.append(h("p", {}, "Theorem 7.3: with N ≥ S ln(S/δ)/ε samples, drawn independently, the network cells errs on a share of at most ε, with probability 1 - δ. " +
        `S is the nearby set's size of the distribution; that of this sample, ${nearby.lower === nearby.upper ? count(nearby.upper) : `between ${count(nearby.lower)} and ${count(nearby.upper)}`}, estimates it.`));
    main.append(chart("Error guaranteed against N", `For delta = ${percent(result.delta)}. The band lies between the two bounds on the nearby set; the dotted line is the data at hand.`,
        guaranteeChart(result.guarantee, result.rows, result.epsilon),
        table("Guarantee", ["samples", "epsilon_lower", "epsilon_upper"].map(key => ({ key, label: key.replace("_", ", "), number: true, format: number })), result.guarantee)));
    main.append(table("The paper's other bounds. Where there is a v, the number is the factor of that absolute constant, which the paper leaves open", [
        { key: "name" }, { key: "formula", wide: true }, { key: "log10", label: "power of ten", number: true, format: value => value === null ? "–" : number(value) },
    ], Object.entries(result.theorems).filter(([, theorem]) => theorem?.formula).map(([name, theorem]) => ({ name: name.replace(/_(\d)_(\d)/, " $1.$2"), ...theorem }))));
    main.append(note(`N_D is taken as ${result.theorems.n_d}.`));
    heading("How large networks would be");
    main.append(table("Sizes of the constructions on this data, without building them", [
        { key: "method" }, ...["parameters", "width", "depth", "bits"].map(key => ({ key, number: true, format: count })),
        { key: "is_bound", label: "at most", format: value => value ? "yes" : "no" }, { key: "formula", wide: true },
    ], result.sizes));
}

function showEval() {
    const classes = result.classes;
    tiles([
        ["right", percent(result.accuracy)], ["wrong", percent(result.wrong)], ["abstained", percent(result.abstained)],
        ["rows", count(result.rows), result.data], ["method", result.method], ["time", seconds(result.eval_seconds)],
        ...featureTile(),
    ]);
    heading("Confusion");
    const list = classes.flatMap((truth, t) => [...classes, null].map((given, g) => ({ truth, given, rows: result.confusion[t][g], right: t === g })));
    if (classes.length <= MOST_GRID) {
        const index = new Map(classes.map((name, k) => [name, k]));
        const cellOf = (truth, given) => result.confusion[index.get(truth)][given === null ? classes.length : index.get(given)];
        const sum = truth => result.confusion[index.get(truth)].reduce((total, value) => total + value, 0);
        const panel = h("div", { class: "panel" });
        panel.append(note("Rows are the true class, columns the class given, the last one abstentions; colours show shares of the row."), grid({
            caption: "Confusion matrix: rows are the true class, columns the class given", rows: classes, columns: [...classes, null],
            cell: (truth, given) => ({
                ...(cellOf(truth, given) ? shade(cellOf(truth, given) / sum(truth)) : { colour: "transparent", ink: "var(--faint)" }), text: count(cellOf(truth, given)),
                label: `${className(truth)} answered ${className(given)}: ${count(cellOf(truth, given))} rows`,
            }),
            describe: (truth, given) => [h("strong", {}, `${className(truth)} answered ${className(given)}`),
                h("div", {}, `${count(cellOf(truth, given))} of ${count(sum(truth))} rows: ${percent(sum(truth) ? cellOf(truth, given) / sum(truth) : 0)}`)],
        }));
        main.append(panel);
    } else
        main.append(note(`The confusion matrix of ${count(classes.length)} classes would be too large to read; here are its entries off the diagonal, and each class.`));
    const errors = list.filter(entry => !entry.right && entry.rows > 0).sort((a, b) => b.rows - a.rows);
    const confusions = table("Confusions, the most frequent first", [
        { key: "truth", format: className }, { key: "given", format: className }, { key: "rows", number: true, format: count }], errors);
    main.append(errors.length > 0 ? confusions : note("No row is answered wrongly, and the network abstains on none."));
    main.append(table("By class", [
        { key: "class", format: className }, ...["rows", "right", "wrong", "abstained"].map(key => ({ key, number: true, format: count })),
        { key: "accuracy", number: true, format: percent },
    ], classes.map((name, t) => {
        const row = result.confusion[t], rows = row.reduce((total, value) => total + value, 0);
        return { class: name, rows, right: row[t], abstained: row[classes.length], wrong: rows - row[t] - row[classes.length], accuracy: rows ? row[t] / rows : null };
    })));
    if (result.gallery) showGallery(result.gallery);
    else if (result.features) main.append(note("The cells are those of features, so that no training images are shown beside the rows."));
    else main.append(note("Networks over integers look up a sample's code; no training points decide, and there are no radii to show."));
}

function showExplain() {
    tiles([
        ["answer", className(result.answer), result.answer === null ? "the network abstains" : result.answer === result.label ? "right" : "wrong"],
        ["label", className(result.label)], ["certified radius", number(result.radius), result.radius > 0 ? "within it the answer cannot change" : null],
        ["cells that could fire", count(result.cells.length), "points nearer than all of other labels (Lemma A)"], ["threshold r", number(result.threshold)],
        ...featureTile("distances, walls and the radius are in their units"),
    ]);
    heading("What decides");
    if (pictures.kind === "image")
        main.append(h("ul", { class: "gallery" }, h("li", { style: "grid-column: 1 / -1" }, h("div", { class: "pictures large" }, explainingPictures(result, result.label)), verdict(result, result.label))));
    if (pictures.kind === "plane") {
        const at = place => ({ x: place[0], y: place[1] }), row = pictures.rows[result.row];
        const ends = [[result.nearest, "nearest"], [result.rival, "nearest of another label"], [result.decisive, "decides"], [result.decisive?.wall, "binding wall"]].filter(([point]) => point);
        main.append(chart("The row among the training points", cloudNote(), planeChart(
            [{ ...at(row), what: `row ${result.row}, ${className(result.label)}` }, ...ends.map(([point, what]) => ({ ...at(pictures.points[point.point]), what: `point ${point.point}, ${className(point.label)}: ${what}` }))],
            ends.map(([point]) => ({ x1: row[0], y1: row[1], x2: pictures.points[point.point][0], y2: pictures.points[point.point][1], dashed: point.label !== result.answer })))));
    }
    if (pictures.kind === "none") main.append(table("The row, and the training points that decide", galleryColumns.filter(column => column.key !== "truth"), [result]));
    heading("The cells");
    main.append(note("A cell fires while -u is positive: r less what the row lies beyond its walls. It contains the row when no wall is crossed."));
    main.append(table("Training points nearer than every point of another label", [
        { key: "point", number: true, format: count }, { key: "label", format: className }, { key: "distance", number: true, format: number },
        { key: "activation", label: "-u", number: true, format: number }, { key: "fires", format: value => value ? "yes" : "no" },
        { key: "contains", format: value => value ? "yes" : "no" },
        { key: "crossed", label: "walls crossed", number: true, value: cell => cell.crossed.length, format: count },
        { key: "crossed_points", label: "towards points", value: cell => cell.crossed.map(wall => wall.point).join(" "), wide: true },
    ], result.cells));
}

pages[document.body.dataset.command]();
