// The main job in a real browser, at the width of a phone and of a desk, as handler, responsible person,
// person and auditor. Standard input: {"url", "keys": {"sekinin", "kengen", "kansa"}, "folder"}; standard output:
// one JSON line {"passed", "failed", "pages"}. Secrets are made here and never printed.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Authenticator, Report, launch, look, open, readInput } from "./browser.mjs";

const input = await readInput();
const report = new Report(input.folder);
const browser = await launch();
const passcode = randomBytes(6).toString("hex");
const PHRASE = "検証用の言葉：青い金庫";

function individualNumber(index) {
  const digits = `88${String(index).padStart(9, "0")}`;
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return digits + (rest <= 1 ? 0 : 11 - rest);
}

const PURPOSES = ["tax", "social_insurance", "employment_insurance", "payment_record"];
const dayFromNow = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

const fullWidth = (text) => text.replace(/[0-9]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

// Presses a button or follows a link, and waits for the page that answers.
async function press(page, selector) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.locator(selector).first().click()]);
}
const submit = (page, action) => press(page, `form[action="${action}"] button[type=submit]`);

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await page.fill(`[name="${name}"]`, value);
}

const text = (page) => page.locator("main").innerText();

class Staff {
  constructor(login, size) {
    this.login = login;
    this.password = randomBytes(18).toString("base64");
    this.size = size;
  }
  async sit(size) {
    if (this.context) await this.context.close();
    const { context, page } = await open(browser, size);
    Object.assign(this, { context, page, size });
  }
  look(name) {
    return look(this.page, report, `${this.size}-${this.login}-${name}`);
  }
  async go(path) {
    await this.page.goto(input.url + path);
  }
  async enrol(key) {
    await this.go("/enrolment");
    await this.look("enrolment-key");
    await fill(this.page, { key });
    await submit(this.page, "/enrolment/key");
    await this.look("enrolment-totp");
    this.device = new Authenticator(await this.page.locator("code.secret").innerText());
    await fill(this.page, { password: this.password, password2: `${this.password}x`, code: "000000" });
    await submit(this.page, "/enrolment");
    report.expect((await text(this.page)).includes("一致しません"), "enrolment names differing passwords");
    await this.look("enrolment-error");
    await fill(this.page, { password: this.password, password2: this.password, code: await this.device.code() });
    await submit(this.page, "/enrolment");
    report.expect((await text(this.page)).includes("利用登録が終わりました"), `${this.login} enrolled`, await text(this.page));
  }
  async signIn() {
    await this.go("/sign-in");
    await this.look("sign-in");
    await fill(this.page, { login: this.login, password: this.password, code: await this.device.code() });
    await submit(this.page, "/sign-in");
    report.expect(this.page.url() === `${input.url}/`, `${this.login} signed in`, await text(this.page));
    await this.look("dashboard");
  }
  async stepUp() {
    await fill(this.page, { password: this.password, code: await this.device.code() });
  }
  async signOut() {
    await submit(this.page, "/sign-out");
    report.expect((await text(this.page)).includes("サインアウトしました"), `${this.login} signed out`);
  }
}

const responsible = new Staff("sekinin");
const rights = new Staff("kengen");
const auditor = new Staff("kansa");
const handler = new Staff("tantou");

// What the responsible person has just proposed: the rights manager looks at it and approves, then it is
// carried out.
async function agree(name) {
  const path = new URL(responsible.page.url()).pathname;
  report.expect((await text(responsible.page)).includes("申請しました"), `${name} proposed`, await text(responsible.page));
  await responsible.look(`${name}-proposed`);
  await rights.go("/proposals");
  await rights.look(`${name}-inbox`);
  await rights.go(path);
  await rights.look(`${name}-proposal`);
  await rights.stepUp();
  await submit(rights.page, `${path}/approve`);
  report.expect((await text(rights.page)).includes("承認しました"), `${name} approved`, await text(rights.page));
  await rights.look(`${name}-approved`);
  await responsible.go(path);
  await responsible.look(`${name}-ready`);
  await responsible.stepUp();
  await submit(responsible.page, `${path}/execute`);
}

