// The JupyterLab side of ebidadmin, written by hand and loaded as it stands: no bundler, nothing fetched from elsewhere.
//
// JupyterLab asks a federated extension for two functions: init() hands over the modules that JupyterLab shares, get() gives
// the plug-in. Which notebooks are screens comes from the server alone (page_config). A notebook runs by itself only while
// its name, its place and its code are what the server lists, so that no foreign file can run by being opened.

(() => {
  "use strict";

  const NAME = "ebidadmin-lab";
  const OPEN = "ebidadmin:open";
  const IN_ADDRESS = "#ebid="; // what stands before a target in an address; see look.TARGET_IN_ADDRESS
  const SCREEN_CLASS = "ebidadmin-screen";
  const FOREIGN_CLASS = "ebidadmin-foreign";

  const STYLE = `
    .${SCREEN_CLASS} .jp-Notebook-footer,
    .${SCREEN_CLASS} .jp-MarkdownCell,
    .${SCREEN_CLASS} .jp-Cell-inputWrapper,
    .${SCREEN_CLASS} .jp-CellHeader, .${SCREEN_CLASS} .jp-CellFooter,
    .${SCREEN_CLASS} .jp-cell-toolbar,
    .${SCREEN_CLASS} .jp-Collapser,
    .${SCREEN_CLASS} .jp-OutputPrompt, .${SCREEN_CLASS} .jp-OutputArea-promptOverlay { display: none !important; }
    .${SCREEN_CLASS} .jp-Notebook { padding: 4px 8px; }
    .${SCREEN_CLASS} .jp-Cell, .${SCREEN_CLASS} .jp-OutputArea-output { padding: 0; overflow: visible; }
    .${SCREEN_CLASS} :is(.jp-Cell-outputWrapper, .jp-OutputArea, .jp-OutputArea-child) { overflow: visible; }
    .${SCREEN_CLASS} .jp-Notebook .jp-Cell.jp-mod-active .jp-Cell-outputWrapper { outline: none; }
    .ebidadmin-note { padding: 8px 16px; color: var(--jp-content-font-color1); font-size: 14px; }
    .jp-Launcher-content { display: flex; flex-direction: column; }
    `;

  // Other kernels and files are no work of this office: their tiles would only be in the way.
  const launcherStyle = (category) =>
    `.jp-Launcher-section:not(:has([data-category=${JSON.stringify(category)}])) { display: none !important; }`;

  let shared = null; // the modules that JupyterLab shares, by name and version

  async function module(name) {
    const versions = Object.values(shared[name] ?? {});
    if (!versions.length) throw new Error(`${NAME}: JupyterLab shares no ${name}`);
    return (await versions[0].get())();
  }

  // ---- what the server lists

  function settingsOf(PageConfig) {
    const settings = JSON.parse(PageConfig.getOption("ebidadmin") || '{"notebooks": []}');
    return { ...settings, byName: new Map(settings.notebooks.map((notebook) => [notebook.name, notebook])) };
  }

  function codeOf(model) {
    return Array.from(model.cells)
      .filter((cell) => cell.type === "code")
      .map((cell) => cell.sharedModel.getSource());
  }

  // ---- a notebook as a screen

  async function showAsScreen(panel, settings, NotebookActions) {
    await panel.context.ready;
    const listed = settings.byName.get(panel.context.path);
    if (!listed || panel.isDisposed) return;
    const code = codeOf(panel.content.model);
    const note = document.createElement("div");
    note.className = "ebidadmin-note";
    note.setAttribute("role", "status");
    if (code.length !== 1 || code[0].trimEnd() !== listed.code) {
      note.textContent = settings.words.changed;
      panel.addClass(FOREIGN_CLASS);
      panel.content.node.prepend(note);
      return;
    }
    note.textContent = settings.words.starting;
    panel.content.node.prepend(note);
    panel.addClass(SCREEN_CLASS);
    panel.toolbar.hide(); // not by style alone: the layout would keep its place
    // A screen has no cells for the person: a stray key must not cut or delete one. JupyterLab looks for the attribute from
    // the focused element upwards and takes a shortcut that matches earlier, so the cells need it as well.
    for (const widget of [panel.content, ...panel.content.widgets]) {
      widget.node.setAttribute("data-lm-suppress-shortcuts", "true");
    }
    // Nor is it a feed of cells for whoever hears it: one screen is all there is.
    for (const feed of panel.content.node.querySelectorAll('[role="feed"]')) {
      feed.removeAttribute("role");
      feed.removeAttribute("aria-label");
    }
    neverDirty(panel.context.model);
    await runScreen(panel, note, NotebookActions);
    runAgainAfterRestart(panel, note, NotebookActions);
  }

  async function runScreen(panel, note, NotebookActions) {
    panel.content.node.prepend(note);
    await connected(panel.sessionContext);
    if (panel.isDisposed) return;
    await NotebookActions.runAll(panel.content, panel.sessionContext);
    panel.content.activeCellIndex = 0;
    panel.content.mode = "command";
    note.remove();
    panel.node.dataset.ebidadminRan = "true";
  }

  // A restarted kernel knows nothing of the widgets that stand on the screen: what is left of them must go at once, before it
  // is clicked, and the screen is made anew when the kernel answers.
  function runAgainAfterRestart(panel, note, NotebookActions) {
    let restarting = false;
    panel.sessionContext.statusChanged.connect(async (_, status) => {
      if (status === "restarting" || status === "autorestarting") {
        if (restarting) return;
        restarting = true;
        panel.node.dataset.ebidadminRan = "false";
        panel.content.node.prepend(note);
        NotebookActions.clearAllOutputs(panel.content);
      } else if (restarting && status === "idle") {
        restarting = false;
        await runScreen(panel, note, NotebookActions);
      }
    });
  }

  // Running fills outputs, which are not saved on purpose: closing a screen must not ask whether to save it.
  function neverDirty(model) {
    const clean = () => {
      if (model.dirty) model.dirty = false;
    };
    model.stateChanged.connect(clean);
    clean();
  }

  async function connected(sessionContext) {
    await sessionContext.ready;
    const now = () => sessionContext.session?.kernel?.connectionStatus === "connected";
    if (now()) return;
    await new Promise((resolve) => {
      function check() {
        if (!now()) return;
        sessionContext.connectionStatusChanged.disconnect(check);
        resolve();
      }
      sessionContext.connectionStatusChanged.connect(check);
      check();
    });
  }

  // ---- tiles and links

  function addTiles(app, launcher, settings, icon) {
    app.commands.addCommand(OPEN, {
      label: (args) => settings.byName.get(args.path)?.title ?? "",
      caption: (args) => settings.byName.get(args.path)?.caption ?? "",
      icon,
      execute: async (args) => {
        // Returns nothing, so that the launcher with the other tiles stays open.
        if (!settings.byName.has(args.path)) return;
        const panel = await app.commands.execute("docmanager:open", { path: args.path, factory: "Notebook" });
        if (panel && args.target) handOver(panel, args.target);
      },
    });
    settings.notebooks.forEach((notebook, rank) => {
      launcher?.add({ command: OPEN, args: { path: notebook.name }, category: settings.words.category, rank });
    });
  }

  // A target is handed to the screen as it stands: the screen checks it like anything that is typed. Where the screen is not there
  // yet, the newest one waits for it.
  const targets = new WeakMap();

  function handOver(panel, target) {
    const waits = targets.has(panel);
    targets.set(panel, target);
    if (waits) return;
    const deliver = () => {
      const door = panel.node.querySelector("[data-ebid-doorway]");
      if (!door || panel.node.dataset.ebidadminRan !== "true") return false;
      door.dispatchEvent(new CustomEvent("ebidadmin:target", { detail: targets.get(panel) }));
      targets.delete(panel);
      return true;
    };
    if (deliver()) return;
    const watch = new MutationObserver(() => {
      if (deliver()) watch.disconnect();
    });
    const wanted = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ebidadmin-ran"] };
    watch.observe(panel.node, wanted);
    panel.disposed.connect(() => watch.disconnect());
  }

  // The notebook and the target of this page's own address, once: a reload comes back to where the person stood.
  function askedByAddress() {
    const { hash, pathname, search } = window.location;
    if (!hash.startsWith(IN_ADDRESS)) return null;
    window.history.replaceState(window.history.state, "", pathname + search);
    return { path: decodeURIComponent(pathname.split("/").pop()), target: hash.slice(IN_ADDRESS.length) };
  }

  function followLinks(app, settings, treeUrl) {
    const linkOf = (event) => {
      const link = event.target instanceof Element ? event.target.closest("[data-ebid-open]") : null;
      return link && settings.byName.has(link.dataset.ebidOpen) ? link : null;
    };
    // For "open in a new tab": a notebook's address depends on where the server lives, which Python does not know.
    const address = (event) => {
      const link = linkOf(event);
      if (link?.tagName !== "A") return;
      const { ebidOpen, ebidTarget } = link.dataset;
      link.href = treeUrl + encodeURIComponent(ebidOpen) + (ebidTarget ? IN_ADDRESS + ebidTarget : "");
    };
    document.addEventListener("mouseover", address, true);
    document.addEventListener("focusin", address, true);
    document.addEventListener("click", (event) => {
      const link = linkOf(event);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      app.commands.execute(OPEN, { path: link.dataset.ebidOpen, target: link.dataset.ebidTarget });
    });
  }

  // The home screen opens by address; the tiles should be one click away behind it.
  async function keepLauncherOpen(app, PageConfig) {
    if (PageConfig.getOption("mode") === "single-document") return;
    await app.restored;
    app.shell.collapseLeft?.(); // the list of files is one click away; a screen needs the width
    const open = Array.from(app.shell.widgets("main")).some((widget) => widget.id.startsWith("launcher-"));
    if (!open) await app.commands.execute("launcher:create", { activate: false });
  }

  async function plugin() {
    const [{ INotebookTracker, NotebookActions }, { ILauncher }, { PageConfig, URLExt }, { notebookIcon }] =
      await Promise.all(
        ["@jupyterlab/notebook", "@jupyterlab/launcher", "@jupyterlab/coreutils", "@jupyterlab/ui-components"].map(module),
      );
    return {
      id: `${NAME}:plugin`,
      autoStart: true,
      requires: [INotebookTracker],
      optional: [ILauncher],
      activate(app, tracker, launcher) {
        const settings = settingsOf(PageConfig);
        if (!settings.notebooks.length) return;
        const style = document.createElement("style");
        style.textContent = STYLE + launcherStyle(settings.words.category);
        document.head.append(style);
        let asked = askedByAddress();
        const run = (panel) => {
          if (asked && settings.byName.has(asked.path) && panel.context.path === asked.path) {
            handOver(panel, asked.target);
            asked = null;
          }
          return showAsScreen(panel, settings, NotebookActions);
        };
        tracker.forEach(run);
        tracker.widgetAdded.connect((_, panel) => run(panel));
        addTiles(app, launcher, settings, notebookIcon);
        followLinks(app, settings, URLExt.join(PageConfig.getBaseUrl(), "lab/tree") + "/");
        if (launcher) void keepLauncherOpen(app, PageConfig);
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init(scope) {
      shared = scope;
    },
    async get(wanted) {
      if (wanted !== "./extension") throw new Error(`${NAME} has no ${wanted}`);
      const made = await plugin();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
