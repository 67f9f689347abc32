// docs/guide/setup.md as somebody new to it would follow it: three people enrol, company phrase, two
// more people with their roles, a roster of three branches, places, and the sheet for the rule book.
// Nothing is typed or pressed that the guide does not name. Counts what a person would do, and makes
// the pictures of the guide. Standard input as main_job.mjs'; "pictures": a folder for them.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Authenticator, Report, launch, open, readInput } from "./browser.mjs";

const input = await readInput();
const report = new Report(input.folder);
mkdirSync(input.pictures, { recursive: true });
const browser = await launch();
const began = Date.now();
const BRANCHES = ["本社", "大阪支店", "福岡支店"];

class Person {
  constructor(login) {
    this.login = login;
    this.password = randomBytes(12).toString("base64");
    // What a person does, to be timed by the keystroke-level model (Card, Moran, Newell 1980).
    this.done = { keys: 0, presses: 0, pages: 0, fields: 0, scans: 0 };
  }
  async sit() {
    Object.assign(this, await open(browser, "desk"));
    await this.page.setViewportSize({ width: 720, height: 540 });
  }
  async go(path) {
    this.done.pages += 1;
    await this.page.goto(input.url + path);
  }
  // Follows a link or presses a button by the words that the guide has for it.
  async press(words) {
    this.done.presses += 1;
    this.done.pages += 1;
    const found = this.page.locator("main, nav, header").getByRole("button", { name: words, exact: true })
      .or(this.page.locator("main, nav, header").getByRole("link", { name: words, exact: true }));
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), found.first().click()]);
  }
  // A key 0.28 s, pointing and pressing 1.3, deciding 1.35 before each field and press; a page is read for
  // 4 s; an app is opened and a code scanned in 20 s.
  seconds() {
    const { keys, presses, fields, pages, scans } = this.done;
    return Math.round(0.28 * keys + 2.65 * (presses + fields) + 4 * pages + 20 * scans);
  }
  async type(label, value) {
    this.done.keys += value.length;
    this.done.fields += 1;
    await this.page.getByLabel(label, { exact: false }).first().fill(value);
  }
  async says(words, name) {
    const text = await this.page.locator("main").innerText();
    report.expect(text.includes(words), name, text);
  }
  async reAuthenticate() {
    await this.type("パスワード", this.password);
    await this.type("認証コード", await this.device.code());
  }
  async enrol(key) {
    await this.sit();
    await this.go("/sign-in");
    await this.press("利用登録へ");
    await this.type("登録キー", key);
    await this.press("次へ");
    this.device = new Authenticator(await this.page.locator("code.secret").innerText());
    this.done.scans += 1;
    await this.type("パスワード", this.password);
    await this.page.locator('[name="password2"]').fill(this.password);
    this.done.keys += this.password.length;
    await this.type("認証コード", await this.device.code());
    await this.press("登録を終える");
    await this.says("利用登録が終わりました", `${this.login} enrolled`);
    await this.type("ログインID", this.login);
    await this.reAuthenticate();
    await this.press("サインインする");
    this.enrolled = this.seconds();
    report.expect(new URL(this.page.url()).pathname === "/", `${this.login} signed in`, this.page.url());
  }
  picture(name) {
    return this.page.screenshot({ path: join(input.pictures, `${name}.png`) });
  }
}

const people = Object.fromEntries(["sekinin", "kengen", "kansa", "tantou", "hoan"].map((login) => [login, new Person(login)]));

// For the whole firm: what a handler's or viewer's invitation says besides.
async function designate(by) {
  const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
  for (const words of ["従業員", "扶養親族", "税・源泉徴収", "健康保険・厚生年金保険"]) {
    by.done.presses += 1;
    await by.page.getByLabel(words, { exact: false }).first().check();
  }
  for (const [name, days] of [["trained", -30], ["first", -1], ["last", 300]]) {
    by.done.keys += 8;
    by.done.fields += 1;
    await by.page.locator(`[name="${name}"]`).fill(day(days));
  }
}

