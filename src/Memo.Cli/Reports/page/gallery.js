"use strict";
// Rows to look at, each beside the training points that decide about it.

function picture(kind, number, caption) {
    const source = pictures[kind]?.[String(number)];
    return h("figure", {}, typeof source === "string" ? h("img", { src: source, alt: caption }) : null, h("figcaption", {}, caption));
}

const pointCaption = (what, point) => `${what}: point ${count(point.point)}, ${className(point.label)}, at ${number(point.distance)}`;

// The pictures that explain an answer: the row, then what decides, then what stands against it.
function explainingPictures(entry, truth) {
    const shown = [picture("rows", entry.row, `row ${count(entry.row)}, ${className(truth)}`)];
    if (entry.decisive) {
        shown.push(picture("points", entry.decisive.point, pointCaption("decided by", entry.decisive)));
        if (entry.decisive.wall) shown.push(picture("points", entry.decisive.wall.point, pointCaption("nearest wall towards", entry.decisive.wall)));
        else shown.push(picture("points", entry.rival.point, pointCaption("nearest other", entry.rival)));
    } else {
        shown.push(picture("points", entry.nearest.point, pointCaption("nearest", entry.nearest)));
        shown.push(picture("points", entry.rival.point, pointCaption("nearest other", entry.rival)));
    }
    return shown;
}

function verdict(entry, truth) {
    const kind = entry.answer === null ? "abstained" : entry.answer === truth ? "right" : "wrong";
    return h("p", {}, h("span", { class: kind }, entry.answer === null ? "abstains" : `${className(entry.answer)}, ${kind}`),
        `; radius ${number(entry.radius)}`);
}

const galleryTitles = {
    wrong: ["Wrong answers", "the most certain first"],
    abstained: ["Abstentions", "in the order of the data"],
    fragile: ["Right, but fragile", "the smallest certified radius first"],
};

const galleryColumns = [
    { key: "row", number: true, format: count },
    { key: "truth", format: className },
    { key: "answer", format: className },
    { key: "radius", number: true, format: number },
    { key: "decided_by", label: "decided by point", number: true, value: entry => entry.decisive?.point ?? null, format: count },
    { key: "decided_by_distance", label: "at distance", number: true, value: entry => entry.decisive?.distance ?? null, format: number },
    { key: "wall", label: "wall towards point", number: true, value: entry => entry.decisive?.wall?.point ?? null, format: count },
    { key: "nearest", label: "nearest point", number: true, value: entry => entry.nearest.point, format: count },
    { key: "rival", label: "nearest other", number: true, value: entry => entry.rival.point, format: count },
    { key: "rival_distance", label: "at distance", number: true, value: entry => entry.rival.distance, format: number },
];

function showGallery(groups) {
    for (const group of groups) {
        const [title, order] = galleryTitles[group.name];
        heading(title);
        if (group.count === 0) {
            main.append(note("None."));
            continue;
        }
        main.append(note(`${plural(group.count, "row")}, ${order}` +
            (group.shown.length < group.count ? `; the first ${count(group.shown.length)} are shown.` : ".")));
        if (pictures.kind === "image")
            main.append(h("ul", { class: "gallery" }, group.shown.map(entry =>
                h("li", {}, h("div", { class: "pictures" }, explainingPictures(entry, entry.truth)), verdict(entry, entry.truth)))));
        if (pictures.kind === "plane")
            main.append(chart(`${title} among the training points`, cloudNote(), planeChart(group.shown.map(entry => ({
                x: pictures.rows[entry.row][0], y: pictures.rows[entry.row][1],
                what: `row ${entry.row}: ${className(entry.truth)}, answered ${className(entry.answer)}, radius ${number(entry.radius)}`,
            })), group.shown.filter(entry => entry.decisive).map(entry => ({
                x1: pictures.rows[entry.row][0], y1: pictures.rows[entry.row][1],
                x2: pictures.points[entry.decisive.point][0], y2: pictures.points[entry.decisive.point][1],
            })))));
        const list = table(`${title}: rows, and the training points that decide`, galleryColumns, group.shown);
        main.append(pictures.kind === "none" ? list : h("details", {}, h("summary", {}, "The numbers"), list));
    }
}

function cloudNote() {
    return "Rings are the rows, lines lead to the training points whose cells decide." +
        (pictures.cloud_step > 1 ? ` Of ${count(pictures.cloud_of)} training points every ${count(pictures.cloud_step)}th is drawn.` : "");
}
