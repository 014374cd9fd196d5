// A piece of a screen made of HTML that Python has escaped. The content comes as a message and is never widget state.

const TYPING_PAUSE = 300; // milliseconds without a key before what is typed is told
const SHORTCUT_AREA = "data-lm-suppress-shortcuts";

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ebid ebid-panel";
  root.tabIndex = -1;
  root.dataset.ready = "false";
  if (model.get("testid")) root.dataset.testid = model.get("testid");
  root.setAttribute(SHORTCUT_AREA, "true");
  el.append(root);

  // What is to be seen until a moment goes away by itself then, or at once where a later view is given it again.
  let closing = 0;

  function closeInTime() {
    clearTimeout(closing);
    const passing = root.querySelector("[data-ebid-closes-at]");
    if (!passing) return;
    const left = Number(passing.dataset.ebidClosesAt) - Date.now();
    if (left > 0) {
      closing = setTimeout(closeInTime, Math.min(left, 60_000));
      return;
    }
    const focused = passing.contains(document.activeElement);
    passing.remove();
    if (focused) root.focus();
  }

  // A table that is wider than its place scrolls by key too, once the keyboard is there; one that fits is no stop on the way.
  const widths = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  function replace(html) {
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const hook = focused?.dataset?.testid;
    const unsent = [...root.querySelectorAll("input[data-testid]")]
      .filter((field) => !sent.has(field))
      .map((field) => [field.dataset.testid, field.defaultValue, field.value]);
    root.innerHTML = html;
    root.dataset.ready = "true";
    widths.disconnect();
    for (const table of root.querySelectorAll(".ebid-scroll")) widths.observe(table);
    closeInTime();
    // What was typed is not thrown away by the answer to an earlier click, until it is sent or the screen gives the field another value.
    for (const [testid, given, typed] of unsent) {
      const fresh = marked(testid);
      if (fresh?.defaultValue === given && typed !== given) fresh.value = typed;
    }
    // The element that had the keyboard is gone: keep the keyboard in this panel, on its successor where there is one.
    if (focused) ((hook && marked(hook)) || root).focus();
  }

  const marked = (testid) => root.querySelector(`[data-testid="${CSS.escape(testid)}"]`);

  const sent = new WeakSet();

  // A button says its own value, or that of the field beside it.
  function act(button) {
    if (button.disabled) return;
    if (button.matches("a, input")) {
      // A key of a link follows it, that of a field brings the keyboard there.
      if (button.matches("a")) return button.click();
      button.focus();
      return button.select();
    }
    const { ebidAction, ebidValue, ebidValueOf } = button.dataset;
    const field = ebidValueOf ? marked(ebidValueOf) : null;
    if (field) sent.add(field);
    model.send({ type: "action", action: ebidAction, value: field ? field.value : (ebidValue ?? "") });
  }

  // A field that is searched by as one types tells what it has, once the fingers or the input method rest.
  let typing = 0;

  function onType(event) {
    const { ebidTypes } = event.target.dataset ?? {};
    if (!ebidTypes || event.isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(() => model.send({ type: "action", action: ebidTypes, value: event.target.value }), TYPING_PAUSE);
  }

  function onEnter(event) {
    const presses = event.target.dataset?.ebidPresses;
    if (!presses || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    act(marked(presses));
  }

  function onClick(event) {
    const button = event.target.closest("[data-ebid-action]");
    // The second click of a double click must not answer the question that the first one called up.
    if (event.detail > 1) return;
    if (button && root.contains(button)) act(button);
  }

  // Alt+letter works from anywhere in the screen while the button can be seen.
  function onShortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const letter = event.code.startsWith("Key") ? event.code.slice(3) : "";
    if (!letter || root.offsetParent === null || root.closest("[inert]")) return;
    const button = root.querySelector(`[data-ebid-key="${letter}"]`);
    if (!button || button.disabled || button.offsetParent === null) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // one key, one button, also where two of them would have it
    // A key that is held down acts once: it must not answer the question that it called up.
    if (!event.repeat) act(button);
  }

  function onMessage(message) {
    if (message.type === "content") replace(message.html);
    if (message.type === "focus") {
      root.querySelector(message.selector)?.focus();
      model.send({ type: "focused" });
    }
  }

  // After a lost connection: what was said meanwhile has not come.
  const again = () => model.send({ type: "ready" });
  root.addEventListener("ebidadmin:again", again);

  const keepKeys = (event) => event.stopPropagation();
  root.addEventListener("click", onClick);
  root.addEventListener("input", onType);
  root.addEventListener("compositionend", onType);
  root.addEventListener("keydown", onEnter);
  root.addEventListener("keydown", keepKeys);
  document.addEventListener("keydown", onShortcut, true);
  model.on("msg:custom", onMessage);
  model.send({ type: "ready" });
  return () => {
    clearTimeout(closing);
    widths.disconnect();
    clearTimeout(typing);
    document.removeEventListener("keydown", onShortcut, true);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
