// A table with pages from Python. One request is under way at a time; what is asked meanwhile waits, only the newest counts,
// and a reply that answers an older question is dropped.

const TYPING_PAUSE = 300; // milliseconds without a key before a search starts

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => Number(values[name]).toLocaleString());
}

function render({ model, el }) {
  const labels = model.get("labels");
  const columns = model.get("columns");
  const signs = model.get("signs");
  const client = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const view = { sort: "", descending: false, search: "", filters: {} };
  let seq = 0;
  let underWay = false;
  let waiting = null;
  let focusAfter = null; // which row gets the keyboard when the page arrives: "first", "last" or null
  let selected = null;

  // ---- structure

  const root = make("div", "ebid ebid-table");
  root.dataset.testid = model.get("testid");
  root.dataset.ready = "false";
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const bar = make("div", "ebid-bar");
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", `${model.get("caption")} ${labels.search}`); // a screen may have several
  const searchBox = make("input", "ebid-input");
  searchBox.type = "search";
  searchBox.placeholder = labels.search_hint;
  searchBox.setAttribute("aria-label", labels.search);
  searchBox.setAttribute("autocomplete", "off");
  searchBox.dataset.testid = "search";
  if (model.get("searchable")) bar.append(searchBox);
  if (model.get("search_key")) searchBox.setAttribute("aria-keyshortcuts", `Alt+${model.get("search_key")}`);
  const filterBoxes = new Map();
  for (const filter of model.get("filters")) bar.append(filterControl(filter));
  const reload = make("button", "ebid-button", labels.reload);
  reload.type = "button";
  reload.dataset.testid = "reload";
  bar.append(reload);

  const alertBox = make("div", "ebid-notice");
  alertBox.setAttribute("role", "alert");
  alertBox.dataset.tone = "error";
  alertBox.hidden = true;

  const scroll = make("div", "ebid-scroll");
  const table = make("table", "ebid-grid");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", model.get("caption"));
  table.setAttribute("aria-description", labels.keys_hint);
  if (model.get("key")) table.setAttribute("aria-keyshortcuts", `Alt+${model.get("key")}`);
  const headRow = make("tr");
  headRow.setAttribute("role", "row");
  const headers = new Map();
  for (const column of columns) headRow.append(headerCell(column));
  const head = make("thead");
  head.append(headRow);
  const body = make("tbody");
  table.append(head, body);
  scroll.append(table);
  const empty = make("p", "ebid-empty", labels.empty);
  empty.hidden = true;

  const pager = make("div", "ebid-pager");
  const turn = {};
  for (const [direction, label] of [
    ["first", labels.first],
    ["prev", labels.previous],
    ["next", labels.next],
    ["last", labels.last],
  ]) {
    const button = make("button", "ebid-button", label);
    button.type = "button";
    button.dataset.testid = `page-${direction}`;
    button.addEventListener("click", () => ask(direction));
    button.hidden = direction === "last" && !model.get("to_end");
    turn[direction] = button;
    pager.append(button);
  }
  const count = make("span", "ebid-count", labels.loading);
  count.setAttribute("role", "status");
  count.setAttribute("aria-live", "polite");
  count.dataset.testid = "count";
  pager.append(count);
  root.append(bar, alertBox, scroll, empty, pager);
  el.append(root);

  function filterControl(filter) {
    const label = make("label", "ebid-filter");
    const select = make("select", "ebid-input");
    select.dataset.testid = `filter-${filter.key}`;
    select.append(new Option(labels.all, ""));
    for (const [value, text] of filter.options) select.append(new Option(text, value));
    select.addEventListener("change", () => {
      view.filters = { ...view.filters, [filter.key]: select.value };
      ask("first");
    });
    filterBoxes.set(filter.key, select);
    label.append(make("span", "", filter.label), select);
    return label;
  }

  function headerCell(column) {
    const cell = make("th");
    cell.scope = "col";
    cell.setAttribute("role", "columnheader");
    cell.dataset.align = column.align;
    if (column.spare) cell.dataset.spare = "true";
    if (column.width) cell.style.width = cell.style.minWidth = column.width;
    if (!column.sortable) {
      cell.textContent = column.label;
      return cell;
    }
    const button = make("button", "ebid-sort", column.label);
    button.type = "button";
    button.title = labels.sort_hint;
    button.dataset.testid = `sort-${column.key}`;
    button.addEventListener("click", () => {
      view.descending = view.sort === column.key ? !view.descending : false;
      view.sort = column.key;
      ask("first");
    });
    cell.append(button);
    headers.set(column.key, cell);
    return cell;
  }

  // ---- talking with Python

  function ask(direction, focus = null) {
    focusAfter = focus;
    waiting = { type: "query", client, seq: ++seq, direction, ...view, filters: { ...view.filters } };
    root.dataset.ready = "false";
    root.setAttribute("aria-busy", "true");
    send();
  }

  function send() {
    if (underWay || !waiting) return;
    underWay = true;
    const message = waiting;
    waiting = null;
    model.send(message);
  }

  function onMessage(message) {
    if (message.type === "selected") return mark(message.id);
    if (message.type === "focus") return focusTable(message.id);
    if (message.type === "incident") {
      underWay = false;
      showAlert(message.text);
      return send();
    }
    if (message.type !== "page") return;
    const mine = message.client === client;
    if (mine) underWay = false;
    if (waiting || (mine && message.seq !== seq) || (!mine && underWay)) return send();
    show(message);
  }

  function showAlert(text) {
    alertBox.textContent = text;
    alertBox.hidden = false;
    root.removeAttribute("aria-busy");
    root.dataset.ready = "true";
  }

  // ---- showing a page

  function show(page) {
    alertBox.hidden = true;
    view.sort = page.sort;
    view.descending = page.descending;
    view.search = page.search;
    view.filters = page.filters;
    if (document.activeElement !== searchBox) searchBox.value = page.search;
    for (const [key, box] of filterBoxes) box.value = page.filters[key] ?? "";
    for (const [key, cell] of headers) {
      const direction = page.descending ? "descending" : "ascending";
      cell.setAttribute("aria-sort", key === page.sort ? direction : "none");
    }
    const hadFocus = body.contains(document.activeElement) ? document.activeElement.closest("tr")?.dataset.id : null;
    body.replaceChildren(...page.rows.map(bodyRow));
    empty.hidden = page.rows.length > 0;
    table.setAttribute("aria-rowcount", String(page.total ?? -1));
    turn.first.disabled = turn.prev.disabled = !page.has_prev;
    turn.next.disabled = turn.last.disabled = !page.has_next;
    const first = page.rows.length ? (page.offset ?? 0) + 1 : 0;
    const values = { first, last: first + page.rows.length - 1, shown: page.rows.length, total: page.total };
    const known = page.total !== null && page.offset !== null;
    // An empty list says so in its place; "0 of 0" beside that says nothing.
    count.textContent = page.rows.length ? fill(known ? labels.range_of_total : labels.range_only, values) : "";
    mark(page.selected);
    moveFocus(hadFocus);
    root.removeAttribute("aria-busy");
    root.dataset.ready = "true";
    root.dataset.version = String(Number(root.dataset.version ?? 0) + 1);
  }

  function bodyRow(row) {
    const line = make("tr");
    line.setAttribute("role", "row");
    line.dataset.id = row.id;
    line.dataset.tone = row.emphasis;
    line.tabIndex = -1;
    for (const column of columns) {
      const cell = make("td");
      cell.setAttribute("role", "gridcell");
      cell.dataset.key = column.key;
      cell.dataset.align = column.align;
      if (column.spare) cell.dataset.spare = "true";
      cell.append(row.cells[column.key] ?? "");
      for (const badge of row.badges[column.key] ?? []) cell.append(badgeNode(badge.text, badge.tone));
      line.append(cell);
    }
    if (row.emphasis_word) line.firstElementChild.append(badgeNode(row.emphasis_word, row.emphasis));
    return line;
  }

  function badgeNode(text, tone) {
    const badge = make("span", "ebid-badge");
    badge.dataset.tone = tone;
    if (signs[tone]) {
      const sign = make("span", "", signs[tone]);
      sign.setAttribute("aria-hidden", "true");
      badge.append(sign);
    }
    badge.append(text);
    return badge;
  }

  function mark(id) {
    selected = id;
    for (const line of body.rows) line.setAttribute("aria-selected", String(line.dataset.id === id));
    const current = [...body.rows].find((line) => line.dataset.id === id);
    for (const line of body.rows) line.tabIndex = -1;
    const reachable = current ?? body.rows[0];
    if (reachable) reachable.tabIndex = 0;
    current?.scrollIntoView({ block: "nearest" });
  }

  function moveFocus(hadFocus) {
    const lines = [...body.rows];
    const wanted = focusAfter ?? (hadFocus ? "same" : null);
    focusAfter = null;
    if (!wanted || !lines.length) return;
    const same = lines.find((line) => line.dataset.id === hadFocus);
    focusRow(wanted === "last" ? lines.at(-1) : wanted === "same" && same ? same : lines[0]);
  }

  function focusRow(line) {
    if (!line) return;
    for (const other of body.rows) other.tabIndex = -1;
    line.tabIndex = 0;
    line.focus();
  }

  // An empty list keeps the keyboard too: where it can be widened again.
  function focusTable(id = null) {
    const lines = [...body.rows];
    const line = lines.find((one) => one.dataset.id === id) ?? lines.find((one) => one.tabIndex === 0);
    if (line) focusRow(line);
    else reload.focus();
  }

  // ---- keyboard and mouse

  function open(line) {
    if (!line) return;
    mark(line.dataset.id);
    model.send({ type: "select", id: line.dataset.id });
  }

  // A double click opens once: a page that is opened anew would lose what somebody has begun to enter in it.
  body.addEventListener("click", (event) => event.detail > 1 || open(event.target.closest("tr")));
  body.addEventListener("keydown", (event) => {
    const line = event.target.closest("tr");
    const lines = [...body.rows];
    const at = lines.indexOf(line);
    const moves = {
      ArrowDown: () => (at + 1 < lines.length ? focusRow(lines[at + 1]) : turn.next.disabled || ask("next", "first")),
      ArrowUp: () => (at > 0 ? focusRow(lines[at - 1]) : turn.prev.disabled || ask("prev", "last")),
      Home: () => focusRow(lines[0]),
      End: () => focusRow(lines.at(-1)),
      PageDown: () => turn.next.disabled || ask("next", "first"),
      PageUp: () => turn.prev.disabled || ask("prev", "first"),
      Enter: () => event.repeat || open(line),
      " ": () => event.repeat || open(line),
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  });

  let typing = 0;
  let composing = false;
  function searchSoon(pause) {
    clearTimeout(typing);
    typing = setTimeout(() => {
      if (composing || searchBox.value === view.search) return;
      view.search = searchBox.value;
      ask("first");
    }, pause);
  }
  // While an input method composes, the box holds unfinished kana: wait for the chosen characters.
  searchBox.addEventListener("compositionstart", () => (composing = true));
  searchBox.addEventListener("compositionend", () => {
    composing = false;
    searchSoon(TYPING_PAUSE);
  });
  searchBox.addEventListener("input", () => searchSoon(TYPING_PAUSE));
  searchBox.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") searchSoon(0);
    if (event.key === "ArrowDown") focusRow([...body.rows].find((line) => line.tabIndex === 0));
  });
  reload.addEventListener("click", () => model.send({ type: "reload" }));
  root.addEventListener("keydown", (event) => event.stopPropagation());
  // After a lost connection: the answer that was waited for does not come any more.
  root.addEventListener("ebidadmin:again", () => {
    underWay = false;
    waiting = null;
    model.send({ type: "ready" });
  });

  // Alt+letter works from anywhere in the screen while the table can be seen.
  function onShortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing || root.offsetParent === null) return;
    if (root.closest("[inert]")) return;
    const letter = event.code.startsWith("Key") ? event.code.slice(3) : "";
    if (!letter || ![model.get("key"), model.get("search_key")].includes(letter)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // one key, one button, also where two of them would have it
    if (letter === model.get("key")) focusTable(selected);
    else searchBox.focus();
  }

  const narrow = () => (root.dataset.narrow = String(Boolean(model.get("narrow"))));
  narrow();
  model.on("change:narrow", narrow);
  document.addEventListener("keydown", onShortcut, true);
  model.on("msg:custom", onMessage);
  model.send({ type: "ready" });
  return () => {
    clearTimeout(typing);
    document.removeEventListener("keydown", onShortcut, true);
    model.off("change:narrow", narrow);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
