// Small comforts; every page is complete without them. No markup is ever made from text.
"use strict";

// Printing: the button is there only where it works.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// The error summary is where a reader should begin.
const problems = document.getElementById("problems");
if (problems) problems.focus();

// One submission a click: a second one while the first is under way is dropped. Back or an answer that
// is a download makes the form usable again.
for (const form of document.querySelectorAll('form[method="post"]')) {
  let busy = false;
  form.addEventListener("submit", (event) => {
    if (busy) {
      event.preventDefault();
      return;
    }
    busy = true;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    setTimeout(() => {
      busy = false;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }, 5000);
  });
}

// Numbers: full-width digits become ASCII and groups of four appear when a field is left.
for (const field of document.querySelectorAll("input.number")) {
  field.addEventListener("blur", () => {
    const digits = field.value
      .replace(/[\uFF10-\uFF19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
      .replace(/[\s\u3000\-\uFF0D\u2010-\u2015\u30FC]/g, "");
    if (/^[0-9]{12}$/.test(digits)) field.value = digits.replace(/(.{4})(.{4})(.{4})/, "$1 $2 $3");
  });
}

// A shown number: count down, then take it out of the page and leave.
const box = document.querySelector("[data-hide]");
if (box) {
  const countdown = document.querySelector(".countdown");
  const end = performance.now() + Number(box.dataset.hide) * 1000;
  const leave = () => {
    box.remove();
    location.replace(box.dataset.away);
  };
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) {
      leave();
      return;
    }
    if (countdown) countdown.textContent = countdown.dataset.left.replace("{}", String(left));
    setTimeout(tick, 250);
  };
  tick();
  // A page kept for "back" must not bring the number back.
  window.addEventListener("pagehide", () => box.remove());
}

// Passkeys: the browser's own dialog; its answer goes into hidden fields as base64url. Without this
// the boxes stay hidden, and password and code do the same.
const toText = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const TIMEOUT = 60000;

function assertion(data) {
  return navigator.credentials.get({
    publicKey: { challenge: toBytes(data.challenge), userVerification: "required", timeout: TIMEOUT },
  }).then((made) => ({
    "pk-credential": made.rawId,
    "pk-user": made.response.userHandle,
    "pk-client": made.response.clientDataJSON,
    "pk-data": made.response.authenticatorData,
    "pk-signature": made.response.signature,
  }));
}

function creation(data) {
  const known = data.known ? data.known.split(" ") : [];
  return navigator.credentials.create({
    publicKey: {
      rp: { name: "Kagikura" },
      user: { id: toBytes(data.user), name: data.name, displayName: data.display },
      challenge: toBytes(data.challenge),
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: known.map((id) => ({ type: "public-key", id: toBytes(id) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      timeout: TIMEOUT,
    },
  }).then((made) => ({
    "pk-client": made.response.clientDataJSON,
    "pk-attestation": made.response.attestationObject,
  }));
}

function fillIn(form, parts) {
  for (const [name, buffer] of Object.entries(parts)) form.elements[name].value = buffer ? toText(buffer) : "";
}

for (const part of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const form = part.closest("form");
  const error = part.querySelector(".error");
  const failed = () => {
    error.hidden = false;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  };
  if (part.dataset.passkey === "get") {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", () => {
      error.hidden = true;
      assertion(part.dataset).then((parts) => {
        fillIn(form, parts);
        form.submit();
      }).catch(failed);
    });
  } else {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      error.hidden = true;
      creation(part.dataset).then((parts) => {
        fillIn(form, parts);
        form.submit();
      }).catch(failed);
    });
  }
}
