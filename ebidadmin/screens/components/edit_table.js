// A table whose cells may be controls. Rows come as messages and are put in place, so that whoever types keeps the keyboard;
// every change leaves as a message of its own.

const TYPING_PAUSE = 400; // milliseconds without a key before a text counts as entered

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const columns = model.get("columns");
  const root = make("div", "ebid ebid-edit");
  root.dataset.testid = model.get("testid");
  root.dataset.ready = "false";
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const scroll = make("div", "ebid-scroll");
  const table = make("table", "ebid-data");
  table.setAttribute("aria-label", model.get("caption"));
  const headRow = make("tr");
  for (const column of columns) {
    const cell = make("th", "", column.label);
    cell.scope = "col";
    if (column.width) cell.style.width = cell.style.minWidth = column.width;
    headRow.append(cell);
  }
  const head = make("thead");
  head.append(headRow);
  const body = make("tbody");
  table.append(head, body);
  scroll.append(table);
  root.append(scroll);
  el.append(root);

  let shown = []; // one { id, cells: Map(key -> write function) } for each row
  let structure = "";

  function tell(id, key, value) {
    model.send({ type: "change", id, key, value });
  }

  function control(row, column) {
    const kind = row.controls[column.key];
    if (!kind) {
      const span = make("span");
      return { node: span, write: (text) => (span.textContent = text) };
    }
    const label = `${row.cells[columns[0].key] ?? ""} ${column.label}`;
    if (kind === "button") {
      const button = make("button", "ebid-button", column.label);
      button.type = "button";
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => tell(row.id, column.key, ""));
      return { node: button, write: (text) => (button.textContent = text || column.label) };
    }
    const node = make(kind === "select" ? "select" : "input", "ebid-input");
    node.setAttribute("aria-label", label);
    node.setAttribute("autocomplete", "off");
    node.spellcheck = false;
    if (kind === "select") {
      for (const [value, text] of row.options[column.key] ?? column.options) node.append(new Option(text, value));
      node.addEventListener("change", () => tell(row.id, column.key, node.value));
    } else if (kind === "checkbox") {
      node.type = "checkbox";
      node.addEventListener("change", () => tell(row.id, column.key, node.checked ? "1" : ""));
      return { node, write: (text) => (node.checked = text === "1") };
    } else {
      node.type = "text";
      let pause = 0;
      const report = () => tell(row.id, column.key, node.value);
      const later = () => {
        clearTimeout(pause);
        pause = setTimeout(report, TYPING_PAUSE);
      };
      node.addEventListener("input", (event) => event.isComposing || later());
      node.addEventListener("compositionend", later);
    }
    // What is being typed is newer than what Python says.
    return { node, write: (text) => document.activeElement === node && kind === "text" ? null : (node.value = text) };
  }

  function build(rows) {
    body.replaceChildren();
    shown = rows.map((row) => {
      const line = make("tr");
      line.dataset.id = row.id;
      const cells = new Map();
      for (const column of columns) {
        const cell = make("td");
        const { node, write } = control(row, column);
        node.dataset.testid = `${column.key}-${row.id}`;
        cell.append(node);
        line.append(cell);
        cells.set(column.key, { node, write });
      }
      body.append(line);
      return { line, cells };
    });
  }

  function show(rows) {
    const now = JSON.stringify(rows.map((row) => [row.id, row.controls, row.options]));
    if (now !== structure) build(rows);
    structure = now;
    rows.forEach((row, at) => {
      const { line, cells } = shown[at];
      line.dataset.tone = row.tone;
      for (const [key, { node, write }] of cells) {
        write(row.cells[key] ?? "");
        if (row.controls[key]) node.disabled = row.disabled.includes(key);
      }
    });
    root.dataset.ready = "true";
    root.dataset.version = String(Number(root.dataset.version ?? 0) + 1);
  }

  function onMessage(message) {
    if (message.type === "rows") show(message.rows);
    else if (message.type === "incident") {
      const box = make("div", "ebid-notice", message.text);
      box.dataset.tone = "error";
      box.dataset.testid = "incident";
      box.setAttribute("role", "alert");
      root.prepend(box);
    }
  }

  root.addEventListener("keydown", (event) => event.stopPropagation());
  model.on("msg:custom", onMessage);
  // After a lost connection: what was said meanwhile has not come.
  root.addEventListener("ebidadmin:again", () => model.send({ type: "ready" }));
  model.send({ type: "ready" });
  return () => model.off("msg:custom", onMessage);
}

export default { render };
