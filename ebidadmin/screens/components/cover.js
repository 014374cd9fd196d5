// What covers an idle screen. Python decides whether it is locked; here the rest of the screen is hidden meanwhile, with all that was
// typed into it left where it is, and Python is told that somebody is there.

const TELL_EVERY = 15_000; // milliseconds: a message for each key would be many
const GONE_ON = "ebidadmin:gone-on";

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ebid ebid-cover";
  root.dataset.testid = "cover";
  el.append(root);
  let state = { locked: false, left: 0 };
  let told = 0;
  let timer = 0;

  // Everything of the screen but this.
  function rest() {
    const frame = el.closest(".ebid-frame");
    return frame ? [...frame.children].filter((child) => !child.contains(el)) : [];
  }

  function button(label, testid, type) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "ebid-button";
    made.dataset.testid = testid;
    made.textContent = label;
    made.addEventListener("click", () => {
      model.send({ type });
      if (type === "unlock") document.dispatchEvent(new CustomEvent(GONE_ON));
    });
    return made;
  }

  function paragraph(text, className = "") {
    const made = document.createElement("p");
    made.className = className;
    made.textContent = text;
    return made;
  }

  function show() {
    const had = root.contains(document.activeElement);
    root.dataset.locked = String(state.locked);
    for (const part of rest()) part.inert = state.locked;
    el.closest(".ebid-frame")?.classList.toggle("ebid-locked", state.locked);
    if (!state.locked) {
      root.replaceChildren(button(state.lock, "lock-now", "lock"));
      return;
    }
    const title = document.createElement("h2");
    title.textContent = state.title;
    const goOn = button(state.button, "go-on", "unlock");
    goOn.dataset.tone = "primary";
    const refused = state.refused ? [paragraph(state.refused, "ebid-error")] : [];
    const box = document.createElement("div");
    box.setAttribute("role", "alert");
    box.append(title, ...refused, ...state.text.split("\n").map((line) => paragraph(line)));
    root.replaceChildren(box, goOn);
    if (had || root.offsetParent !== null) goOn.focus();
  }

  // Asks Python when the time may be over: it knows of what was done in other windows.
  function wait() {
    clearTimeout(timer);
    if (!state.locked) timer = setTimeout(() => model.send({ type: "idle" }), Math.min(state.left + 50, 2 ** 31 - 1));
  }

  function onMessage(message) {
    if (message.type !== "state") return;
    const same = message.locked === state.locked && message.refused === state.refused && root.firstChild;
    state = message;
    if (!same) show();
    wait();
  }

  function onLife() {
    if (state.locked || Date.now() - told < TELL_EVERY) return;
    told = Date.now();
    model.send({ type: "alive" });
  }

  function onGoneOn() {
    if (state.locked) model.send({ type: "unlock" });
  }

  const kinds = ["pointerdown", "keydown", "wheel"];
  for (const kind of kinds) document.addEventListener(kind, onLife, { capture: true, passive: true });
  document.addEventListener(GONE_ON, onGoneOn);
  model.on("msg:custom", onMessage);
  model.send({ type: "ready" });
  return () => {
    clearTimeout(timer);
    for (const kind of kinds) document.removeEventListener(kind, onLife, { capture: true });
    document.removeEventListener(GONE_ON, onGoneOn);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
