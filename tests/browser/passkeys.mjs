// One's own account in a real browser: passkeys with Chromium's virtual authenticator (in the site's own
// policy, which is not bypassed), recovery codes, sessions, the password; and each page without script.
// Standard input: {"url", "keys": {"sekinin"}, "spki", "folder"}; standard output: one JSON line.
import { randomBytes } from "node:crypto";
import { Authenticator, Report, WIDTHS, launch, look, open, readInput } from "./browser.mjs";

const input = await readInput();
const report = new Report(input.folder);
// The appliance's own certificate, trusted by its key: browsers refuse passkeys after a certificate error.
const browser = await launch([`--ignore-certificate-errors-spki-list=${input.spki}`]);
const LOGIN = "sekinin";
let password = randomBytes(18).toString("base64");
let device;

const text = (page) => page.locator("main").innerText();
async function press(page, selector) {
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.locator(selector).first().click()]);
}
const submit = (page, action) => press(page, `form[action="${action}"] button[type=submit]`);
async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await page.fill(`[name="${name}"]`, value);
}
const stepUp = async (page) => fill(page, { password, code: await device.code() });

async function strict(more = {}) {
  const context = await browser.newContext({ viewport: WIDTHS.desk, locale: "ja-JP", ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  page.on("console", (m) => { if (m.type() === "error" && m.text().includes("Content Security")) errors.push(m.text()); });
  return { context, page, errors };
}

async function enrol(page) {
  await page.goto(`${input.url}/enrolment`);
  await fill(page, { key: input.keys.sekinin });
  await submit(page, "/enrolment/key");
  device = new Authenticator(await page.locator("code.secret").innerText());
  await fill(page, { password, password2: password, code: await device.code() });
  await submit(page, "/enrolment");
}

async function signIn(page, code) {
  await page.goto(`${input.url}/sign-in`);
  await fill(page, { login: LOGIN, password, code: code ?? (await device.code()) });
  await submit(page, "/sign-in");
}

async function virtualAuthenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true },
  });
  return { cdp, authenticatorId };
}

async function passkeys() {
  const { context, page, errors } = await strict();
  await enrol(page);
  await signIn(page);
  report.expect(page.url() === `${input.url}/`, "signed in with password and code", await text(page));
  const { cdp, authenticatorId } = await virtualAuthenticator(page);

  await page.goto(`${input.url}/account/passkeys/new`);
  await fill(page, { label: "検証用の端末" });
  await stepUp(page);
  await submit(page, "/account/passkeys/new");
  report.expect((await text(page)).includes("パスキーを追加しました"), "a passkey is added", await text(page));
  report.expect((await text(page)).includes("検証用の端末"), "and listed by its name", await text(page));
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
  report.expect(credentials.length === 1 && credentials[0].isResidentCredential, "the authenticator holds it", credentials.length);
  report.expect(credentials[0]?.rpId === "localhost", "for this site", credentials[0]?.rpId);

  await submit(page, "/sign-out");
  await page.goto(`${input.url}/sign-in`);
  await press(page, 'a[href="/sign-in/passkey"]');
  await press(page, "[data-passkey=get] button");
  report.expect(page.url() === `${input.url}/`, "signed in with a passkey", await text(page));
  await page.goto(`${input.url}/account`);
  report.expect((await text(page)).includes("パスキー"), "the session says by what", await text(page));

  await page.goto(`${input.url}/settings`);
  await fill(page, { phrase: "検証用の言葉", passcode: randomBytes(6).toString("hex") });
  await submit(page, "/settings");
  report.expect((await text(page)).includes("申請しました"), "proposed what takes two", await text(page));
  await page.goto(`${input.url}/account/recovery`);
  await press(page, "[data-passkey=get] button");
  report.expect((await page.locator("code.secret").count()) === 10, "re-authenticated with a passkey", await text(page));

  // An authenticator that does not check who touches it.
  await submit(page, "/sign-out");
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto(`${input.url}/sign-in/passkey`);
  await page.locator("[data-passkey=get] button").click();
  await page.locator("[data-passkey=get] .error").waitFor({ state: "visible" });
  report.expect(page.url().endsWith("/sign-in/passkey"), "no sign-in without user verification");
  await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.goto(`${input.url}/sign-in/passkey`);
  await press(page, "[data-passkey=get] button");
  report.expect(page.url() === `${input.url}/`, "and again with it", await text(page));

  await page.goto(`${input.url}/account`);
  await press(page, 'a[href$="/remove"]');
  await press(page, "[data-passkey=get] button");
  report.expect((await text(page)).includes("パスキーを削除しました"), "the passkey is removed", await text(page));
  await submit(page, "/sign-out");
  await page.goto(`${input.url}/sign-in/passkey`);
  await press(page, "[data-passkey=get] button");
  report.expect((await text(page)).includes("このパスキーは使えません"), "and signs in no more", await text(page));
  report.expect(errors.length === 0, "the site's own policy was kept", errors.join(" | "));
  await context.close();
}

