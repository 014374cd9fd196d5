// Sends a file to Python in pieces: the next piece leaves when Python has asked for it, so nothing is lost on the way.

const PIECE = 512 * 1024; // bytes; far below what one message may carry

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const labels = model.get("labels");
  const root = make("div", "ebid ebid-upload");
  root.dataset.testid = model.get("testid");
  root.dataset.ready = "false";
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  const label = make("label", "ebid-field");
  const input = make("input", "ebid-input");
  input.type = "file";
  input.accept = model.get("accept");
  input.dataset.testid = "upload-file";
  label.append(make("span", "ebid-label", labels.choose), input);
  const state = make("p", "ebid-hint");
  state.setAttribute("role", "status");
  state.dataset.testid = "upload-state";
  root.append(label, state);
  el.append(root);
  let file = null;

  input.addEventListener("change", () => {
    file = input.files[0] ?? null;
    if (file) model.send({ type: "start", name: file.name, size: file.size });
  });

  async function sendFrom(offset) {
    const sent = file;
    const piece = await sent.slice(offset, offset + PIECE).arrayBuffer();
    if (file !== sent) return; // another file was chosen meanwhile
    state.textContent = `${labels.sending} ${Math.floor((100 * offset) / Math.max(sent.size, 1))}%`;
    model.send({ type: "piece", offset }, undefined, [piece]);
  }

  function finish(text, tone) {
    file = null;
    input.value = "";
    state.textContent = text;
    state.dataset.tone = tone;
    state.className = tone === "error" ? "ebid-error" : "ebid-hint";
    root.dataset.version = String(Number(root.dataset.version ?? 0) + 1);
  }

  function onMessage(message) {
    if (message.type === "next" && file) {
      sendFrom(message.offset).catch(() => model.send({ type: "lost" }));
    } else if (message.type === "done") finish(message.text, "success");
    else if (message.type === "refused") finish(message.text, "error");
    else if (message.type === "ready") root.dataset.ready = "true";
  }

  root.addEventListener("keydown", (event) => event.stopPropagation());
  model.on("msg:custom", onMessage);
  model.send({ type: "ready" });
  return () => model.off("msg:custom", onMessage);
}

export default { render };
