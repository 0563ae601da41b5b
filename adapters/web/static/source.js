// Marks all blocks of the cited passage and brings it into view. The passage is named by the address's fragment.
"use strict";

function show() {
  const id = decodeURIComponent(location.hash.slice(1));
  for (const block of document.querySelectorAll(".cited")) block.classList.remove("cited");
  const note = document.getElementById("cited");
  note.hidden = true;
  if (!id) return;
  const anchor = document.getElementById(id);
  if (!anchor || !anchor.classList.contains("anchor")) {
    // Not in this version of the document: ask for the one that was cited, once.
    const address = new URL(location.href);
    if (address.searchParams.get("chunk") !== id) {
      address.searchParams.set("chunk", id);
      location.replace(address);
    }
    return;
  }
  let first = null;
  for (let n = Number(anchor.dataset.first); n < Number(anchor.dataset.last); n += 1) {
    const block = document.getElementById(`b${n}`);
    if (!block) continue;
    block.classList.add("cited");
    first = first || block;
  }
  if (!first) return;
  note.hidden = false;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "center" });
}

window.addEventListener("hashchange", show);
show();
