// The place at which the JupyterLab extension hands over what a link asks this screen to open. It shows nothing and decides
// nothing: Python checks the text like anything that is typed.

function render({ model, el }) {
  const door = document.createElement("span");
  door.hidden = true;
  door.dataset.ebidDoorway = "true";
  const onTarget = (event) => model.send({ type: "target", target: String(event.detail) });
  door.addEventListener("ebidadmin:target", onTarget);
  el.append(door);
  return () => door.removeEventListener("ebidadmin:target", onTarget);
}

export default { render };
