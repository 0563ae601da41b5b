// The chat: sends what is written, shows the reply with its sources. All text goes in as text, never as HTML.
//
// The server keeps the conversation; this page shows it. A message has an id from here, so that sending it again after
// a lost connection asks nothing twice; a reply has one from there, so that it is shown once, whichever way it comes:
// as the answer to the message, by the stream, or with the conversation after a reload.
"use strict";

const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("text");
const restart = document.getElementById("restart");
const state = document.getElementById("state");
const greeting = log.innerHTML;
const UNSENT = "ippo-unsent";
const LOST = "つながりませんでした。電波やネットワークをご確認ください。";
const GIVE_UP = 30000; // milliseconds; the server answers in eight seconds, if with "later"
const IMPATIENT = 20000; // milliseconds after which a reply that the stream has not brought is asked for
// client id → message, oldest first. `waits`: for a reply; `stored`: the server has it; `problem`: what is said of its failure
const said = new Map();
const shown = new Map(); // reply id → its element
let typing = []; // client ids for which the server is at work
let replies = 0;
let era = 0; // raised when the conversation is forgotten: what was under way then is shown no more
let source = null;
let syncing = null;
let gate = Promise.resolve(); // opens when the next message may be sent

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function newId() {
  // crypto.randomUUID is missing on plain http; this is not.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function append(element) {
  // Whatever comes is placed before the sign that more is coming.
  const waiting = log.querySelector(".turn.working");
  if (waiting) waiting.before(element);
  else log.append(element);
}

function turn(who, ...children) {
  const element = make("div", { className: `turn ${who}` }, make("div", { className: "bubble" }, ...children));
  append(element);
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

function showPerson(id, text, waits) {
  const element = turn("person", make("p", { textContent: text }));
  const message = { id, text, element, waits, stored: false, tries: 0, problem: null, timer: 0, arrived() {} };
  said.set(id, message);
  restart.hidden = false;
  return message;
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

function votes(reply) {
  const group = make("div", { className: "votes" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "この回答は役に立ちましたか");
  const buttons = [["up", "役に立った"], ["down", "役に立たなかった"]].map(([vote, label]) => {
    const button = make("button", { type: "button", className: "vote", textContent: label });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => cast(reply.id, vote, button, buttons));
    return button;
  });
  group.append(...buttons);
  return group;
}

async function cast(id, vote, button, buttons) {
  for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  try {
    const response = await fetch("/api/votes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, vote }),
    });
    if (!response.ok) throw new Error(response.statusText);
    openStream();
  } catch {
    // Not counted: the button says so by standing as before.
    button.setAttribute("aria-pressed", "false");
  }
}

function showReply(reply) {
  answered(reply.client_id);
  showWorking();
  if (shown.has(reply.id)) return;
  replies += 1;
  const prefix = `s${replies}`;
  const parts = reply.text.split(/\n+/).map((part) => make("p", {}, ...withMarkers(part, reply, prefix)));
  if (reply.author === "advisor") parts.unshift(make("p", { className: "who", textContent: `${reply.sender || "担当者"}(相談員)` }));
  if (reply.citations.length) parts.push(sources(reply, prefix));
  if (reply.author === "bot" && ["answer", "abstain", "clarify"].includes(reply.act)) parts.push(votes(reply));
  keepFocus();
  const newer = [...shown].find(([id]) => id > reply.id);
  const element = turn("ippo", ...parts);
  shown.set(reply.id, element);
  if (newer) {
    // Two answers on two connections, and the second was quicker.
    newer[1].before(element);
    return;
  }
  for (const old of log.querySelectorAll(".choices")) old.remove();
  if (reply.choices.length) {
    const group = make("div", { className: "choices" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "続けて聞けること");
    for (const choice of reply.choices) group.append(make("button", { type: "button", className: "choice", textContent: choice }));
    append(group);
  }
  restart.hidden = false;
  toEnd(element);
}

function keepFocus() {
  // A button that goes or is switched off takes the focus with it; the keyboard would begin at the page's top again.
  if (document.activeElement?.closest(".choices")) log.focus({ preventScroll: true });
}

function showWorking() {
  const works = typing.length > 0 || [...said.values()].some((message) => message.waits && !message.problem);
  const there = log.querySelector(".turn.working");
  if (!works) there?.remove();
  else if (!there) toEnd(turn("ippo working", make("p", { className: "waiting", textContent: "資料を調べています" })));
  else if (there.nextElementSibling) log.append(there);
}

// --- Sending: until the server has answered with a reply or said that the reply comes later.

function answered(id) {
  if (!said.has(id)) return;
  for (const message of said.values()) {
    // Answers come in order: what is stored before this one has been answered, perhaps together with it.
    if (message.id === id || message.stored) settle(message);
    if (message.id === id) return;
  }
}

function settle(message) {
  message.waits = false;
  clearTimeout(message.timer);
  forgive(message);
  keepUnsent();
}

function forgive(message) {
  message.problem?.remove();
  message.problem = null;
}

function keepUnsent() {
  const unsent = [...said.values()].filter((message) => message.waits).map(({ id, text }) => ({ id, text }));
  try {
    if (unsent.length) sessionStorage.setItem(UNSENT, JSON.stringify(unsent));
    else sessionStorage.removeItem(UNSENT);
  } catch {
    // Private windows may refuse storage; only a reload at the wrong moment loses a message then.
  }
}

function takeUnsent() {
  try {
    return JSON.parse(sessionStorage.getItem(UNSENT) || "[]");
  } catch {
    return [];
  }
}

async function post(message) {
  // Two at once on two connections could overtake each other: each waits until the one before it has arrived, as its
  // answer or the sign of typing tells, but not for long.
  const before = gate;
  gate = new Promise((resolve) => { message.arrived = resolve; });
  await before;
  setTimeout(message.arrived, 1000);
  return fetch("/api/messages", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: message.text, client_id: message.id }),
    signal: AbortSignal.timeout(GIVE_UP),
  }).finally(message.arrived);
}

