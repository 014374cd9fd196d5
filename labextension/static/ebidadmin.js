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
    .${SCREEN_CLASS} .jp-Cell, .${SCREEN_CLASS} .jp-OutputArea-output { padding: 0; overflow: visible; min-width: 0; }
    .${SCREEN_CLASS} :is(.jp-Cell-outputWrapper, .jp-OutputArea, .jp-OutputArea-child) { overflow: visible; }
    .${SCREEN_CLASS} :is(.jp-OutputArea, .jp-OutputArea-output) { min-width: 0; }
    .${SCREEN_CLASS} .jp-Notebook .jp-Cell.jp-mod-active .jp-Cell-outputWrapper { outline: none; }
    .ebidadmin-note { padding: 8px 16px; color: var(--jp-content-font-color1); font-size: 14px; }
    .ebidadmin-lost { position: sticky; top: 0; z-index: 20; background: var(--jp-warn-color3); font-weight: 600; }
    .${SCREEN_CLASS} [inert] { opacity: 0.6; }
    .jp-Launcher-content { display: flex; flex-direction: column; }
    `;

  // On paper stands the screen in front alone, as long as it is: nothing of JupyterLab, nothing cut off by its panels.
  const FRONT = `.${SCREEN_CLASS}:not(.lm-mod-hidden)`;
  const PRINT = `@media print {
    body:has(${FRONT}) :not(:has(${FRONT})):not(${FRONT}):not(${FRONT} *) { display: none !important; }
    html:has(${FRONT}), body:has(${FRONT}), body :has(${FRONT}), ${FRONT},
    ${FRONT} :is(.jp-Notebook, .jp-WindowedPanel-outer, .jp-WindowedPanel-inner, .jp-WindowedPanel-viewport, .jp-Cell, .jp-OutputArea,
      .jp-Cell-outputWrapper, .jp-OutputArea-child, .jp-OutputArea-output, .widget-box) {
      display: block !important; position: static !important; contain: none !important; overflow: visible !important;
      width: auto !important; height: auto !important; min-height: 0 !important; max-height: none !important;
      background: #fff !important; border: 0 !important; box-shadow: none !important; break-inside: auto !important;
    }
    @page { margin: 12mm; }
  }`;

  // A picture for each screen: one path in a square of 24, drawn for this program.
  const PICTURES = {
    "00_home": "M12 3 2.5 11.2 3.8 12.7 5 11.7V21h5.5v-6h3v6H19v-9.3l1.2 1 1.3-1.5z",
    "10_review_queue": "M9 2h6v2h4v18H5V4h4zm2.6 15.4 5.6-6.3-1.5-1.3-4.2 4.7-2.1-2-1.4 1.5z",
    "20_permits": "M4 2h11l4 4v7.3a5 5 0 0 0-6 8.7H4zm3 5v1.6h8V7zm0 4v1.6h6V11zm9 3.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
    "30_qualification_import": "M11 2h2v9h3.5L12 16.5 7.5 11H11zM3 14h2v5h14v-5h2v7H3z",
    "31_layout_maker": "M3 4h18v16H3zm2 2v4h4V6zm6 0v4h8V6zm-6 6v6h4v-6zm6 0v6h8v-6z",
    "40_card_walkthrough": "M2 5h20v14H2zm2.5 3v4.5H10V8zm0 7v1.6h9V15zM16 15v1.6h3.5V15z",
    "41_id_walkthrough": "M4 2h16v20H4zm8 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm-5.5 12h11c0-2.8-2.5-4.5-5.5-4.5S6.5 15.2 6.5 18z",
    "50_registrations": "M4 22V5l8-3 8 3v17h-6v-4h-4v4zM7 8v2h2V8zm4 0v2h2V8zm4 0v2h2V8zm-8 5v2h2v-2zm4 0v2h2v-2zm4 0v2h2v-2z",
    "60_audit": "M4 2h13v7.2a6 6 0 0 0-2-.1V4H6v16h4.2c.6.8 1.3 1.5 2.2 2H4zm4 4.5h5V8H8zm0 4h3V12H8zm7.5.5a4.5 4.5 0 0 1 3.7 7.1l2.8 2.8-1.4 1.4-2.8-2.8A4.5 4.5 0 1 1 15.5 11zm0 2a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "70_reports": "M3 3h2v16h16v2H3zm4 8h3v6H7zm5-4h3v10h-3zm5 6h3v4h-3z",
    "90_diagnosis": "M2 11h4.3l2.2-6h1.6l3.5 10.6L15.8 11H22v2h-4.8l-2.9 6.5h-1.5L9.2 9 7.7 13H2z",
  };

  const pictureOf = (path) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3 jp-icon-selectable" ` +
    `fill="#616161" fill-rule="evenodd" d="${path}"/></svg>`;

  // By the name of the notebook; one that the office itself listed has none and looks as notebooks do.
  function iconsOf(LabIcon, notebookIcon) {
    const made = new Map(
      Object.entries(PICTURES).map(([name, path]) => [
        `${name}.ipynb`,
        new LabIcon({ name: `ebidadmin:${name}`, svgstr: pictureOf(path) }),
      ]),
    );
    const onTabs = new Map(Array.from(made, ([name, icon]) => [name, icon.bindprops({ stylesheet: "mainAreaTab" })]));
    return { tile: (name) => made.get(name) ?? notebookIcon, tab: (name) => onTabs.get(name) };
  }

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
    runAgainAfterRestart(panel, note, settings.words, NotebookActions);
    tellOfConnection(panel, settings.words);
  }

  // The tab has the picture of its screen. Never its title: JupyterLab would rename the file to it.
  function pictureTab(panel, icons) {
    const { title } = panel;
    const picture = () => {
      const icon = icons.tab(panel.context.path);
      if (icon && title.icon !== icon) title.icon = icon;
    };
    title.changed.connect(picture); // JupyterLab gives it the picture of a notebook again now and then
    picture();
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
  function runAgainAfterRestart(panel, note, words, NotebookActions) {
    const made = noteOf("status", words.restarted);
    panel.node.addEventListener("click", () => made.remove(), true);
    panel.node.addEventListener("keydown", () => made.remove(), true);
    let restarting = false;
    panel.sessionContext.statusChanged.connect(async (_, status) => {
      if (status === "restarting" || status === "autorestarting") {
        if (restarting) return;
        restarting = true;
        panel.node.dataset.ebidadminRan = "false";
        made.remove();
        panel.content.node.prepend(note);
        NotebookActions.clearAllOutputs(panel.content);
      } else if (restarting && status === "idle") {
        restarting = false;
        await runScreen(panel, note, NotebookActions);
        panel.content.node.prepend(made); // until the person goes on: what was begun before is gone
      }
    });
  }

  // Without a connection JupyterLab would keep what is pressed and send it when there is one again, when nobody thinks of it any more.
  // So the screen says that it is lost and takes no press; what is shown and typed stays. Afterwards every part asks for what it missed.
  function tellOfConnection(panel, words) {
    const note = noteOf("alert", words.lost);
    note.classList.add("ebidadmin-lost");
    let lost = false;
    let keyboard = null;
    const parts = () => Array.from(panel.content.node.children).filter((part) => part !== note);
    panel.sessionContext.connectionStatusChanged.connect((_, status) => {
      if (panel.isDisposed) return;
      const now = status !== "connected" && (lost || panel.node.dataset.ebidadminRan === "true");
      if (now === lost) return;
      lost = now;
      if (lost) {
        keyboard = panel.content.node.contains(document.activeElement) ? document.activeElement : null;
        panel.content.node.prepend(note);
        for (const part of parts()) part.inert = true;
        return;
      }
      note.remove();
      for (const part of parts()) part.inert = false;
      keyboard?.focus();
      for (const part of panel.node.querySelectorAll(".ebid")) part.dispatchEvent(new Event("ebidadmin:again"));
    });
  }

  function noteOf(role, text) {
    const note = document.createElement("div");
    note.className = "ebidadmin-note";
    note.setAttribute("role", role);
    note.textContent = text;
    return note;
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

  function addTiles(app, launcher, settings, icons) {
    app.commands.addCommand(OPEN, {
      label: (args) => settings.byName.get(args.path)?.title ?? "",
      caption: (args) => settings.byName.get(args.path)?.caption ?? "",
      icon: (args) => icons.tile(args.path),
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

  function followLinks(app, settings, treeUrl, guideUrl) {
    const linkOf = (event) => {
      const link = event.target instanceof Element ? event.target.closest("[data-ebid-open]") : null;
      return link && settings.byName.has(link.dataset.ebidOpen) ? link : null;
    };
    // For "open in a new tab": a notebook's address depends on where the server lives, which Python does not know.
    const address = (event) => {
      const link = linkOf(event);
      if (link?.tagName === "A") {
        const { ebidOpen, ebidTarget } = link.dataset;
        link.href = treeUrl + encodeURIComponent(ebidOpen) + (ebidTarget ? IN_ADDRESS + ebidTarget : "");
      }
      const help = event.target instanceof Element ? event.target.closest("a[data-ebid-guide]") : null;
      if (help) help.href = `${guideUrl}#${encodeURIComponent(help.dataset.ebidGuide)}`;
    };
    document.addEventListener("mouseover", address, true);
    document.addEventListener("focusin", address, true);
    document.addEventListener("click", address, true);
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
    const [{ INotebookTracker, NotebookActions }, { ILauncher }, { PageConfig, URLExt }, { LabIcon, notebookIcon }] =
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
        style.textContent = STYLE + PRINT + launcherStyle(settings.words.category);
        document.head.append(style);
        const icons = iconsOf(LabIcon, notebookIcon);
        let asked = askedByAddress();
        const run = (panel) => {
          if (asked && settings.byName.has(asked.path) && panel.context.path === asked.path) {
            handOver(panel, asked.target);
            asked = null;
          }
          pictureTab(panel, icons);
          return showAsScreen(panel, settings, NotebookActions);
        };
        tracker.forEach(run);
        tracker.widgetAdded.connect((_, panel) => run(panel));
        addTiles(app, launcher, settings, icons);
        const base = PageConfig.getBaseUrl();
        followLinks(app, settings, URLExt.join(base, "lab/tree") + "/", URLExt.join(base, settings.guide));
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
