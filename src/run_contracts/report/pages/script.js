"use strict";
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const filters = document.getElementById("filters");
const texts = new Map();

function text(rule) {
  if (!texts.has(rule)) texts.set(rule, rule.textContent.toLowerCase());
  return texts.get(rule);
}

function filter() {
  const wanted = new FormData(filters);
  const words = wanted.get("text").toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (rule) =>
    ["area", "level", "outcome"].every((name) => !wanted.get(name) || rule.dataset[name] === wanted.get(name)) &&
    words.every((word) => text(rule).includes(word));
  const rules = all(".rule");
  for (const rule of rules) rule.hidden = !fits(rule);
  const isFiltered = [...wanted.values()].some(Boolean);
  for (const fold of all(".followers")) fold.open = isFiltered && Boolean(fold.querySelector(".rule:not([hidden])"));
  for (const group of all(".group, .cause, .followers")) group.hidden = !group.querySelector(".rule:not([hidden])");
  filters.querySelector("output").value = `${rules.filter((rule) => !rule.hidden).length} of ${rules.length} rules`;
}

if (filters) {
  filters.hidden = false;
  filters.addEventListener("input", filter);
  filters.addEventListener("reset", () => setTimeout(filter));
  filters.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.dataset.done = "copied";
  } catch {
    const area = document.createElement("textarea");
    area.value = source.textContent;
    document.body.append(area);
    area.select();
    button.dataset.done = document.execCommand("copy") ? "copied" : "not allowed; copy it below";
    area.remove();
    button.focus();
  }
  source.closest("details").open ||= button.dataset.done !== "copied";
  setTimeout(() => delete button.dataset.done, 2000);
}

for (const button of all("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

for (const rule of all("details.rule")) {
  rule.addEventListener("toggle", () => {
    const hit = rule.querySelector(".body mark");
    if (hit) hit.parentElement.scrollTop = hit.offsetTop - hit.parentElement.offsetTop - 60;
  });
}

function reveal() {
  const goal = document.getElementById(location.hash.slice(1));
  for (let one = goal; one; one = one.parentElement) if (one.matches("details")) one.open = true;
  if (goal) goal.scrollIntoView();
}

addEventListener("hashchange", reveal);
reveal();

let opened = [];
addEventListener("beforeprint", () => {
  opened = all(".followers:not([open]), .broken.rule:not([open]), .advice.rule:not([open])");
  for (const rule of opened) rule.open = true;
});
addEventListener("afterprint", () => {
  for (const rule of opened) rule.open = false;
});
