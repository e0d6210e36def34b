// "Try it" on the API reference: sends what the form says and shows the answer. The key stays in this tab.
(function () {
  "use strict";
  var KEPT = "mockupaws.api-key";
  var form = document.querySelector("[data-try]");
  if (!form) return;
  var part = function (name) { return form.querySelector("[data-" + name + "]"); };
  var key = part("key");
  var file = part("file");

  if (key) {
    key.value = sessionStorage.getItem(KEPT) || "";
    key.addEventListener("input", function () { sessionStorage.setItem(KEPT, key.value.trim()); });
    part("forget").addEventListener("click", function () {
      sessionStorage.removeItem(KEPT);
      key.value = "";
      key.focus();
    });
  }

  function say(text) { part("status").textContent = text; }

  // What was filled in, by place; null when something needed is empty, which then has the focus.
  function filledIn() {
    var found = { path: form.dataset.path, query: new URLSearchParams(), headers: {} };
    var fields = form.querySelectorAll("[data-parameter]");
    for (var index = 0; index < fields.length; index += 1) {
      var field = fields[index];
      var name = field.dataset.parameter;
      var value = field.value.trim();
      if (!value && "required" in field.dataset) {
        say(form.dataset.missing.replace("{name}", name));
        field.focus();
        return null;
      }
      if (!value) continue;
      if (field.dataset.place === "path") found.path = found.path.replace("{" + name + "}", encodeURIComponent(value));
      else if (field.dataset.place === "query") found.query.append(name, value);
      else found.headers[name] = value;
    }
    return found;
  }

  function requestOf(found) {
    var options = { method: form.dataset.method, headers: found.headers, credentials: "omit", cache: "no-store" };
    var body = part("body");
    if (key && key.value.trim()) found.headers.Authorization = "Bearer " + key.value.trim();
    if (body && body.value) {
      var chosen = form.querySelector("select[data-type]");
      found.headers["Content-Type"] = chosen ? chosen.value : body.dataset.type;
      options.body = body.value;
    }
    return options;
  }

  function pretty(text) {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch (error) { return text; }
  }

  // An attachment is offered as a file; anything else is shown.
  function shown(response, bytes) {
    if (file.href) URL.revokeObjectURL(file.href);
    file.removeAttribute("href");
    var saved = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") || "");
    file.hidden = !saved;
    if (!saved) return pretty(new TextDecoder().decode(bytes));
    file.href = URL.createObjectURL(new Blob([bytes], { type: response.headers.get("Content-Type") }));
    file.download = saved[1];
    return form.dataset.binary.replace("{n}", bytes.byteLength);
  }

  function show(response, bytes, duration) {
    say(response.status + " " + response.statusText + " · " + Math.round(duration) + " ms");
    var lines = [];
    response.headers.forEach(function (value, name) { lines.push(name + ": " + value); });
    part("headers").textContent = lines.join("\n");
    part("content").textContent = shown(response, bytes);
    part("content").hidden = !bytes.byteLength;
    part("answer").hidden = false;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var found = filledIn();
    if (!found) return;
    var button = form.querySelector(".primary");
    var query = found.query.toString();
    var began = performance.now();
    button.disabled = true;
    say(form.dataset.waiting);
    fetch(found.path + (query ? "?" + query : ""), requestOf(found))
      .then(function (response) {
        return response.arrayBuffer().then(function (bytes) { show(response, bytes, performance.now() - began); });
      })
      .catch(function () {
        part("answer").hidden = true;
        say(form.dataset.unreached);
      })
      .finally(function () { button.disabled = false; });
  });
})();
