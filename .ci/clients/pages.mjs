// Pages as people see and hear them, in Chromium: both languages, a desk, a narrow window and a phone, light and dark, no script.
// Usage: node pages.mjs BROWSER BASE-URL FOLDER-OF-SCREENSHOTS; ends with 1 when anything is wrong.

import fs from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";
import { faults, spoken, tree } from "./pages.tree.mjs";

const [, , executablePath, base, shots] = process.argv;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = {
  desk: { width: 1280, height: 900 },
  window: { width: 960, height: 800 }, // where columns are narrowest
  phone: { width: 390, height: 844 },
};
const LARGEST = 60_000; // bytes of a page without the editor
const SMALLEST_TARGET = 24; // CSS pixels (WCAG 2.2, 2.5.8)
const PAGES = JSON.parse(fs.readFileSync(new URL("pages.json", import.meta.url)));
const wrong = [];
const say = (page, what) => wrong.push(`${page}: ${what}`);

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"], headless: true });

/** A tab in which every request to another host is a fault. */
async function tab(size, { dark = false, script = true } = {}) {
  const page = await browser.newPage();
  await page.setViewport(size);
  await page.setJavaScriptEnabled(script);
  await page.setCacheEnabled(false);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  page.on("request", (asked) => {
    if (!asked.url().startsWith(base) && !asked.url().startsWith("data:")) say(page.url(), `asks ${asked.url()}`);
  });
  page.on("pageerror", (error) => say(page.url(), error.message));
  return page;
}

const address = (path, lang) => `${base}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;

/** What holds for every page: status, width, size of targets, size in bytes, language, axe. */
async function check(name, { path, status = 200, editor = false }, lang, size, dark) {
  const page = await tab(SIZES[size], { dark });
  const answer = await page.goto(address(path, lang), { waitUntil: "load" });
  const at = `${name} ${lang} ${size}${dark ? " dark" : ""}`;
  if (answer.status() !== status) say(at, `status ${answer.status()}`);
  const bytes = (await answer.buffer()).length;
  if (!editor && bytes > LARGEST) say(at, `${bytes} bytes`);
  const found = await page.evaluate(inPage, SMALLEST_TARGET);
  if (found.language !== lang) say(at, `lang=${found.language}`);
  if (found.width > SIZES[size].width) say(at, `${found.width} px wide: ${found.widest}`);
  for (const text of found.spilled) say(at, `leaves its column: ${text}`);
  for (const small of found.small) say(at, `small target: ${small}`);
  for (const fault of faults(await tree(page))) say(at, `read aloud: ${fault}`);
  await page.evaluate(axe);
  const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const one of report.violations.filter((v) => ["serious", "critical"].includes(v.impact)))
    say(at, `axe ${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 160)}`);
  if (shots) await page.screenshot({ path: `${shots}/${name}.${lang}.${size}${dark ? ".dark" : ""}.png`, fullPage: true });
  await page.close();
}

/** Runs in the page: its width, its language, its small targets (links in a sentence are exempt), texts beyond
 *  the edge of their column. */
function inPage(smallest) {
  const root = document.documentElement;
  const widest = [...document.querySelectorAll("main *")].find(
    (element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".wide, .cm-scroller, svg, pre"),
  );
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")];
  const small = targets.filter((target) => {
    const { width, height } = target.getBoundingClientRect();
    const shown = width > 0 && height > 0 && !target.closest(".skip, svg, .hidden");
    const inText = getComputedStyle(target).display === "inline" && target.closest("p, li, dd, td, th, figcaption, label");
    return shown && !inText && (height < smallest || width < smallest);
  });
  const spilled = [];
  for (const column of document.querySelectorAll("main :is(.facts > *, .two > *, .with-toc > *, .list > *, .numbers > *, dd, td, th)")) {
    if (column.closest(".wide")) continue; // scrolls
    const { right } = column.getBoundingClientRect();
    const texts = document.createTreeWalker(column, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (!text.textContent.trim() || text.parentElement.closest(".wide, .hidden, svg, pre")) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      if ([...range.getClientRects()].some((one) => one.width && one.right > right + 1)) spilled.push(text.textContent.trim().slice(0, 80));
    }
  }
  return {
    spilled: spilled.slice(0, 3),
    language: root.lang,
    width: root.scrollWidth,
    widest: widest?.outerHTML.slice(0, 160) ?? "",
    small: small.slice(0, 3).map((target) => target.outerHTML.slice(0, 160)),
  };
}

/** Follow a way by links and forms alone; each step is a selector to open, [selector, text] to type,
 *  or { see: selector } to find there. */
async function follow(name, { start, steps, ends, script }, lang) {
  const heard = [];
  const page = await tab(SIZES.desk, { script });
  await page.goto(address(start, lang));
  for (const step of steps) {
    heard.push(`── ${page.url().slice(base.length)}\n${spoken(await tree(page))}`);
    const [selector, text] = Array.isArray(step) ? step : [step.see ?? step];
    const element = await page.$(selector);
    if (!element) return say(`${name} ${lang}`, `no ${selector} at ${page.url()}`);
    if (step.see) continue;
    if (text) {
      await element.type(text);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    } else {
      await element.focus(); // with the keyboard alone
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    }
  }
  heard.push(`── ${page.url().slice(base.length)}\n${spoken(await tree(page))}`);
  if (shots) fs.writeFileSync(`${shots}/${name}.${lang}.txt`, heard.join("\n"));
  if (!(await page.$(ends))) say(`${name} ${lang}`, `ends at ${page.url()} without ${ends}`);
  await page.close();
}

for (const [name, page] of Object.entries(PAGES.pages))
  for (const lang of ["mn", "en"])
    for (const [size, dark] of [["desk", false], ["window", false], ["phone", false], ["desk", true]]) await check(name, page, lang, size, dark);
for (const [name, way] of Object.entries(PAGES.ways)) for (const lang of ["mn", "en"]) await follow(name, way, lang);
await browser.close();
console.log([...new Set(wrong)].join("\n"));
console.log(`${Object.keys(PAGES.pages).length} pages, ${Object.keys(PAGES.ways).length} ways, ${wrong.length} faults`);
process.exit(wrong.length ? 1 : 0);
