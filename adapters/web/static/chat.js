// The chat: sends what is written, shows the reply with its sources. All text goes in as text, never as HTML.
"use strict";

const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("text");
const send = document.getElementById("send");
const restart = document.getElementById("restart");
const STORE = "ippo-chat";
const greeting = log.innerHTML;
let shown = []; // what a reload of the page brings back: {person} or {reply}
let busy = false;
let replies = 0;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function newId() {
  // crypto.randomUUID is missing on plain http; this is not.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function turn(who, ...children) {
  const element = make("div", { className: `turn ${who}` }, make("div", { className: "bubble" }, ...children));
  log.append(element);
  return element;
}

function toEnd(element) {
  // A long reply is read from its beginning.
  const tall = element.offsetHeight > log.clientHeight - 80;
  const before = element.previousElementSibling;
  const start = before && before.classList.contains("person") ? before : element;
  if (tall) start.scrollIntoView({ block: "start" });
  else log.scrollTop = log.scrollHeight;
}

function showPerson(text) {
  toEnd(turn("person", make("p", { textContent: text })));
}

function withMarkers(text, reply, prefix) {
  const known = new Map(reply.citations.map((citation) => [citation.n, citation]));
  return text.split(/(\[\d+\])/).filter(Boolean).map((piece) => {
    const found = /^\[(\d+)\]$/.exec(piece);
    const citation = found && known.get(Number(found[1]));
    if (!citation) return piece;
    const marker = make("a", { className: "marker", href: `#${prefix}-${citation.n}`, textContent: citation.n });
    marker.setAttribute("aria-label", `出典 ${citation.n}: ${citation.title}`);
    return marker;
  });
}

function sources(reply, prefix) {
  const list = make("ol", { className: "sources" });
  list.setAttribute("aria-label", "出典");
  for (const citation of reply.citations) {
    const link = make("a", { href: citation.path, target: "_blank", rel: "noopener", textContent: citation.title || citation.source });
    const body = make("div", {}, link);
    if (citation.place) body.append(make("span", { className: "place", textContent: citation.place }));
    const quote = citation.quote.replace(/\s+/g, " ");
    body.append(make("q", { textContent: quote.length > 90 ? `${quote.slice(0, 89)}…` : quote }));
    list.append(make("li", { id: `${prefix}-${citation.n}` }, make("span", { className: "n", textContent: citation.n }), body));
  }
  // Many sources would push the answers to tap off a phone's screen: they wait behind their number.
  const fold = make("details", { className: "fold", open: reply.citations.length <= 2 });
  fold.append(make("summary", { textContent: `出典 ${reply.citations.length}件` }), list);
  return fold;
}

function showReply(reply) {
  replies += 1;
  const prefix = `s${replies}`;
  const parts = reply.text.split(/\n+/).map((part) => make("p", {}, ...withMarkers(part, reply, prefix)));
  if (reply.citations.length) parts.push(sources(reply, prefix));
  const element = turn("ippo", ...parts);
  for (const old of log.querySelectorAll(".choices")) old.remove();
  if (reply.choices.length) {
    const group = make("div", { className: "choices" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "続けて聞けること");
    for (const choice of reply.choices) group.append(make("button", { type: "button", className: "choice", textContent: choice }));
    log.append(group);
  }
  toEnd(element);
}

log.addEventListener("click", (event) => {
  const marker = event.target.closest("a.marker");
  const fold = marker && document.querySelector(marker.hash)?.closest("details");
  if (fold) fold.open = true;
});

function remember(entry) {
  shown.push(entry);
  restart.hidden = false;
  try {
    sessionStorage.setItem(STORE, JSON.stringify(shown.slice(-40)));
  } catch {
    // Private windows may refuse storage; the conversation goes on without it.
  }
}

async function ask(text, clientId) {
  busy = true;
  send.disabled = true;
  for (const button of log.querySelectorAll("button")) button.disabled = true;
  const waiting = turn("ippo", make("p", { className: "waiting", textContent: "資料を調べています" }));
  toEnd(waiting);
  let failure = "つながりませんでした。電波やネットワークをご確認ください。";
  let reply = null;
  try {
    const response = await fetch("/api/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text, client_id: clientId }),
    });
    const answer = await response.json();
    if (response.ok) reply = answer;
    else failure = answer.error || failure;
  } catch {
    // The failure's text stands.
  }
  waiting.remove();
  if (reply) {
    showReply(reply);
    remember({ reply });
  } else {
    const again = make("button", { type: "button", className: "quiet", textContent: "もう一度送る" });
    const element = turn("ippo failed", make("p", { textContent: failure }), again);
    // The same id: if the first one did arrive, its reply comes back and nothing is asked twice.
    again.addEventListener("click", () => { element.remove(); ask(text, clientId); });
    for (const button of log.querySelectorAll("button")) button.disabled = false;
    toEnd(element);
  }
  busy = false;
  send.disabled = false;
}

function submit(text) {
  const said = text.trim();
  if (!said || busy) return;
  for (const failed of log.querySelectorAll(".failed")) failed.remove();
  showPerson(said);
  remember({ person: said });
  field.value = "";
  grow();
  ask(said, newId());
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

form.addEventListener("submit", (event) => { event.preventDefault(); submit(field.value); });
field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  // Enter also ends the conversion of kana; that one must not send. On a touch screen it makes a new line.
  const touch = matchMedia("(pointer: coarse)").matches;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && !touch) {
    event.preventDefault();
    submit(field.value);
  }
});
log.addEventListener("click", (event) => {
  const choice = event.target.closest(".choice");
  if (choice) submit(choice.textContent);
  const marker = event.target.closest(".marker");
  if (marker) {
    event.preventDefault();
    const item = document.getElementById(marker.hash.slice(1));
    for (const other of log.querySelectorAll(".shown")) other.classList.remove("shown");
    item.classList.add("shown");
    item.scrollIntoView({ block: "nearest" });
    item.querySelector("a").focus({ preventScroll: true });
  }
});
restart.addEventListener("click", () => {
  if (busy) return;
  shown = [];
  fetch("/api/messages", { method: "DELETE" }).catch(() => {});
  try { sessionStorage.removeItem(STORE); } catch { /* nothing was kept */ }
  log.innerHTML = greeting; // our own markup, as the server sent it
  restart.hidden = true;
  field.focus();
});

try {
  for (const entry of JSON.parse(sessionStorage.getItem(STORE) || "[]")) {
    if (entry.person) showPerson(entry.person);
    else showReply(entry.reply);
    shown.push(entry);
  }
  restart.hidden = shown.length === 0;
} catch {
  shown = [];
}