// Opening hours of a role that takes no part here.
async function setHours() {
  await responsible.go("/hours");
  await responsible.look("hours");
  await responsible.page.check('[name="roles1"][value="viewer"]');
  await fill(responsible.page, { opens1: "09:00", closes1: "17:30" });
  await submit(responsible.page, "/hours");
  report.expect((await text(responsible.page)).includes("曜日を"), "days are missing", await text(responsible.page));
  await responsible.look("hours-problem");
  for (const day of ["mon", "fri"]) await responsible.page.check(`[name="weekdays1"][value="${day}"]`);
  await submit(responsible.page, "/hours");
  await agree("hours");
  await responsible.go("/hours");
  report.expect((await text(responsible.page)).includes("09:00–17:30"), "hours are set", await text(responsible.page));
  await responsible.look("hours-set");
}

async function setUp() {
  await rights.sit("desk");
  await rights.enrol(input.keys.kengen);
  await rights.signIn();
  await responsible.sit("desk");
  await responsible.enrol(input.keys.sekinin);
  await responsible.signIn();
  await responsible.go("/settings");
  await fill(responsible.page, { phrase: PHRASE, passcode });
  await submit(responsible.page, "/settings");
  await agree("settings");
  report.expect((await text(responsible.page)).includes("実行しました"), "settings saved", await text(responsible.page));
  await responsible.go("/settings");
  await responsible.look("settings");
  await responsible.go("/accounts/new");
  await fill(responsible.page, { login: handler.login, name: "検証用 担当" });
  await responsible.page.check('[name="role"][value="handler"]');
  for (const kind of ["employee", "dependant"]) await responsible.page.check(`[name="kinds"][value="${kind}"]`);
  for (const purpose of PURPOSES) await responsible.page.check(`[name="purposes"][value="${purpose}"]`);
  await fill(responsible.page, { trained: dayFromNow(-30), first: dayFromNow(-1), last: dayFromNow(365) });
  await responsible.look("invite");
  await submit(responsible.page, "/accounts/new");
  await agree("invite");
  const key = await responsible.page.locator("code.secret").innerText();
  await responsible.look("invite-key");
  await responsible.go("/zones");
  await responsible.look("zones");
  await setHours();
  await responsible.go("/rights");
  report.expect((await text(responsible.page)).includes("事務取扱担当者"), "a refusal is explained", await text(responsible.page));
  await responsible.look("rights");
  await responsible.go("/rules");
  await responsible.look("rules");
  await responsible.go("/accounts");
  await responsible.look("accounts");
  await responsible.page.locator('a[href$="/designation"]').first().click();
  await responsible.page.waitForLoadState("load");
  report.expect((await text(responsible.page)).includes("指定中"), "the handler is designated", await text(responsible.page));
  await responsible.look("designation");
  await responsible.go("/accounts");
  await responsible.page.locator('a[href$="/delegation"]').first().click();
  await responsible.page.waitForLoadState("load");
  report.expect((await text(responsible.page)).includes("代理は決められていません"), "nobody stands in", await text(responsible.page));
  await responsible.look("delegation");
  await handler.sit("desk");
  await handler.enrol(key);
  await auditor.sit("phone");
  await auditor.enrol(input.keys.kansa);
}

function roster(size) {
  const first = size === "phone" ? 1 : 5;
  const lines = ["社員番号,氏名,フリガナ,区分,所属,生年月日,続柄,扶養者社員番号"];
  for (const n of [first, first + 1, first + 2]) {
    lines.push(`B${n},検証 𠮷子${n},ケンショウ ヨシコ,従業員,検証部${size},1990-01-0${n},,`);
  }
  lines.push(`,検証 扶養${first},ケンショウ フヨウ,扶養親族,検証部${size},2015-04-01,子,B${first}`);
  return { first, csv: `${lines.join("\r\n")}\r\n` };
}