async function sessionsAndCodes() {
  const one = await strict();
  await signIn(one.page);
  const other = await strict();
  await signIn(other.page);
  report.expect((await text(other.page)).includes("新しい端末からのサインイン"), "a new device is on the first page", await text(other.page));
  await other.page.goto(`${input.url}/account`);
  await submit(other.page, "/account/devices/confirm");
  report.expect(!(await text(other.page)).includes("心当たり"), "and gone once confirmed", await text(other.page));
  await submit(other.page, "/account/sessions/end");
  await one.page.goto(`${input.url}/account`);
  report.expect(one.page.url().includes("/sign-in"), "a session ended from elsewhere is over at once", one.page.url());

  await other.page.goto(`${input.url}/account/recovery`);
  await stepUp(other.page);
  await submit(other.page, "/account/recovery");
  const codes = await other.page.locator("code.secret").allInnerTexts();
  report.expect(codes.length === 10 && codes.every((c) => /^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$/.test(c)), "ten recovery codes", codes.length);
  await other.page.goto(`${input.url}/account`);
  report.expect((await text(other.page)).includes("残り10個"), "the account counts them");

  await signIn(one.page, codes[0].toLowerCase());
  await one.page.goto(`${input.url}/account`);
  report.expect((await text(one.page)).includes("残り9個"), "a recovery code signs in and is spent", await text(one.page));
  report.expect((await text(one.page)).includes("回復コードかメールのコードでサインインしています"), "and the page says what it is worth");
  await one.page.goto(`${input.url}/settings`);
  await fill(one.page, { phrase: "検証用の言葉" });
  await submit(one.page, "/settings");
  report.expect((await text(one.page)).includes("回復コードやメールのコードではこの操作はできません"), "settings are out of its reach", await text(one.page));

  await one.page.goto(`${input.url}/account/authenticator`);
  await fill(one.page, { password, code: codes[1] });
  await submit(one.page, "/account/authenticator");
  device = new Authenticator(await one.page.locator("code.secret").innerText());
  await fill(one.page, { code: await device.code() });
  await submit(one.page, "/account/authenticator/finish");
  report.expect((await text(one.page)).includes("認証アプリを変更しました"), "the app is replaced", await text(one.page));
  await other.page.goto(`${input.url}/account`);
  report.expect(other.page.url().includes("/sign-in"), "which ends other sessions", other.page.url());
  await one.context.close();
  await other.context.close();
}

// Everything but passkeys, and nothing of passkeys in the way.
async function withoutScript() {
  const { context, page } = await strict({ javaScriptEnabled: false });
  await page.goto(`${input.url}/sign-in/passkey`);
  report.expect((await page.locator("[data-passkey] button:visible").count()) === 0, "no button that does nothing");
  report.expect((await text(page)).includes("パスワードと認証コードでサインインする"), "but the other way");
  await signIn(page);
  await page.goto(`${input.url}/account/password`);
  const next = randomBytes(18).toString("base64");
  await fill(page, { "new-password": next, "new-password2": `${next}x`, password, code: "000000" });
  await submit(page, "/account/password");
  report.expect((await text(page)).includes("一致しません"), "two passwords that differ are told", await text(page));
  await fill(page, { "new-password": next, "new-password2": next });
  await stepUp(page);
  await submit(page, "/account/password");
  report.expect((await text(page)).includes("パスワードを変更しました"), "the password is changed", await text(page));
  password = next;
  await context.close();
}

async function looks() {
  const { context, page } = await open(browser, "desk");
  await page.goto(`${input.url}/sign-in/passkey`);
  await look(page, report, "sign-in-passkey");
  for (const path of ["/sign-in/mail", "/reminder", "/reminder/finish"]) {
    await page.goto(`${input.url}${path}`);
    await look(page, report, path.slice(1).replaceAll("/", "-"));
  }
  await signIn(page);
  for (const size of ["desk", "phone"]) {
    await page.setViewportSize(WIDTHS[size]);
    for (const path of ["", "/password", "/authenticator", "/recovery", "/passkeys/new", "/mail"]) {
      await page.goto(`${input.url}/account${path}`);
      await look(page, report, `${size}-account${path.replaceAll("/", "-")}`);
    }
  }
  await context.close();
}

try {
  await passkeys();
  await sessionsAndCodes();
  await withoutScript();
  await looks();
} catch (error) {
  report.expect(false, "the script went to its end", error.stack);
}
await browser.close();
report.print();