async function deliver(message) {
  const begun = era;
  clearTimeout(message.timer);
  showWorking();
  let failure = LOST;
  let again = 2000 * 2 ** Math.min(message.tries += 1, 4); // milliseconds
  try {
    await syncing; // the first message is sent with the cookie that the first look at the conversation brings
    const response = await post(message);
    const answer = await response.json();
    if (begun !== era) return;
    if (response.status === 200) return void showReply({ ...answer, client_id: message.id });
    if (response.status === 202) return void later(message, answer.status);
    failure = answer.error || failure;
    if (response.status < 500) again = (Number(response.headers.get("retry-after")) || 0) * 1000;
  } catch {
    // The failure's text stands.
  }
  // The stream may have brought the reply meanwhile.
  if (begun === era && message.waits) fail(message, failure, again);
}

function later(message, status) {
  message.tries = 0;
  message.stored = true;
  forgive(message);
  if (status !== "pending") settle(message);
  else if (message.waits) message.timer = setTimeout(deliver, IMPATIENT, message);
  openStream();
  showWorking();
}

function fail(message, failure, again) {
  // Without a network the browser says when there is one again.
  if (again && navigator.onLine) message.timer = setTimeout(deliver, again, message);
  for (const choice of log.querySelectorAll(".choice")) choice.disabled = false;
  if (message.problem) {
    // Said once: a try in the background that fails too is no news.
    message.problem.querySelector("p").textContent = failure;
    return;
  }
  const button = make("button", { type: "button", className: "quiet", textContent: "もう一度送る" });
  // The same id: if the first one did arrive, its reply comes back and nothing is asked twice.
  button.addEventListener("click", () => deliver(message));
  message.problem = make("div", { className: "turn ippo failed" },
    make("div", { className: "bubble" }, make("p", { textContent: failure }), button));
  message.element.after(message.problem);
  showWorking();
  toEnd(message.problem);
}

function submit(text) {
  const words = text.trim();
  if (!words) return;
  const message = showPerson(newId(), words, true);
  keepFocus();
  for (const choice of log.querySelectorAll(".choice")) choice.disabled = true;
  field.value = "";
  grow();
  keepUnsent();
  toEnd(message.element);
  deliver(message);
}

