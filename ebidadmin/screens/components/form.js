// A form whose values stay in the browser's own inputs until a button is pressed. Password inputs are never read before that;
// their content leaves as binary buffers of one message, and the inputs are wiped in the same moment.

const LIVE_PAUSE = 300; // milliseconds without a change before a live row reports
let forms = 0;

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const labels = model.get("labels");
  const prefix = `ebid-form-${++forms}`;
  const fields = new Map(); // key -> { row, read, write, line, control, error, warning }
  const root = make("div", "ebid ebid-form");
  root.dataset.testid = model.get("testid");
  root.dataset.ready = "false";
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const form = make("form");
  form.noValidate = true;
  form.autocomplete = "off";
  if (model.get("title")) form.setAttribute("aria-label", model.get("title"));
  const about = make("h3", "ebid-about");
  about.id = `${prefix}-about`;
  about.hidden = true;
  form.append(about);
  const summary = make("div", "ebid-notice");
  summary.dataset.tone = "error";
  summary.dataset.testid = "form-summary";
  summary.setAttribute("role", "alert");
  summary.hidden = true;
  form.append(summary);

  // ---- rows

  let place = form;
  for (const row of model.get("rows")) {
    if (row.kind === "heading") {
      place = make("fieldset", "ebid-fieldset");
      place.append(make("legend", "", row.label));
      if (row.hint) place.append(make("p", "ebid-hint", row.hint));
      form.append(place);
    } else if (row.kind === "note") place.append(make("p", "ebid-note", row.label));
    else if (row.kind === "copy") place.append(copyButton(row));
    else place.append(fieldLine(row));
  }

  function copyButton(row) {
    const button = make("button", "ebid-button", row.label);
    button.type = "button";
    button.dataset.testid = `copy-${row.key}`;
    button.addEventListener("click", () => {
      for (const [from, to] of row.copies) fields.get(to).write(fields.get(from).read());
    });
    return button;
  }

  function fieldLine(row) {
    const id = `${prefix}-${row.key}`;
    const line = make("div", "ebid-field");
    line.dataset.key = row.key;
    line.dataset.kind = row.kind;
    const many = row.kind === "radio" || row.kind === "checks";
    const label = make(many || row.kind === "readonly" ? "span" : "label", "ebid-label", row.label);
    label.id = `${id}-label`;
    if (!many) label.htmlFor = id;
    if (row.required) {
      const mark = make("span", "ebid-required", labels.required);
      mark.setAttribute("aria-hidden", "true");
      label.append(mark, make("span", "ebid-unseen", labels.required_word));
    }
    const field = controlOf(row, id);
    field.control.dataset.testid = `field-${row.key}`;
    const side = make("div", "ebid-control");
    const described = [];
    side.append(field.control);
    if (row.hint) side.append(note("ebid-hint", row.hint, "hint"));
    field.warning = note("ebid-warning", "", "warning");
    field.error = note("ebid-error", "", "error");
    side.append(field.warning, field.error);
    field.control.setAttribute("aria-describedby", described.join(" "));
    if (row.required && !many) field.control.setAttribute("aria-required", "true");
    line.append(label, side);
    fields.set(row.key, { ...field, row, line });
    return line;

    function note(className, text, kind) {
      const node = make("p", className, text);
      node.id = `${id}-${kind}`;
      node.hidden = !text;
      described.push(node.id);
      return node;
    }
  }

  function controlOf(row, id) {
    if (row.kind === "readonly") {
      const control = make("output", "ebid-value");
      control.id = id;
      control.setAttribute("aria-labelledby", `${id}-label`);
      return { control, read: () => control.textContent, write: (text) => (control.textContent = text) };
    }
    if (row.kind === "radio" || row.kind === "checks") return choices(row, id);
    const control = make(row.kind === "textarea" || row.kind === "select" ? row.kind : "input", "ebid-input");
    control.id = id;
    control.setAttribute("autocomplete", row.kind === "password" ? "new-password" : "off");
    if (row.kind === "textarea") control.rows = row.rows;
    if (row.kind === "select") for (const [value, text] of row.options) control.append(new Option(text, value));
    if (row.kind === "checkbox" || row.kind === "password") control.type = row.kind;
    if (row.kind === "text") control.type = "text";
    if (row.inputmode) control.inputMode = row.inputmode;
    if (row.placeholder) control.placeholder = row.placeholder;
    control.spellcheck = false;
    watch(control, row);
    if (row.kind === "checkbox") {
      return { control, read: () => (control.checked ? "1" : ""), write: (text) => (control.checked = text === "1") };
    }
    return { control, read: () => control.value, write: (text) => (control.value = text) };
  }

  function choices(row, id) {
    const control = make("div", "ebid-choices");
    control.setAttribute("role", row.kind === "radio" ? "radiogroup" : "group");
    control.setAttribute("aria-labelledby", `${id}-label`);
    const boxes = row.options.map(([value, text]) => {
      const label = make("label", "ebid-choice");
      const box = make("input");
      box.type = row.kind === "radio" ? "radio" : "checkbox";
      box.name = id;
      box.value = value;
      box.dataset.testid = `field-${row.key}-${value}`;
      watch(box, row);
      label.append(box, text);
      control.append(label);
      return box;
    });
    const read = () => boxes.filter((box) => box.checked).map((box) => box.value).join(",");
    const write = (text) => boxes.forEach((box) => (box.checked = text.split(",").includes(box.value)));
    return { control, read, write };
  }

  // ---- changes of live rows

  let pause = 0;
  function watch(control, row) {
    if (!row.live || row.kind === "password") return;
    control.addEventListener("input", (event) => {
      clearTimeout(pause);
      if (!event.isComposing) pause = setTimeout(() => report(row.key), LIVE_PAUSE);
    });
    control.addEventListener("compositionend", () => {
      clearTimeout(pause);
      pause = setTimeout(() => report(row.key), LIVE_PAUSE);
    });
  }
  function report(key) {
    model.send({ type: "change", key, values: plainValues() });
  }
  function plainValues() {
    const values = {};
    for (const [key, field] of fields) {
      if (field.row.kind !== "password" && field.row.kind !== "readonly") values[key] = field.read();
    }
    return values;
  }

  // ---- buttons

  const bar = make("div", "ebid-actions");
  const buttons = new Map();
  for (const item of model.get("buttons")) {
    const button = make("button", "ebid-button", item.label);
    // Enter presses the primary button only; the others are pressed on purpose.
    button.type = item.primary ? "submit" : "button";
    button.dataset.tone = item.primary ? "primary" : "secondary";
    button.dataset.testid = `submit-${item.key}`;
    if (item.shortcut) {
      button.append(make("kbd", "", `Alt+${item.shortcut.toUpperCase()}`));
      button.setAttribute("aria-keyshortcuts", `Alt+${item.shortcut.toUpperCase()}`);
    }
    if (!item.primary) button.addEventListener("click", () => submit(item));
    buttons.set(button, item);
    bar.append(button);
  }
  const state = make("span", "ebid-hint");
  state.setAttribute("role", "status");
  bar.append(state);
  form.append(bar);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const primary = [...buttons].find(([, item]) => item.primary);
    if (primary && !primary[0].disabled) submit(primary[1]);
  });

  function submit(item) {
    clearTimeout(pause);
    const keys = [];
    const buffers = [];
    for (const [key, field] of fields) {
      if (field.row.kind !== "password") continue;
      if (item.sends_secrets) {
        keys.push(key);
        buffers.push(new TextEncoder().encode(field.control.value).buffer);
      }
      field.control.value = "";
    }
    const values = plainValues();
    const active = document.activeElement;
    afterwards = () => active?.focus();
    enable(false);
    lock(true);
    state.textContent = labels.sending;
    model.send({ type: "submit", button: item.key, values, secrets: keys }, undefined, buffers);
  }

  function enable(enabled) {
    for (const button of buttons.keys()) button.disabled = !enabled;
  }

  // Locked until the first values are there and while Python answers: whatever were typed then would be written over.
  let locked = false;
  let afterwards = null; // takes the keyboard when the form is unlocked
  function lock(on) {
    locked = on;
    for (const { control } of fields.values()) {
      const inputs = control.matches("div") ? control.querySelectorAll("input") : [control];
      for (const input of inputs) if ("disabled" in input) input.disabled = on;
    }
    if (on) return;
    // Whoever went on to another field meanwhile keeps the keyboard: the next letters or Enter are meant for there.
    if (!elsewhere()) afterwards?.();
    afterwards = null;
  }

  function elsewhere() {
    const active = document.activeElement;
    return Boolean(active?.matches("input, select, textarea, button, a")) && !form.contains(active);
  }

  // ---- what Python says

  function showMarks(message) {
    for (const [key, field] of fields) {
      const error = message.errors[key] ?? "";
      const warning = message.warnings[key] ?? "";
      field.error.textContent = error && `${labels.error_word}: ${error}`;
      field.error.hidden = !error;
      field.warning.textContent = warning && `${labels.warning_word}: ${warning}`;
      field.warning.hidden = !warning;
      field.line.dataset.state = error ? "error" : warning ? "warning" : "";
      field.control.setAttribute("aria-invalid", String(Boolean(error)));
    }
    const wrong = Object.keys(message.errors).length > 0;
    summary.textContent = message.summary || (wrong ? labels.error_summary : "");
    summary.hidden = !summary.textContent;
    if (message.focus && wrong) focusField([...fields.keys()].find((key) => message.errors[key]));
  }

  function focusField(key) {
    if (locked) {
      afterwards = () => focusField(key);
      return;
    }
    const control = fields.get(key)?.control;
    (control?.matches("div") ? control.querySelector("input") : control)?.focus();
  }

  let allowed = true;
  function onMessage(message) {
    if (message.type === "values") {
      for (const [key, text] of Object.entries(message.values)) fields.get(key)?.write(text);
      if (root.dataset.ready !== "true") lock(false);
      root.dataset.ready = "true";
    } else if (message.type === "marks") showMarks(message);
    else if (message.type === "about") {
      about.textContent = message.text;
      about.hidden = false;
      form.setAttribute("aria-labelledby", about.id);
    } else if (message.type === "focus") focusField(message.key);
    else if (message.type === "wipe") wipe();
    else if (message.type === "enabled") enable((allowed = message.enabled));
    else if (message.type === "done") {
      state.textContent = "";
      root.dataset.version = String(Number(root.dataset.version ?? 0) + 1);
      enable(allowed);
      lock(false);
    } else if (message.type === "incident") {
      summary.textContent = message.text;
      summary.hidden = false;
    }
  }

  function wipe() {
    for (const field of fields.values()) if (field.row.kind === "password") field.control.value = "";
  }

  // Alt+letter works from anywhere in the screen while the form can be seen.
  function onShortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing || root.offsetParent === null) return;
    if (root.closest("[inert]")) return;
    for (const [button, item] of buttons) {
      if (!item.shortcut || event.code !== `Key${item.shortcut.toUpperCase()}` || button.disabled) continue;
      event.preventDefault();
      event.stopImmediatePropagation(); // one key, one button, also where two of them would have it
      // A key that is held down acts once: it must not answer the question that it called up.
      if (!event.repeat) submit(item);
    }
  }

  lock(true);
  root.append(form);
  el.append(root);
  root.addEventListener("keydown", (event) => event.stopPropagation());
  // After a lost connection: the answer that was waited for does not come any more. What is typed stays.
  root.addEventListener("ebidadmin:again", () => {
    if (root.dataset.ready !== "true" || !locked) return;
    state.textContent = "";
    enable(allowed);
    lock(false);
  });
  document.addEventListener("keydown", onShortcut, true);
  model.on("msg:custom", onMessage);
  model.send({ type: "ready" });
  return () => {
    clearTimeout(pause);
    wipe();
    document.removeEventListener("keydown", onShortcut, true);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