async function uploadRoster(size) {
  const { page } = handler;
  const { csv } = roster(size);
  await handler.go("/roster");
  await handler.look("roster");
  const bad = csv.replace("1990-01-0", "1990-13-0");
  await page.setInputFiles('[name="csv"]', { name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(bad) });
  await submit(page, "/roster");
  report.expect((await text(page)).includes("日付として読めません"), "a bad row is named", await text(page));
  await handler.look("roster-bad");
  await page.setInputFiles('[name="csv"]', { name: "good.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await submit(page, "/roster");
  await handler.look("roster-good");
  await submit(page, "/roster/import");
  report.expect((await text(page)).includes("名簿を取り込みました"), "roster imported", await text(page));
  await handler.look("people");
}

// Returns the links of the three people, by employee number.
async function requestNumbers(size) {
  const { page } = handler;
  const { first } = roster(size);
  await handler.go(`/people?group=${encodeURIComponent(`検証部${size}`)}&kind=employee`);
  for (const box of await page.locator('[name="person"]').all()) await box.check();
  await press(page, 'button[formaction="/requests/new"]');
  await handler.look("request-new");
  await submit(page, "/requests/new");
  report.expect((await text(page)).includes("利用目的を1つ以上"), "purposes are demanded", await text(page));
  await page.check('[name="purposes"][value="tax"]');
  await page.check('[name="purposes"][value="social_insurance"]');
  await submit(page, "/requests/new");
  await handler.look("request-links");
  const rows = await page.locator("table tbody tr").allInnerTexts();
  const links = {};
  for (const row of rows) links[row.split(/\s/)[0]] = row.match(/https:\S+/)[0];
  report.expect(Object.keys(links).length === 3, "three links", rows.length);
  await handler.go("/requests");
  await handler.look("requests");
  return [`B${first}`, `B${first + 1}`, `B${first + 2}`].map((number) => links[number]);
}

async function numbersPage(page, size, link) {
  await page.goto(link);
  await fill(page, { passcode });
  await press(page, "main button[type=submit]");
}

async function provide(size, link, index) {
  const { context, page } = await open(browser, size);
  const seen = (name) => look(page, report, `${size}-person-${name}`);
  await page.goto(link);
  await seen("passcode");
  await fill(page, { passcode: "not the passcode" });
  await press(page, "main button[type=submit]");
  report.expect((await page.locator("#problems").count()) === 1, "a wrong passcode is told", await text(page));
  await seen("passcode-wrong");
  await numbersPage(page, size, link);
  report.expect((await text(page)).includes(PHRASE), "the company phrase is shown", await text(page));
  await seen("numbers");
  const fields = await page.locator("input.number").all();
  const numbers = [individualNumber(index), individualNumber(index + 1)];
  report.expect(fields.length === 4, "fields for the person and a dependant", fields.length);
  for (const [i, field] of fields.entries()) await field.fill(i === 1 ? individualNumber(7) : numbers[i >> 1]);
  await fields[2].fill("123456789012");
  await press(page, 'form[action$="/numbers"] button[type=submit]');
  const shown = await text(page);
  report.expect(shown.includes("一致しません"), "differing entries are named", shown);
  report.expect(shown.includes("検査数字"), "a wrong check digit is named", shown);
  report.expect((await page.locator("input.number").first().inputValue()) === "", "numbers do not come back");
  await seen("numbers-wrong");
  const again = await page.locator("input.number").all();
  for (const [i, field] of again.entries()) await field.fill(i % 2 ? fullWidth(numbers[i >> 1]) : numbers[i >> 1]);
  await press(page, 'form[action$="/numbers"] button[type=submit]');
  report.expect((await text(page)).includes("受け付けました"), "a receipt", await text(page));
  await seen("receipt");
  await context.close();
  return numbers[0];
}

// The same without script.
async function provideWithoutScript(size, link, index) {
  const { context, page } = await open(browser, size, "ja", { javaScriptEnabled: false });
  await numbersPage(page, size, link);
  for (const field of await page.locator("input.number").all()) await field.fill(individualNumber(index));
  await press(page, 'form[action$="/numbers"] button[type=submit]');
  report.expect((await text(page)).includes("受け付けました"), "a receipt without script", await text(page));
  await context.close();
}

async function decline(size, link) {
  const { context, page } = await open(browser, size);
  await numbersPage(page, size, link);
  await page.locator("summary").click();
  await page.fill("textarea", "検証のため\n提供しません");
  await look(page, report, `${size}-person-decline`);
  await press(page, 'form[action$="/decline"] button[type=submit]');
  report.expect((await text(page)).includes("提供しないことを伝えました"), "declined", await text(page));
  await context.close();
}

async function approve() {
  const { page } = responsible;
  await responsible.go("/approvals");
  await responsible.look("approvals");
  for (let waiting = 2; waiting > 0; waiting -= 1) {
    await press(page, "main tbody a");
    if (waiting === 2) await responsible.look("approval");
    await press(page, 'form[action$="/approve"] button[type=submit]');
    report.expect((await text(page)).includes("承認しました"), "approved", await text(page));
  }
  await responsible.look("approved");
}

async function reveal(size, number) {
  const { page } = handler;
  const { first } = roster(size);
  await handler.go(`/people?query=B${first}`);
  await press(page, `main tbody a:has-text("検証 𠮷子${first}")`);
  report.expect((await text(page)).includes("●●●●"), "numbers are masked");
  report.expect(!(await page.content()).includes(number), "no number without a grant");
  await handler.look("person");
  await press(page, 'main a[href^="/reveal"]');
  await fill(page, { period: "2026-13" });
  await handler.stepUp();
  await handler.look("reveal-ask");
  await submit(page, "/reveal");
  report.expect((await text(page)).includes("2026-04"), "a wrong period is named", await text(page));
  await fill(page, { period: "2026" });
  await handler.stepUp();
  await submit(page, "/reveal");
  const shown = (await page.locator("p.number").innerText()).replace(/\s/g, "");
  report.expect(shown === number, "the number that the person sent");
  report.expect(/あと\d+秒/.test(await text(page)), "a countdown", await text(page));
  // A picture with a made-up number: no screenshot of a shown one is kept.
  await look(page, report, `${size}-tantou-reveal`, { picture: false });
  const box = page.locator("[data-hide]");
  report.expect((await box.getAttribute("data-hide")) === "60", "it goes after a minute");
  if (size === "phone") await page.waitForURL("**/reveal/hidden*", { timeout: 75_000 });
  else await page.goto(new URL(await box.getAttribute("data-away"), input.url).href);
  report.expect(!(await page.content()).includes(number.slice(0, 4) + "</span>"), "the number is gone");
  await handler.look("reveal-hidden");
  // The answer to a POST that was not to be stored: the browser has nothing to go back to.
  await page.goBack().catch(() => page.waitForURL("chrome-error://**", { waitUntil: "commit" }));
  report.expect((await page.locator("p.number").count()) === 0, "going back shows no number");
}

async function leaveAndPropose(size) {
  const { page } = handler;
  const { first } = roster(size);
  await handler.go(`/people?query=B${first}`);
  await press(page, `main tbody a:has-text("検証 𠮷子${first}")`);
  await fill(page, { leaving: "2026-03-31" });
  await press(page, 'form[action$="/leaving"] button[type=submit]');
  report.expect((await text(page)).includes("2026年3月31日"), "leaving date saved", await text(page));
  await handler.go("/disposals");
  await handler.look("disposals");
  await page.locator('[name="person"]').first().check();
  await press(page, 'form[action="/disposals/new"] button[type=submit]');
  await page.check('[name="reason"][value="not_needed"]');
  await handler.look("disposal-new");
  await submit(page, "/disposals/new");
  report.expect((await text(page)).includes("廃棄を提案しました"), "disposal proposed", await text(page));
  return page.url();
}

async function dispose(url) {
  const { page } = responsible;
  await page.goto(url.split("?")[0]);
  await page.check('[name="sure"]');
  await responsible.stepUp();
  await responsible.look("disposal");
  await press(page, 'form[action$="/approve"] button[type=submit]');
  report.expect((await text(page)).includes("廃棄が終わりました"), "disposed", await text(page));
  await responsible.look("certificate");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator('a[href$="/certificate"]').click()]);
  report.expect(readFileSync(await download.path()).length > 200, "a certificate to keep");
}

