
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const controls = byId("controls"), filter = byId("filter"), changing = byId("changing"), count = byId("count");
  const dialog = byId("dialog"), subject = byId("subject"), answer = byId("answer");
  const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const columns = [...document.querySelectorAll("thead th")].map(text);
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => {
    const cells = [...row.children];
    const buttons = cells.map((cell) => cell.querySelector("button"));
    const name = cells.filter((cell) => cell.tagName === "TH").map(text).join(", ");
    buttons.forEach((button, column) => {
      if (button) {
        button.setAttribute("aria-label", `${text(button)}: ${name}, ${columns[column]}`);
        button.setAttribute("aria-haspopup", "dialog");
      }
    });
    return { row, buttons, words: cells.map(text).join(" ").toLowerCase() };
  });

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, words: own } of rows) {
      const fits = words.every((word) => own.includes(word)) && (!changing.checked || "changes" in row.dataset);
      row.hidden = !fits;
      shown += fits;
    }
    const all = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
    count.textContent = shown === rows.length ? all : `${shown} of ${all}`;
  }

  function open(button) {
    const source = byId(`answer-${button.dataset.answer}`);
    subject.textContent = button.getAttribute("aria-label");
    answer.textContent = source.textContent;
    dialog.showModal();
    dialog.scrollTop = 0;
    answer.scrollLeft = 0;
    byId("close").focus();
  }

  // The cell next to one, past rows that are not shown.
  function beside(button, down, right) {
    const row = button.closest("tr");
    let at = rows.findIndex((other) => other.row === row);
    const column = rows[at].buttons.indexOf(button) + right;
    if (down) {
      do { at += down; } while (rows[at] && rows[at].row.hidden);
    }
    return rows[at] && rows[at].buttons[column];
  }

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const body = document.querySelector("tbody");
  body.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) open(button);
  });
  body.addEventListener("keydown", (event) => {
    const step = steps[event.key], button = event.target.closest("button");
    if (!step || !button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = beside(button, ...step);
    event.preventDefault();
    if (next) next.focus();
  });
  byId("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  controls.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", show);
  changing.addEventListener("change", show);
  controls.classList.add("on");
  show();
})();