// --- Hearing: the stream brings late replies, an advisor's words, and what happens in other tabs.

function openStream() {
  if (source || document.hidden) return;
  const after = Math.max(0, ...shown.keys());
  source = new EventSource(`/api/events?after=${after}`);
  source.addEventListener("reply", async (event) => {
    const reply = JSON.parse(event.data);
    // A reply to a question from another tab: the question is shown first.
    if (reply.client_id && !said.has(reply.client_id)) await sync();
    showReply(reply);
  });
  source.addEventListener("typing", async (event) => {
    typing = JSON.parse(event.data).pending;
    if (typing.some((id) => !said.has(id))) await sync();
    // It had arrived; only the answer to it had not.
    for (const id of typing) {
      said.get(id)?.arrived();
      if (said.get(id)?.problem) later(said.get(id), "pending");
    }
    showWorking();
  });
  source.addEventListener("forgotten", () => { reset(); sync(); });
  source.addEventListener("error", () => {
    // The browser connects again by itself, unless it was refused.
    if (source?.readyState !== EventSource.CLOSED) return;
    closeStream();
    setTimeout(() => { if (!document.hidden && shown.size) sync().then(openStream); }, 15000);
  });
}

function closeStream() {
  source?.close();
  source = null;
  typing = [];
}

function sync() {
  // One at a time; who asks meanwhile gets the same.
  syncing ??= fetchConversation().finally(() => { syncing = null; });
  return syncing;
}

async function fetchConversation() {
  const begun = era;
  let found;
  try {
    const response = await fetch("/api/messages");
    if (!response.ok) return;
    found = await response.json();
  } catch {
    return; // what is shown stays; the next reconnect tries again
  }
  if (begun !== era) return;
  const first = said.size === 0 && shown.size === 0;
  // Nobody wants the whole conversation read out again.
  if (first) log.setAttribute("aria-busy", "true");
  for (const message of found.messages) {
    if (message.role === "ippo") showReply(message);
    else restorePerson(message);
  }
  showWorking();
  if (first) {
    log.scrollTo({ top: log.scrollHeight, behavior: "instant" });
    requestAnimationFrame(() => log.removeAttribute("aria-busy"));
  }
}

function restorePerson({ client_id: id, text, pending }) {
  const message = said.get(id) || showPerson(id, text, pending);
  message.stored = true;
  if (pending && !message.timer) message.timer = setTimeout(deliver, IMPATIENT, message);
}

async function begin() {
  const unsent = takeUnsent();
  await sync();
  openStream();
  for (const { id, text } of unsent) if (!said.has(id)) deliver(showPerson(id, text, true));
  keepUnsent();
}

function resend() {
  state.textContent = "";
  for (const message of said.values()) if (message.problem) deliver(message);
  sync().then(openStream);
}

function reset() {
  era += 1;
  closeStream();
  for (const message of said.values()) clearTimeout(message.timer);
  said.clear();
  shown.clear();
  keepUnsent();
  log.innerHTML = greeting; // our own markup, as the server sent it
  restart.hidden = true;
}

log.addEventListener("click", (event) => {
  const marker = event.target.closest("a.marker");
  const fold = marker && document.querySelector(marker.hash)?.closest("details");
  if (fold) fold.open = true;
});

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
restart.addEventListener("click", async () => {
  restart.disabled = true;
  closeStream();
  try {
    const response = await fetch("/api/messages", { method: "DELETE" });
    if (!response.ok) throw new Error(response.statusText);
    reset();
    state.textContent = "";
    field.focus();
  } catch {
    // It would come back with the next reload: better said than hidden.
    state.textContent = `会話を消せませんでした。${LOST}`;
  }
  restart.disabled = false;
  openStream();
});
addEventListener("online", resend);
addEventListener("offline", () => { state.textContent = "オフラインです。つながり次第、送ります。"; });
document.addEventListener("visibilitychange", () => {
  // A stream is a connection, and browsers have few: only the tab that is looked at keeps one.
  if (document.hidden) closeStream();
  else sync().then(openStream);
});

begin();
