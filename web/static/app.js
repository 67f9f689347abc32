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
