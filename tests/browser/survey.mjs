// Every page that a GET shows, with a stand-in for core: accessibility, width, targets, a picture each.
//   echo '{"url": "https://localhost:8443", "role": "handler", "folder": "shots"}' | node survey.mjs
import { Report, launch, look, open, readInput, WIDTHS } from "./browser.mjs";

const ID = "0000000000001001";
const PAGES = {
  "sign-in": "/sign-in",
  enrolment: "/enrolment",
  dashboard: "/",
  people: "/people",
  person: `/people/${ID}`,
  roster: "/roster",
  requests: "/requests",
  "request-new": `/requests/new?person=${ID}`,
  portal: `/p/${"A".repeat(43)}`,
  approvals: "/approvals",
  approval: `/approvals/${ID}`,
  reveal: `/reveal?person=${ID}`,
  hidden: `/reveal/hidden?person=${ID}`,
  disposals: "/disposals",
  "disposal-new": `/disposals/new?person=${ID}`,
  disposal: `/disposals/${ID}`,
  log: "/log",
  "log-export": "/log/export",
  accounts: "/accounts",
  "account-new": "/accounts/new",
  designation: `/accounts/${ID}/designation`,
  delegation: `/accounts/${ID}/delegation`,
  clients: "/clients",
  "client-new": "/clients/new",
  "client-certificate": `/clients/${ID}/certificate`,
  companies: "/companies",
  "company-new": "/companies/new",
  founder: `/companies/${ID}/guards`,
  proposals: "/proposals",
  proposal: `/proposals/${ID}`,
  zones: "/zones",
  hours: "/hours",
  rights: "/rights",
  rules: "/rules",
  settings: "/settings",
  "not-found": "/nothing-here",
};

const input = await readInput();
const report = new Report(input.folder);
const browser = await launch();
for (const size of Object.keys(WIDTHS)) {
  for (const language of ["ja", "en"]) {
    const { context, page } = await open(browser, size, language);
    await context.addCookies([
      { name: "__Host-session", value: "A".repeat(43), url: input.url, secure: true, httpOnly: true, sameSite: "Strict" },
      { name: "__Host-lang", value: language, url: input.url, secure: true, httpOnly: true, sameSite: "Strict" },
    ]);
    for (const [name, path] of Object.entries(PAGES)) {
      const answer = await page.goto(input.url + path);
      const good = name === "not-found" ? answer.status() === 404 : answer.status() === 200;
      report.expect(good, `status ${name}`, answer.status());
      await look(page, report, `${input.role}-${size}-${language}-${name}`);
    }
    await context.close();
  }
}
await browser.close();
report.print();