// "1人が申請し、別の人が承認し、申請した人が実行する": the other finds it in the list.
async function agreed(by, other, name) {
  await by.says("申請しました", `${name}: proposed`);
  await other.press("申請");
  await other.page.locator('main a[href^="/proposals/"]').first().click();
  other.done.presses += 1;
  await other.page.waitForLoadState("load");
  if (name === "phrase") await other.picture("approve");
  await other.reAuthenticate();
  await other.press("この内容を承認する");
  await other.says("承認しました", `${name}: approved`);
  await by.page.reload();
  await by.reAuthenticate();
  await by.press("実行する");
}

async function invite(by, other, login, name, role) {
  await by.press("利用者");
  await by.press("利用者を招待する");
  await by.type("ログインID", login);
  await by.type("氏名", name);
  by.done.presses += 1;
  await by.page.getByLabel(role, { exact: false }).first().check();
  if (role === "事務取扱担当者") await designate(by);
  await by.press("招待を申請する");
  await agreed(by, other, login);
  if (login === "tantou") await by.picture("key");
  return by.page.locator("code.secret").innerText();
}

function roster() {
  const lines = ["社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号"];
  BRANCHES.forEach((branch, at) => {
    for (const n of [1, 2]) lines.push(`G${at}${n},検証 ${branch}${n},ケンショウ,従業員,${branch},1990-01-0${n},,`);
  });
  return `${lines.join("\r\n")}\r\n`;
}

async function branches(handler) {
  await handler.press("対象者");
  await handler.press("名簿を取り込む");
  await handler.page.setInputFiles('[name="csv"]', { name: "meibo.csv", mimeType: "text/csv", buffer: Buffer.from(roster()) });
  handler.done.presses += 2;
  await Promise.all([handler.page.waitForNavigation(), handler.page.locator('form[action="/roster"] button').click()]);
  await Promise.all([handler.page.waitForNavigation(), handler.page.locator('form[action="/roster/import"] button').click()]);
  await handler.go("/people");
  for (const branch of BRANCHES) await handler.says(branch, `${branch} is there`);
}

async function walk() {
  const { sekinin, kengen, kansa, tantou, hoan } = people;
  for (const one of [sekinin, kengen, kansa]) await one.enrol(input.keys[one.login]);
  await sekinin.press("設定");
  await sekinin.type("会社からの言葉", "検証用の言葉：青い金庫");
  await sekinin.type("合言葉", "k-9184-kensho");
  await sekinin.picture("settings");
  await sekinin.press("変更を申請する");
  await agreed(sekinin, kengen, "phrase");
  await tantou.enrol(await invite(sekinin, kengen, "tantou", "検証 担当", "事務取扱担当者"));
  await hoan.enrol(await invite(sekinin, kengen, "hoan", "検証 保安", "保安担当"));
  await branches(tantou);
  await sekinin.press("利用者");
  for (const role of ["責任者", "権限管理者", "監査人", "事務取扱担当者", "保安担当"]) await sekinin.says(role, `${role} is there`);
  await sekinin.picture("accounts");
  await sekinin.go("/rights");
  await sekinin.says("事務取扱担当者", "refusals are explained");
  await sekinin.go("/rules");
  await sekinin.says("安全管理措置", "the sheet is there");
}

try {
  await walk();
} catch (error) {
  report.failed.push({ name: "walk", why: String(error).slice(0, 600) });
}
await browser.close();
// 責任者 and 権限管理者 take turns, then the first clerk has his; the others enrol meanwhile, each at his desk.
const { sekinin, kengen, kansa, tantou, hoan } = people;
const elapsed = sekinin.seconds() + kengen.seconds() - kengen.enrolled + tantou.seconds();
report.expect(elapsed < 600, "set up within ten minutes", `${elapsed} s`);
const all = [sekinin, kengen, kansa, tantou, hoan];
const sum = (what) => all.reduce((total, one) => total + one.done[what], 0);
console.log(JSON.stringify({ passed: report.passed, failed: report.failed, pages: sum("pages"),
  notes: { keys: sum("keys"), presses: sum("presses"), machine_s: Math.round((Date.now() - began) / 1000),
    elapsed_s: elapsed, everybody_s: all.reduce((total, one) => total + one.seconds(), 0) } }));
