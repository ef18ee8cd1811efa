"use strict";
// The parts that pages are made of. Texts from data become text nodes or attributes, never markup.

// Integers beyond 2^53 stay exact where the browser tells how they were written.
const parse = id => JSON.parse(document.getElementById(id).textContent, (_, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context.source) : value);

const result = parse("result"), pictures = parse("pictures"), main = document.getElementById("main");

function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {}))
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

const count = value => value === null || value === undefined ? "–" : value.toLocaleString("en-US");
const plural = (value, noun) => `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
const number = value => value === null || value === undefined ? "–"
    : Number.isInteger(value) && Math.abs(value) < 1e15 ? count(value)
    : Math.abs(value) >= 1e6 || (Math.abs(value) < 1e-4 && value !== 0) ? value.toExponential(4) : String(Number(value.toPrecision(6)));
const seconds = value => `${Number(value.toPrecision(3))} s`;
const percent = value => value === null || value === undefined ? "–" : `${(100 * value).toFixed(2)} %`;
const spread = (mean, deviation, format) => mean === null ? "–" : format(mean) + (deviation === null || deviation === undefined ? "" : ` ± ${format(deviation)}`);
const className = value => value === null ? "none"
    : Object.hasOwn(pictures.class_names ?? {}, String(value)) ? `${value} ${pictures.class_names[String(value)]}` : String(value);

const heading = text => main.append(h("h2", {}, text));
const note = (...text) => h("p", { class: "note" }, ...text);

function tiles(items) {
    main.append(h("dl", { class: "tiles" }, items.filter(Boolean).map(([name, value, more]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, value, more ? h("small", {}, more) : null)))));
}

function csvOf(columns, rows) {
    const quoted = value => {
        const text = value === null || value === undefined ? "" : String(value);
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [columns.map(column => quoted(column.key)), ...rows.map(row => columns.map(column => quoted(column.value(row))))]
        .map(line => line.join(",")).join("\n") + "\n";
}

async function copy(text, button) {
    const before = button.textContent;
    try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
    } catch { // where pages may not use the clipboard, an invisible field may
        const field = h("textarea", { style: "position:fixed;opacity:0", "aria-hidden": "true" });
        field.value = text;
        document.body.append(field);
        field.select();
        button.textContent = document.execCommand("copy") ? "Copied" : "Could not copy";
        field.remove();
        button.focus();
    }
    setTimeout(() => { button.textContent = before; }, 2000);
}

// A table that can be sorted and copied. Columns: key (the field's name in CSV), label, value(row), format(value), number, wide.
function table(caption, columns, rows, { limit = 25 } = {}) {
    columns = columns.map(column => ({ value: row => row[column.key], format: value => value === null || value === undefined ? "–" : String(value), ...column }));
    let sorted = rows, shown = Math.min(limit, rows.length);
    const body = h("tbody"), head = h("tr");
    const more = h("button", { type: "button", onclick: () => { shown = rows.length; fill(); } }, `Show all ${count(rows.length)}`);
    const save = h("button", { type: "button", class: "csv", onclick: event => copy(csvOf(columns, sorted), event.currentTarget) }, "Copy as CSV");
    for (const column of columns) {
        const cell = h("th", { scope: "col", class: column.number ? "number" : null },
            h("button", { type: "button", onclick: () => sort(column, cell) }, column.label ?? column.key));
        head.append(cell);
    }
    function sort(column, cell) {
        const descending = cell.getAttribute("aria-sort") === "ascending";
        for (const other of head.children) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sorted = [...rows].sort((a, b) => {
            const [x, y] = [column.value(a), column.value(b)];
            if (x === y) return 0;
            if (x === null || x === undefined) return 1; // what is not there comes last either way
            if (y === null || y === undefined) return -1;
            return (x < y ? -1 : 1) * (descending ? -1 : 1);
        });
        fill();
    }
    function fill() {
        body.replaceChildren(...sorted.slice(0, shown).map(row => h("tr", {}, columns.map(column =>
            h("td", { class: column.number ? "number" : column.wide ? "wide" : null }, column.format(column.value(row)))))));
        more.hidden = shown >= rows.length;
    }
    fill();
    return h("div", { class: "table" }, h("div", { class: "tools" }, save, more),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
            h("table", { class: "data" }, h("caption", {}, caption), h("thead", {}, head), body)));
}

// A chart: drawn anew when its width changes, described for those who cannot see it, its numbers in a table below.
function chart(title, description, draw, data) {
    const place = h("div"), figure = h("figure", { class: "chart" }, h("h3", {}, title), place, h("figcaption", { class: "note" }, description),
        data ? h("details", {}, h("summary", {}, "The numbers"), data) : null);
    let width = 0;
    new ResizeObserver(entries => {
        const now = Math.max(260, Math.floor(entries[0].contentRect.width));
        if (now === width) return;
        width = now;
        const drawn = draw(width), svg = drawn.tagName === "svg" ? drawn : drawn.querySelector(":scope > svg"); // a legend comes before it
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", `${title}. ${description}`);
        for (const part of svg.querySelectorAll("[aria-label]")) { // the whole is described, not its parts
            part.dataset.mark = part.getAttribute("aria-label");
            part.removeAttribute("aria-label");
        }
        place.replaceChildren(drawn);
    }).observe(place);
    return figure;
}

// A table of coloured cells that arrow keys walk through; what a cell says stands below as soon as it has the focus or the mouse.
function grid({ caption, corner, rows, columns, cell, describe }) {
    const detail = h("div", { class: "detail", "aria-live": "polite" }, note("Point at a cell, or walk through the cells with the arrow keys."));
    const cells = [], body = h("tbody");
    rows.forEach((row, r) => {
        const line = h("tr", {}, h("th", { scope: "row", title: className(row) }, className(row)));
        cells.push(columns.map((column, c) => {
            const content = cell(row, column);
            if (!content) {
                line.append(h("td"));
                return null;
            }
            const show = () => detail.replaceChildren(...describe(row, column));
            const item = h("td", {
                tabindex: "-1", class: content.failed ? "failed" : null, "aria-label": content.label,
                style: `background:${content.colour};color:${content.ink}`, onmouseenter: show, onfocus: show, onkeydown: event => walk(event, r, c),
            }, content.text);
            line.append(item);
            return item;
        }));
        body.append(line);
    });
    const first = cells.flat().find(Boolean);
    if (first) first.tabIndex = 0;
    function walk(event, r, c) {
        const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
        if (!step) return;
        event.preventDefault();
        for (let y = r + step[0], x = c + step[1]; cells[y]?.[x] !== undefined; y += step[0], x += step[1]) {
            if (!cells[y][x]) continue;
            cells[r][c].tabIndex = -1;
            cells[y][x].tabIndex = 0;
            cells[y][x].focus();
            return;
        }
    }
    return h("div", {}, h("div", { class: "scroll" }, h("table", { class: "grid", "aria-label": caption },
        h("thead", {}, h("tr", {}, corner ? h("th", {}, corner) : h("td"), columns.map(column => h("th", { scope: "col", title: className(column) }, className(column))))),
        body)), detail);
}

// A colour of the viridis scale, and black or white on it, whichever has the greater contrast (WCAG 2.2's relative luminance).
function shade(position) {
    const colour = d3.rgb(d3.interpolateViridis(Math.min(1, Math.max(0, position))));
    const [r, g, b] = [colour.r, colour.g, colour.b].map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return { colour: colour.formatHex(), ink: (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000" : "#fff" };
}
