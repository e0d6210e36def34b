// What the pages cannot do in HTML alone. Everything here is an extra: each page works without it.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  // ---- Polling stops in hidden tabs and catches up when the tab is seen again.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (document.hidden && event.target.closest("[data-poll]")) event.preventDefault();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) return;
    document.querySelectorAll("[data-poll]").forEach(function (part) { window.htmx.trigger(part, "seen"); });
  });

  // ---- A fragment that arrives does not close what the reader has opened.
  var opened = new Set();
  document.addEventListener("htmx:beforeSwap", function (event) {
    // A preview that is overtaken by its form's own saving must not replace the saved bill.
    if (event.target.id === "bill" && !document.contains(event.detail.requestConfig.elt)) event.detail.shouldSwap = false;
    opened = new Set();
    event.target.querySelectorAll("details[open][id]").forEach(function (part) { opened.add(part.id); });
  });
  document.addEventListener("htmx:load", function (event) {
    event.target.querySelectorAll("details[id]").forEach(function (part) {
      if (opened.has(part.id)) part.open = true;
    });
    prepare(event.target);
  });

  // ---- Fields that matter only under a setting are shown with it.
  function showConditional(form) {
    form.querySelectorAll("[data-shown-when]").forEach(function (field) {
      var wanted = field.dataset.shownWhen.split("=");
      var control = form.elements.namedItem(wanted[0]);
      if (!control) return;
      var value = control.type === "checkbox" ? String(control.checked) : control.value;
      field.hidden = value !== wanted[1];
      // What is hidden is not sent: the settings leave it unread.
      field.querySelectorAll("input, select").forEach(function (each) { each.disabled = field.hidden; });
    });
  }
  document.addEventListener("input", function (event) {
    if (event.target.form) showConditional(event.target.form);
  });

  function prepare(part) {
    var forms = part.matches && part.matches("form") ? [part] : part.querySelectorAll("form");
    forms.forEach(showConditional);
    part.querySelectorAll("[data-copy]").forEach(function (button) { button.hidden = false; });
  }

  // ---- A dialog is the confirm page's fragment, opened in place; Esc and focus are the browser's own.
  document.addEventListener("htmx:afterSwap", function (event) {
    var dialog = event.detail.target;
    if (dialog.id !== "dialog" || dialog.open || !dialog.firstElementChild) return;
    var title = dialog.querySelector("h1, h2");
    if (title) { title.id = "dialog-title"; dialog.setAttribute("aria-labelledby", title.id); }
    dialog.showModal();
  });
  document.addEventListener("click", function (event) {
    var closer = event.target.closest("dialog [data-close]");
    if (closer) { event.preventDefault(); closer.closest("dialog").close(); }

    var copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);

    // A menu closes once something in it, or beside it, is chosen; a dialog then gives its focus back to it.
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
      else if (event.target.closest("[hx-target='#dialog']")) { menu.open = false; menu.firstElementChild.focus(); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  function copyText(button) {
    var source = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(source.textContent.trim()).then(function () {
      var before = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(function () { button.textContent = before; }, 1600);
    });
  }

  // ---- The theme changes at once; the cookie tells the server for the next page.
  document.addEventListener("submit", function (event) {
    var form = event.target.closest("[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    var theme = event.submitter.value;
    document.cookie = "theme=" + theme + ";path=/;max-age=31536000;samesite=lax";
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    form.querySelectorAll("button").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    });
  });

  // ---- An answer the page cannot use is said in words instead of silence.
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr;
    if (answer.status === 429) say("busy", answer.getResponseHeader("Retry-After"));
    else say("failed");
  });
  document.addEventListener("htmx:sendError", function () { say("offline"); });
  document.addEventListener("htmx:afterOnLoad", function (event) {
    // It follows refusals too, which must stay to be read; 422 is an answer: the form with its messages.
    var status = event.detail.xhr.status;
    if (status < 400 || status === 422) say("");
  });
  function say(kind, seconds) {
    var notice = document.getElementById("trouble");
    if (!notice) return;
    notice.hidden = !kind;
    var words = notice.querySelector("[data-words]");
    if (kind) words.textContent = notice.dataset[kind].replace("{seconds}", seconds || "1");
  }

  document.addEventListener("DOMContentLoaded", function () { prepare(document.body); });
})();
