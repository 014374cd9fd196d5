// Saves a file that comes as the buffer of a message. Nothing of it is widget state, so a saved notebook cannot keep it.

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ebid ebid-download";
  root.dataset.testid = model.get("testid");
  root.dataset.ready = "true";
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.hidden = true;
  const link = document.createElement("a");
  link.className = "ebid-link";
  const hint = document.createElement("span");
  hint.className = "ebid-hint";
  hint.textContent = model.get("hint");
  root.append(link, " ", hint);
  el.append(root);
  let address = null;

  function clear() {
    if (address) URL.revokeObjectURL(address);
    address = null;
    link.removeAttribute("href");
    link.textContent = "";
    root.hidden = true;
  }

  function offer(message, content) {
    clear();
    address = URL.createObjectURL(new Blob([content], { type: message.mime }));
    link.href = address;
    link.download = message.name;
    link.textContent = message.name;
    root.hidden = false;
    // Only the page that can be seen saves: a second tab on the same kernel just gets the link.
    if (!document.hidden) link.click();
  }

  function onMessage(message, buffers) {
    if (message.type === "file") offer(message, buffers[0]);
    if (message.type === "clear") clear();
  }

  model.on("msg:custom", onMessage);
  return () => {
    model.off("msg:custom", onMessage);
    clear();
  };
}

export default { render };
