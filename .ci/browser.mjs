// Opens the pages in a folder as people do. The folder also has what drives the browser; pictures go to the folder SHOTS.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const work = resolve(process.argv[2]);
const require = createRequire(join(work, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});

/** The page in a window, with everything noted that must not happen. */
async function open(name, options) {
  const { width = 1600, ...context } = options;
  const window = await browser.newContext({ viewport: { width, height: 900 }, ...context });
  const page = await window.newPage();
  const url = pathToFileURL(join(work, `${name}.html`)).href;
  const noted = [];
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) noted.push(`request: ${request.url()}`);
  });
  page.on("console", (message) => noted.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noted.push(`error: ${error}`));
  await page.goto(url);
  const close = async () => {
    assert.deepEqual(noted, [], name);
    await window.close();
  };
  return { page, close };
}

async function isAccessible(page, where) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(told, [], where);
  assert.ok(passes.length > 10, where);
}

const shown = (page) => page.locator("tbody tr:visible").count();
const isOpen = (page) => page.locator("dialog").evaluate((dialog) => dialog.open);

/** Nothing is wider than the window; what is wider scrolls in its own region, below its header. */
async function fits(page, where) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(wide <= room, `${where}: ${wide} of ${room}`);
  const kept = await page.locator("#region").evaluate(async (region) => {
    region.scrollTo(10000, 10000);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const inner = region.getBoundingClientRect();
    const head = region.querySelector("thead th").getBoundingClientRect();
    const first = region.querySelector("tbody tr:last-child th").getBoundingClientRect();
    const scrolled = { right: region.scrollLeft > 0, down: region.scrollTop > 0 };
    region.scrollTo(0, 0);
    return { scrolled, down: head.top - inner.top, right: first.left - inner.left, free: inner.width - first.width };
  });
  // Borders are a pixel wide.
  if (kept.scrolled.down) assert.ok(kept.down <= 2, `${where}: the header is at ${kept.down}`);
  if (kept.scrolled.right) assert.ok(kept.right <= 2, `${where}: the first column is at ${kept.right}`);
  assert.ok(kept.free >= 100, `${where}: the first column leaves ${kept.free}`);
}

for (const name of ["mfa", "principals", "contexts", "hostile"]) {
  for (const width of [400, 1600]) {
    for (const colorScheme of ["light", "dark"]) {
      const where = `${name}, ${width} pixels, ${colorScheme}`;
      const { page, close } = await open(name, { width, colorScheme });
      await fits(page, where);
      await isAccessible(page, where);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
      await page.locator("tbody button").nth(1).click();
      assert.ok(await isOpen(page), where);
      await isAccessible(page, `${where}, an answer`);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}-answer.png`) });
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= room, `${where}, an answer: ${wide} of ${room}`);
      await close();
    }
  }
}

// With the keyboard alone.
{
  const { page, close } = await open("mfa", {});
  const all = await shown(page);
  assert.ok(all > 150 && all < 250, `${all} rows`);
  await page.keyboard.press("Tab");
  await page.keyboard.type("accountpasswordpolicy explicit");
  assert.equal(await shown(page), 3);
  assert.equal(await page.locator("#count").textContent(), `3 of ${all} rows`);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "region");
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(await focused(), /^implicit: iam:DeleteAccountPasswordPolicy, mfa=true$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  assert.match(await focused(), /^explicit: iam:GetAccountPasswordPolicy, mfa=false$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(), /^explicit: iam:UpdateAccountPasswordPolicy, mfa=false$/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.ok(await isOpen(page));
  const told = await page.locator("#answer").textContent();
  assert.match(told, /^deny +iam:GetAccountPasswordPolicy/);
  assert.match(told, /force-mfa#BlockEverythingUnlessSignedInWithMFA/);
  assert.match(told, /"BoolIfExists": \{ "aws:MultiFactorAuthPresent": "false" \}\n +\| +\^+ the request has "false"/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "answer");
  await page.keyboard.press("Escape");
  assert.ok(!(await isOpen(page)));
  assert.match(await focused(), /^explicit: iam:GetAccountPasswordPolicy, mfa=false$/);
  await close();
}

// With the mouse.
{
  const { page, close } = await open("mfa", {});
  const all = await shown(page);
  await page.getByLabel("Only rows that change").check();
  const changing = await shown(page);
  assert.ok(changing > 0 && changing < all, `${changing} of ${all} change`);
  await page.getByLabel("Filter rows").fill("no such row");
  assert.equal(await shown(page), 0);
  await page.getByLabel("Filter rows").fill("");
  await page.getByLabel("Only rows that change").uncheck();
  assert.equal(await shown(page), all);
  const cell = page.getByRole("button", { name: "allow: iam:ChangePassword, mfa=absent" });
  await cell.click();
  assert.match(await page.locator("#answer").textContent(), /mfa=absent/);
  await page.getByRole("button", { name: "Close" }).click();
  assert.ok(!(await isOpen(page)));
  await cell.click();
  await page.mouse.click(5, 5);
  assert.ok(!(await isOpen(page)));
  await close();
}

// Nobody else's text is more than text.
{
  const { page, close } = await open("hostile", {});
  const found = await page.evaluate(() => ({
    foreign: document.querySelectorAll("img, svg, iframe, object, embed").length,
    scripts: document.scripts.length,
    owned: typeof window.owned,
    head: document.querySelector("thead th:last-child").textContent,
    names: [...document.querySelectorAll("tbody th:first-child")].map((name) => name.textContent),
  }));
  assert.deepEqual([found.foreign, found.scripts, found.owned], [0, 1, "undefined"]);
  assert.equal(found.head, "</th><svg onload>");
  assert.ok(found.names.includes('"><img src=x onerror="owned = 1">'), found.names.join());
  assert.ok(found.names.includes("{{script}}<!-- \\u{202e} ]]>"), found.names.join());
  await page.locator("tbody button.allow").first().click();
  assert.match(await page.locator("#answer").textContent(), /<img src=x onerror=/);
  await close();
}

// On paper, in the dark as well.
for (const name of ["mfa", "principals"]) {
  const { page, close } = await open(name, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  assert.ok(!(await page.locator("#controls").isVisible()), name);
  const printed = await page.locator("#region").evaluate((region) => ({
    overflow: getComputedStyle(region).overflowY,
    paper: getComputedStyle(document.body).backgroundColor,
    head: getComputedStyle(region.querySelector("thead")).display,
  }));
  assert.deepEqual(printed, { overflow: "visible", paper: "rgb(255, 255, 255)", head: "table-header-group" }, name);
  const pdf = await page.pdf({ format: "A4", path: shots && join(shots, `${name}.pdf`) });
  assert.ok(pdf.length > 10000, name);
  if (shots) await page.screenshot({ path: join(shots, `${name}-print.png`) });
  await close();
}

// Without scripts the answers follow the table.
{
  const { page, close } = await open("mfa", { javaScriptEnabled: false });
  assert.ok(await page.locator("#answers pre").first().isVisible());
  assert.ok(!(await page.locator("#controls").isVisible()));
  await close();
}

// What the issue of size is about: a page for a review is sent by mail.
const size = statSync(join(work, "mfa.html")).size;
assert.ok(size < 2 * 1024 * 1024, `${size} bytes`);

await browser.close();
console.log("pages of matrix: as they should be");