async function audit() {
  const { page } = auditor;
  await auditor.go("/log");
  await auditor.look("log");
  await page.selectOption('[name="event"]', "reveal.");
  await press(page, "main form button[type=submit]");
  report.expect((await text(page)).includes("番号を表示"), "the log names the reveal", await text(page));
  await auditor.look("log-reveals");
  await auditor.go("/people");
  report.expect((await text(page)).includes("権限がありません"), "people are not the auditor's", await text(page));
  await auditor.look("denied");
  await auditor.go("/log/export");
  await auditor.stepUp();
  await auditor.look("export");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator('form[action="/log/export"] button').click()]);
  const tar = readFileSync(await download.path());
  report.expect(tar.subarray(257, 262).toString() === "ustar", "the export is a tar file", tar.length);
}

async function job(size, index) {
  for (const person of [handler, responsible, auditor]) {
    await person.sit(size);
    await person.signIn();
  }
  await uploadRoster(size);
  const links = await requestNumbers(size);
  const number = await provide(size, links[0], index);
  await provideWithoutScript(size, links[1], index + 10);
  await decline(size, links[2]);
  await approve();
  await reveal(size, number);
  await dispose(await leaveAndPropose(size));
  await audit();
  for (const person of [handler, responsible, auditor]) await person.signOut();
}

try {
  await setUp();
  await job("phone", 100);
  await job("desk", 200);
} catch (error) {
  report.expect(false, "the main job goes on to its end", error.stack);
}
await browser.close();
report.print();
