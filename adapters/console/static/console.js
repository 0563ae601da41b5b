// The console's own few lines; what is fetched by itself is htmx's (the `hx-` attributes in the templates).
// Without script every button still works, by loading the page anew.
"use strict";

const reply = () => document.getElementById("reply-text");
const usable = (element) => element !== null && element.offsetParent !== null;

// --- told at the top of the page, and read out

const news = document.getElementById("news");
let cut = false;

function tell(text) {
  news.textContent = text;
}

// --- texts that are not sent yet: they outlive a reload in this tab, and nothing else

for (const form of document.querySelectorAll("form[data-kept]")) {
  const area = form.querySelector("textarea");
  const key = form.dataset.kept;
  if (document.getElementById("live")?.dataset.hold === "over" && key.startsWith("reply:")) sessionStorage.removeItem(key);
  // What the server gives back was refused, and so is newer.
  if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
  area.addEventListener("input", () => keep(key, area.value));
  if (area.value) keep(key, area.value);
}

function keep(key, text) {
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}

// --- sending without leaving the page

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action") === "/console/logout") sessionStorage.clear();
  if (!form.hasAttribute("data-quiet")) {
    // Twice the same click is one.
    if (form.method === "post") setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
    return;
  }
  event.preventDefault();
  send(form);
});

async function send(form) {
  const area = form.querySelector("textarea");
  const button = form.querySelector("button");
  const outcome = form.querySelector(".outcome");
  if (button.disabled || !area.value.trim()) return;
  button.disabled = true;
  area.readOnly = true;
  say(outcome, "送っています…", "");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(20000),
    });
    const json = (response.headers.get("content-type") ?? "").startsWith("application/json");
    const answer = json ? await response.json() : {};
    if (response.ok && json) {
      area.value = "";
      keep(form.dataset.kept, "");
      if (form.elements.key) form.elements.key.value = answer.key;
      say(outcome, answer.said, "good");
    } else if (json) {
      say(outcome, answer.said ?? answer.error, "bad");
    } else {
      say(outcome, "送れませんでした。ページを読み込み直して、もう一度送ってください。書いた文章は残ります。", "bad");
    }
  } catch {
    // The key is the same at the next try: what has arrived is not sent twice.
    say(outcome, "つながりませんでした。もう一度押してください。二重には届きません。", "bad");
  }
  button.disabled = false;
  area.readOnly = false;
  area.focus();
  const live = document.getElementById("live");
  if (live) htmx.trigger(live, "refresh");
}

function say(place, text, how) {
  place.textContent = text;
  place.className = `outcome ${how}`;
}

// Going back shows the page as it was left, buttons and all.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("button:disabled").forEach((button) => { button.disabled = false; });
});

// --- putting drafts, passages and phrases into the reply

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
  const button = event.target.closest("[data-insert]");
  if (button) insert(button.dataset.insert);
});

function insert(text) {
  const area = reply();
  if (!usable(area)) {
    tell("返信の欄は、この相談を担当すると使えます。");
    return;
  }
  const before = area.value.slice(0, area.selectionStart);
  area.setRangeText((before && !before.endsWith("\n") ? "\n" : "") + text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.scrollTop = area.scrollHeight;
}

// --- keys; by their place on the keyboard, for Alt makes other characters of letters on some

const KEYS = {
  KeyQ: () => location.assign("/console"),
  KeyC: () => { const button = document.getElementById("claim"); if (usable(button)) button.click(); },
  KeyR: () => focusOn(reply()),
  KeyS: () => focusOn(document.getElementById("search-text")),
  KeyN: () => focusOn(document.getElementById("note-text")),
  KeyH: () => document.getElementById("keys").showModal(),
};

function focusOn(element) {
  if (usable(element)) element.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && KEYS[event.code]) {
    event.preventDefault();
    KEYS[event.code]();
  }
});

// --- what changes by itself

const title = document.title;
let newest = Number(badge()?.dataset.newest ?? 0);
let said = document.getElementById("live")?.dataset.said;

function badge() {
  return document.getElementById("badge");
}

function look() {
  const waiting = badge();
  if (!waiting) return;
  const count = Number(waiting.dataset.waiting);
  const wanted = count ? `(${count}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
  if (Number(waiting.dataset.newest) > newest) tell(`新しい相談が届きました。待っている相談は${count}件です。`);
  newest = Math.max(newest, Number(waiting.dataset.newest));
  const live = document.getElementById("live");
  if (live && live.dataset.said !== said) {
    if (live.dataset.said) tell("相談者から新しいメッセージが届きました。");
    said = live.dataset.said;
    follow();
  }
}

// The latest words are in view, unless somebody has scrolled up to read.
const talk = () => document.querySelector(".talk");
let atEnd = true;

function follow() {
  const list = talk();
  if (list && atEnd) list.scrollTop = list.scrollHeight;
}

document.addEventListener("scroll", (event) => {
  if (event.target === talk()) atEnd = event.target.scrollHeight - event.target.scrollTop - event.target.clientHeight < 60;
}, true);

document.addEventListener("htmx:after:swap", () => { look(); follow(); });
document.addEventListener("htmx:after:request", () => { if (cut) { cut = false; tell(""); } });
document.addEventListener("htmx:error", () => {
  cut = true;
  tell("サーバーにつながりません。画面が古くなっているかもしれません。");
});

look();
follow();
if (location.hash === "#reply-text") focusOn(reply());
