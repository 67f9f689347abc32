// What the browser tests share: Chromium from the distribution, axe-core on every page, screenshots,
// one-time codes. Secrets arrive on standard input and are never printed.
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = require.resolve("axe-core/axe.min.js");

export const WIDTHS = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
};

// The appliance's calendar, which codes move on instead of waiting (tests/lib/time_machine.py).
const calendar = { file: "", ahead: 0 };
function passBy(seconds) {
  calendar.ahead += seconds;
  const clocks = Buffer.alloc(16);
  clocks.writeBigInt64LE(BigInt(calendar.ahead));
  writeFileSync(calendar.file, clocks, { flag: "r+" });
}

export async function readInput() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const input = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  calendar.file = input.clock;
  return input;
}

export function launch(more = []) {
  return chromium.launch({
    executablePath: process.env.KAGIKURA_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
  });
}

// RFC 6238 with SHA-1, 30 s, 6 digits, as authenticator apps do.
export function totp(base32, at = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const c of base32.replace(/[\s=]/g, "")) bits += alphabet.indexOf(c).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Codes of one account: each step of 30 s is used once, as the appliance demands.
export class Authenticator {
  constructor(secret) {
    this.secret = secret;
    this.last = 0;
  }
  async code() {
    // The running step's code, which is good for another one: the machine may be busy.
    const now = Math.floor((Date.now() / 1000 + calendar.ahead) / 30);
    this.last = Math.max(this.last + 1, now);
    if (this.last > now + 1) passBy(30 * (this.last - now - 1));
    return totp(this.secret, this.last * 30_000);
  }
}

// Collects what was shown: {passed, failed: [{name, why}], pages}.
export class Report {
  constructor(folder) {
    this.folder = folder;
    this.passed = 0;
    this.failed = [];
    this.pages = 0;
    mkdirSync(folder, { recursive: true });
  }
  expect(condition, name, why = "") {
    if (condition) this.passed += 1;
    else this.failed.push({ name, why: String(why).slice(0, 600) });
    return Boolean(condition);
  }
  print() {
    console.log(JSON.stringify({ passed: this.passed, failed: this.failed, pages: this.pages }));
  }
}

// Looks at the page as it is now: accessibility, no sideways scrolling, targets of 44 px, a picture.
export async function look(page, report, name, { picture = true } = {}) {
  report.pages += 1;
  await page.addScriptTag({ path: AXE });
  const result = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  }));
  const what = result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join("; ")}`);
  report.expect(what.length === 0, `axe ${name}`, what.join(" | "));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  report.expect(wide <= 0, `fits ${name}`, `${wide} px too wide`);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), select, summary, nav a")]
    .map((e) => [e, e.type === "checkbox" || e.type === "radio" ? e.parentElement.getBoundingClientRect() : e.getBoundingClientRect()])
    .filter(([, r]) => r.width > 0 && r.height > 0 && r.height < 43.5)
    .map(([e, r]) => `${e.tagName}.${e.className} ${Math.round(r.height)}`));
  report.expect(small.length === 0, `targets ${name}`, small.join(", "));
  if (picture) await page.screenshot({ path: join(report.folder, `${name}.png`), fullPage: true });
}

// A context in which axe-core can be added in spite of the site's policy; the policy itself is tested
// by the header checks of the http campaign.
export async function open(browser, size, language = "ja", more = {}) {
  const context = await browser.newContext({
    viewport: WIDTHS[size],
    ignoreHTTPSErrors: true,
    bypassCSP: true,
    locale: language === "en" ? "en-US" : "ja-JP",
    acceptDownloads: true,
    isMobile: size === "phone",
    hasTouch: size === "phone",
    ...more,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { context, page };
}
