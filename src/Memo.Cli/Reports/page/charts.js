"use strict";
// The charts, drawn with Observable Plot.

const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999"]; // M. Okabe, K. Ito: told apart by all eyes
const symbols = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"];
const plotStyle = { background: "transparent", color: "inherit", fontFamily: "inherit", fontSize: "12px", overflow: "visible" };
const countTick = value => Math.abs(value) >= 1e6 ? d3.format(".0e")(value) : d3.format(",")(value);

// Lines of several series over N, with bars of a standard deviation to either side where there is one.
function series({ rows, x = "samples", y, deviation, names, name = "method", log = false, share = false, lines = [], dotsOnly = false, yLabel }) {
    const points = rows.filter(row => row[y] !== null && row[y] !== undefined && (!log || Number(row[y]) > 0))
        .map(row => ({ ...row, [y]: Number(row[y]) }));
    const barred = deviation ? points.filter(row => row[deviation] !== null && row[deviation] !== undefined) : [];
    const sizes = [...new Set(points.map(row => row[x]))];
    const value = share ? row => 100 * row[y] : row => row[y];
    const edge = sign => row => (share ? 100 : 1) * (row[y] + sign * row[deviation]);
    return width => Plot.plot({
        width, height: Math.round(Math.min(340, Math.max(220, width * 0.55))), marginLeft: 60, style: plotStyle,
        x: { type: "log", label: "training samples N", tickFormat: countTick, ticks: sizes.length <= 8 ? sizes : 5 },
        y: { type: log ? "log" : "linear", label: yLabel, grid: true, tickFormat: log ? countTick : undefined, ticks: 5 },
        color: { domain: names, range: palette, legend: false },
        symbol: { domain: names, range: symbols, legend: names.length > 1 },
        marks: [
            ...lines.map(line => Plot.line(line.points, { x, y: share ? row => 100 * row[line.y] : line.y, stroke: "currentColor", strokeDasharray: "4 4" })),
            Plot.ruleX(barred, { x, y1: edge(-1), y2: edge(1), stroke: name, strokeOpacity: 0.6 }),
            dotsOnly ? null : Plot.line(points, { x, y: value, stroke: name, z: name }),
            Plot.dot(points, { x, y: value, stroke: name, symbol: name, r: 4, fill: "var(--card)", channels: { samples: x, [name]: name }, tip: true }),
        ],
    });
}

function histogram(bins, xLabel) {
    return width => Plot.plot({
        width, height: 260, marginLeft: 60, style: plotStyle,
        x: { label: xLabel }, y: { label: "rows", grid: true, tickFormat: countTick, ticks: 5 },
        marks: [
            Plot.rectY(bins, { x1: "from", x2: "to", y: "rows", fill: palette[0], insetLeft: 0.5, insetRight: 0.5, channels: { from: "from", to: "to" }, tip: "x" }),
            Plot.ruleY([0]),
        ],
    });
}

// The error that the guarantee allows against N: between the two bounds on the nearby set.
function guaranteeChart(rows, here, wanted) {
    return width => Plot.plot({
        width, height: 300, marginLeft: 60, style: plotStyle,
        x: { type: "log", label: "samples N", tickFormat: countTick, ticks: 5 },
        y: { type: "log", label: "error guaranteed", grid: true, tickFormat: "~g", ticks: 5 },
        marks: [
            Plot.areaY(rows, { x: "samples", y1: "epsilon_lower", y2: "epsilon_upper", fill: palette[0], fillOpacity: 0.25 }),
            Plot.line(rows, { x: "samples", y: "epsilon_upper", stroke: palette[0], strokeWidth: 2 }),
            Plot.line(rows, { x: "samples", y: "epsilon_lower", stroke: palette[0] }),
            Plot.ruleY([1], { stroke: palette[1] }), Plot.text(["says nothing above"], { x: () => rows.at(-1).samples, y: () => 1, dy: -8, textAnchor: "end" }),
            Plot.ruleY([wanted], { stroke: palette[2] }), Plot.text(["asked for"], { x: () => rows.at(-1).samples, y: () => wanted, dy: -8, textAnchor: "end" }),
            Plot.ruleX([here], { strokeDasharray: "2 3" }),
            Plot.dot(rows, { x: "samples", y: "epsilon_upper", r: 3, fill: palette[0], tip: true }),
        ],
    });
}

function coverageChart(rows) {
    const points = rows.filter(row => row.accuracy_of_covered !== null);
    return width => Plot.plot({
        width, height: 300, marginLeft: 60, style: plotStyle,
        x: { label: "answered, % of the test samples", reverse: true }, y: { label: "right, % of those answered", grid: true, ticks: 5 },
        marks: [
            Plot.ruleX(points.filter(row => row.accuracy_of_covered_deviation !== null), {
                x: row => 100 * row.coverage, y1: row => 100 * (row.accuracy_of_covered - row.accuracy_of_covered_deviation),
                y2: row => 100 * (row.accuracy_of_covered + row.accuracy_of_covered_deviation), stroke: palette[0], strokeOpacity: 0.6,
            }),
            Plot.line(points, { x: row => 100 * row.coverage, y: row => 100 * row.accuracy_of_covered, stroke: palette[0] }),
            Plot.dot(points, { x: row => 100 * row.coverage, y: row => 100 * row.accuracy_of_covered, stroke: palette[0], fill: "var(--card)", r: 4, channels: { lambda: "lambda" }, tip: true }),
            Plot.text(points, { x: row => 100 * row.coverage, y: row => 100 * row.accuracy_of_covered, text: "lambda", dy: -10, fontSize: 10 }),
        ],
    });
}

// Points in the plane: training points by class, and those in question.
function planeChart(marked, links = []) {
    const classes = [...new Set(pictures.cloud.map(point => point[2]))].slice(0, 500);
    const few = classes.length <= palette.length;
    return width => Plot.plot({
        width, height: Math.round(Math.min(520, width * 0.8)), style: plotStyle, aspectRatio: 1, grid: true, inset: 12,
        x: { label: "first feature" }, y: { label: "second feature" },
        color: few ? { domain: classes, range: palette, legend: true } : { scheme: "turbo", type: "ordinal", domain: classes },
        symbol: few ? { domain: classes, range: symbols } : undefined,
        marks: [
            Plot.dot(pictures.cloud, { x: "0", y: "1", stroke: "2", symbol: few ? "2" : undefined, r: 2.5, strokeOpacity: 0.7 }),
            Plot.link(links, { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: "currentColor", strokeDasharray: row => row.dashed ? "3 3" : null }),
            Plot.dot(marked, { x: "x", y: "y", r: 6, stroke: "currentColor", strokeWidth: 2, channels: { what: "what" }, tip: true }),
        ],
    });
}
