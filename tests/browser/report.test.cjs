"use strict";
// Reports in a real browser: nothing is fetched, nothing fails, the charts are there, the numbers are those of --json, and what
// comes from data is text. Screenshots are left in out/test/reports.

const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs"), os = require("node:os"), path = require("node:path"), url = require("node:url");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "memo-reports-"));
let browser;

before(async () => { browser = await chromium.launch({ executablePath: process.env.MEMO_BROWSER, args: ["--no-sandbox"] }); });
after(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true });
});

const memo = (...words) => execFileSync(process.env.MEMO_BIN, words, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });

// Times differ from run to run.
const timeless = value => JSON.parse(JSON.stringify(value, (key, each) => /seconds$/.test(key) ? 0 : each));

// Opens a report; whatever goes wrong in it fails the test.
async function open(file, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
    const page = await context.newPage(), complaints = [];
    page.on("console", message => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", error => complaints.push(`error: ${error.message}`));
    page.on("dialog", dialog => complaints.push(`dialog: ${dialog.message()}`));
    page.on("request", request => { if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`); });
    await page.addInitScript(() => { window.copied = []; Object.defineProperty(navigator, "clipboard", { value: { writeText: async text => { window.copied.push(text); } } }); });
    await page.goto(url.pathToFileURL(path.join(folder, file)).href);
    await page.waitForFunction(() => [...document.querySelectorAll("figure.chart")].every(figure => figure.querySelector("svg[role=img]")));
    return { page, context, complaints };
}

async function check(file, { charts, images = 0, name = file.replace(".html", "") }) {
    for (const colorScheme of ["light", "dark"]) {
        const { page, context, complaints } = await open(file, { colorScheme });
        assert.deepEqual(complaints, []);
        const marks = await page.$$eval("figure.chart svg[role=img]", all => all.map(svg => svg.querySelectorAll("path, rect, circle, line").length));
        assert.equal(marks.length, charts, "charts drawn");
        assert.ok(marks.every(each => each > 4), `marks in the charts: ${marks}`);
        const loaded = await page.$$eval("img", all => all.map(image => image.complete && image.naturalWidth > 0));
        assert.ok(loaded.length >= images && loaded.every(Boolean), `${loaded.length} images, ${images} expected`);
        await page.screenshot({ path: path.join(process.env.MEMO_SHOTS, `${name}-${colorScheme}.png`), fullPage: true });
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
        assert.deepEqual(found.violations.map(each => `${each.id}: ${each.nodes.length}: ${each.nodes[0].html.slice(0, 200)} ${each.nodes[0].failureSummary}`), []);
        await context.close();
    }
    const { page, context } = await open(file, { viewport: { width: 380, height: 800 } });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 380, "a narrow screen scrolls sideways");
    await context.close();
    assert.ok(fs.statSync(path.join(folder, file)).size < 2e6);
}

const embedded = page => page.evaluate(() => JSON.parse(document.getElementById("result").textContent));
const text = locator => locator.evaluate(element => element.innerText);

test("pairs: the heat map, its numbers, the gallery of the hardest pair", async () => {
    const json = JSON.parse(memo("pairs", "--json", "--report", "pairs.html"));
    await check("pairs.html", { charts: 0, images: 3 });
    const { page, context, complaints } = await open("pairs.html");
    assert.deepEqual(timeless(await embedded(page)), timeless(json));
    const pair = json.pairs.find(each => each.a === 3 && each.b === 8);
    const cell = page.getByRole("cell", { name: /^3 against 8: / });
    assert.equal(await text(cell), (100 * pair.accuracy).toFixed(1));
    await cell.hover();
    const detail = page.locator(".detail");
    for (const value of [pair.right, pair.wrong, pair.abstained, pair.test, pair.train]) assert.match(await text(detail), new RegExp(`\\b${value.toLocaleString("en-US")}\\b`));

    // Shown is another number.
    await page.getByLabel("what the colours show").selectOption("neighbour");
    assert.equal(await text(page.getByRole("cell", { name: /^3 against 8: / })), (100 * pair.nearest_neighbour).toFixed(1));

    // Arrow keys: from the first cell to the right and down.
    await page.getByRole("cell", { name: /^0 against 1: / }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^1 against 2: /);
    assert.match(await text(detail), /^1 \(-1\) against 2 \(\+1\)/);

    // The table is the JSON, and so is its CSV.
    await page.locator(".table .csv").first().click();
    const [header, ...lines] = (await page.evaluate(() => window.copied[0])).trim().split("\n").map(line => line.split(","));
    assert.equal(lines.length, json.pairs.length);
    lines.forEach((line, i) => header.forEach((key, k) => assert.equal(line[k], String(json.pairs[i][key]))));
    assert.deepEqual(complaints, []);
    await context.close();
});

test("curve: learning curves, growth, coverage", async () => {
    const words = ["curve", "--data", "digits:1,7", "--method", "cells,condense,vardi", "--sizes", "50,100,180", "--seeds", "3"];
    const json = JSON.parse(memo(...words, "--json", "--report", "curve.html"));
    await check("curve.html", { charts: 8 });
    const { page, context } = await open("curve.html");
    assert.deepEqual(timeless({ ...(await embedded(page)), points: [] }), timeless({ ...json, points: [] }));
    const last = json.summary.find(row => row.method === "cells" && row.samples === 180);
    assert.match(await text(page.locator("dl.tiles > div").first()), new RegExp(`${(100 * last.accuracy).toFixed(2)} %`));
    // A dot for each method and size in the first chart, the guarantee's line beside them.
    assert.equal(await page.locator("figure.chart svg[role=img]").first().locator("[data-mark=dot] path").count(), json.summary.length);
    await context.close();
});

test("measure: the histogram, the closest rows, the guarantee", async () => {
    const json = JSON.parse(memo("measure", "--json", "--report", "measure.html"));
    await check("measure.html", { charts: 2, images: 2 * json.closest.length });
    const { page, context } = await open("measure.html");
    assert.deepEqual(timeless(await embedded(page)), timeless(json));
    assert.equal(await page.locator("figure.chart svg[role=img]").first().locator("[data-mark=rect] rect").count(), json.histogram.length);
    assert.match(await text(page.locator("dl.tiles")), new RegExp(json.samples_required.toLocaleString("en-US")));
    await context.close();
});

test("eval: the confusion matrix, the wrong, the abstained and the fragile", async () => {
    memo("build", "--data", "digits", "-o", "digits.memo");
    const json = JSON.parse(memo("eval", "digits.memo", "--data", "digits", "--json", "--report", "eval.html"));
    await check("eval.html", { charts: 0, images: 3 * json.gallery.reduce((sum, group) => sum + group.shown.length, 0) });
    const { page, context } = await open("eval.html");
    assert.deepEqual(timeless(await embedded(page)), timeless(json));
    for (const [t, row] of json.confusion.entries())
        assert.equal(await text(page.getByRole("cell", { name: new RegExp(`^${t} answered ${t}: `) })), String(row[t]));
    assert.deepEqual(json.gallery.map(group => group.name), ["wrong", "abstained", "fragile"]);
    assert.equal(json.gallery[0].count, Math.round(json.wrong * json.rows));
    assert.equal(json.gallery[1].count, Math.round(json.abstained * json.rows));
    // The radii shown are those that predict gives.
    const radii = JSON.parse(memo("predict", "digits.memo", "--data", "digits", "--radius", "--json")).radii;
    for (const group of json.gallery)
        for (const entry of group.shown) assert.equal(entry.radius, radii[entry.row - 1000]);
    const fragile = json.gallery[2].shown.map(entry => entry.radius);
    assert.deepEqual(fragile, [...fragile].sort((a, b) => a - b));
    await context.close();
});

test("explain: the row, the point that decides, the wall that binds", async () => {
    const json = JSON.parse(memo("explain", "digits.memo", "--data", "digits", "--row", "1012", "--json", "--report", "explain.html"));
    await check("explain.html", { charts: 0, images: 3 });
    const { page, context } = await open("explain.html");
    assert.deepEqual(await embedded(page), json);
    assert.equal(await page.locator("table.data tbody tr").count(), json.cells.length);
    await context.close();
});

test("points in the plane are drawn where they lie", async () => {
    memo("build", "--data", "moons", "-o", "moons.memo");
    memo("generate", "moons?count=400&noise=0.3", "--seed", "5", "-o", "moons.npz");
    memo("eval", "moons.memo", "--data", "moons.npz", "--report", "plane.html");
    await check("plane.html", { charts: 3 });
    memo("measure", "--data", "moons", "--report", "plane-measure.html");
    await check("plane-measure.html", { charts: 3 });
    memo("explain", "moons.memo", "--data", "moons.npz", "--row", "7", "--report", "plane-explain.html");
    await check("plane-explain.html", { charts: 1 });
});

test("a thousand classes get a page that can be read", async () => {
    memo("build", "--data", "blobs?classes=1000&count=3000&spread=0.2", "-o", "many.memo");
    memo("generate", "blobs?classes=1000&count=3000&spread=0.4", "-o", "many.npz");
    const json = JSON.parse(memo("eval", "many.memo", "--data", "many.npz", "--json", "--report", "many.html"));
    assert.equal(json.classes.length, 1000);
    const { page, context, complaints } = await open("many.html");
    assert.deepEqual(complaints, []);
    assert.ok(await page.locator("*").count() < 20000);
    assert.match(await text(page.locator("main")), /1,000 classes would be too large to read/);
    await page.getByRole("button", { name: "Show all 1,000" }).click();
    assert.ok(await page.locator("table.data tr").count() > 1000);
    await page.screenshot({ path: path.join(process.env.MEMO_SHOTS, "many.png") });
    await context.close();
    memo("pairs", "--data", "many.npz", "--test-data", "many.npz", "--pairs", Array.from({ length: 60 }, (_, k) => `${k}-${k + 1}`).join(","), "--report", "many-pairs.html");
    await check("many-pairs.html", { charts: 2 });
});

test("data that looks like markup stays text", async () => {
    const evil = ["</script><script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 2'>"];
    const name = "<img src=x onerror=\"window.hacked = 3\">&amp; 'odd' ünï.csv";
    const lines = [0, 1, 2, 3, 10, 11, 12, 13].map((x, i) => `${x},${x % 3},1,"${evil[i < 4 ? 0 : 1]}"`);
    fs.writeFileSync(path.join(folder, name), lines.join("\n") + "\n");
    memo("build", "--data", name, "-o", "odd.memo");
    const page1 = ["measure", "--data", name, "--report"], page2 = ["eval", "odd.memo", "--data", name, "--report"];
    const page3 = ["pairs", "--data", name, "--test-data", name, "--report"], page4 = ["curve", "--data", name, "--sizes", "6,8", "--report"];
    for (const [i, words] of [page1, page2, page3, page4].entries()) {
        memo(...words, `odd ${i} <b>.html`);
        const { page, context, complaints } = await open(`odd ${i} <b>.html`);
        assert.deepEqual(complaints, []);
        assert.equal(await page.evaluate(() => window.hacked), undefined);
        assert.equal(await page.locator("main img").count(), 0);
        if (i > 0) assert.match(await text(page.locator("h1")), /odd\.memo on|<img src=x onerror="window\.hacked = 3">&amp; 'odd' ünï\.csv/);
        if (i < 3) assert.match(await text(page.locator("main")), /<\/script><script>window\.hacked = 1<\/script>/);
        await context.close();
    }
});

test("a report prints", async () => {
    const { page, context } = await open("eval.html");
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 20000);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".tools:visible, .skip:visible").count(), 0);
    await context.close();
});

test("without its script a report says what is missing", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false }), page = await context.newPage();
    await page.goto(url.pathToFileURL(path.join(folder, "eval.html")).href);
    assert.match(await page.locator("noscript").textContent(), /switched off/);
    await context.close();
});
