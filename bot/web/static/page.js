// Makes the forms smoother where scripts run; without them the same forms work by themselves.
(function () {
  'use strict';
  if (!window.fetch || !window.DOMParser || !window.URLSearchParams || !window.FormData) return;
  var PATIENCE_MS = 15000, SLOW_MS = 700;
  var busy = false, tapped = null, clock = null, left = 0;

  function one(selector, root) { return (root || document).querySelector(selector); }
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function word(name) { return document.body.getAttribute('data-' + name) || ''; }
  function announce(text) { one('#live').textContent = text; }
  function name(element) { return element.textContent.trim(); }

  // ---- sending a form and putting its answer in place ----
  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('button');
    if (button) tapped = button;
    if (button && button.hasAttribute('data-copy')) copy(button);
  });

  document.addEventListener('submit', function (event) {
    var form = event.target, button = event.submitter || tapped;
    if (form.method !== 'post' || event.defaultPrevented) return;
    if (button && button.hasAttribute('formaction')) return;  // a file, which no page replaces
    event.preventDefault();
    if (busy) return;  // a double tap is one tap
    var body = new FormData(form);
    if (form.enctype !== 'multipart/form-data') body = new URLSearchParams(body);  // shorter
    if (button && button.name && button.form === form) body.append(button.name, button.value);
    send({ url: form.getAttribute('action'), body: body, button: button, form: form, keeps: form.hasAttribute('data-keeps') });
  });

  function send(request) {
    var stop = window.AbortController ? new AbortController() : null;
    var button = request.button;
    busy = true;
    all('.retry').forEach(function (old) { old.remove(); });
    document.body.setAttribute('aria-busy', 'true');
    if (button) { button.classList.add('sending'); button.setAttribute('aria-disabled', 'true'); }
    var slow = setTimeout(function () { announce(word('sending')); }, SLOW_MS);
    var patience = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE_MS);
    function finished() {
      clearTimeout(slow); clearTimeout(patience);
      busy = false;
      document.body.removeAttribute('aria-busy');
      if (button) { button.classList.remove('sending'); button.removeAttribute('aria-disabled'); }
    }
    fetch(request.url, { method: 'POST', body: request.body, credentials: 'same-origin', signal: stop ? stop.signal : undefined })
      .then(function (response) {
        if (response.redirected) { window.location.assign(response.url); return null; }  // it leads elsewhere
        return response.text().then(function (html) {
          var page = new DOMParser().parseFromString(html, 'text/html');
          if (!one('main h1', page)) throw new Error('not our page');
          finished();
          show(page, request, response.headers.get('Content-Location'));
        });
      })
      .catch(function () { finished(); offerAgain(request); });
  }

  function show(page, request, place) {
    var before = one('h1'), heading = before ? before.textContent : '';
    ['header', 'main', 'footer'].forEach(function (part) { one(part).replaceWith(one(part, page)); });
    all('.skip, #retry', page).forEach(function (fresh) {
      one(fresh.id ? '#' + fresh.id : '.skip').replaceWith(fresh);
    });
    Array.prototype.slice.call(page.body.attributes).forEach(function (attribute) {
      document.body.setAttribute(attribute.name, attribute.value);
    });
    if (request.form.hasAttribute('data-message')) request.form.remove();  // it is answered
    all('head script[src]', page).forEach(load);
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    if (place) history.replaceState(null, '', place);
    announce(all('[data-announce]').map(name).join(' '));
    enliven();
    refocus(request, heading);
  }

  // Who has just joined gets messages from now on.
  function load(script) {
    var source = script.getAttribute('src'), fresh = document.createElement('script');
    if (one('head script[src="' + source + '"]')) return;
    fresh.src = source;
    document.head.appendChild(fresh);
  }

  // A toggle keeps its place and its focus; a new page is read from its heading.
  function refocus(request, heading) {
    var fresh = one('main h1'), button = request.button, twin = null;
    var stays = fresh.textContent === heading || request.keeps;
    if (stays && button && button.hasAttribute('aria-pressed')) {
      twin = all('main button[aria-pressed]').filter(function (other) { return name(other) === name(button); })[0];
    }
    if (twin) { twin.focus({ preventScroll: true }); return; }
    fresh.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function offerAgain(request) {
    var panel = document.importNode(one('#retry').content, true).firstElementChild;
    one('main .wrap').appendChild(panel);
    one('button', panel).addEventListener('click', function () { send(request); });
    one('button', panel).focus();
  }

  // ---- small comforts ----
  function copy(button) {
    var text = button.getAttribute('data-copy');
    function done() {
      var label = name(button);
      button.textContent = word('copied'); announce(word('copied'));
      setTimeout(function () { button.textContent = label; }, 2500);
    }
    function byHand() {
      var range = document.createRange(), selection = window.getSelection();
      range.selectNodeContents(one('.digits', button.parentNode));
      selection.removeAllRanges(); selection.addRange(range);
      if (document.execCommand('copy')) done();
    }
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, byHand); else byHand();
  }

  function count(field) {
    var most = Number(field.getAttribute('maxlength')), counter = document.createElement('p');
    counter.className = 'hint'; counter.hidden = true;
    field.insertAdjacentElement('afterend', counter);
    field.addEventListener('input', function () {
      counter.hidden = field.value.length < most * 0.8;
      counter.textContent = word('left').replace('#', most - field.value.length);
    });
  }

  // ---- the tablet on the counter starts over when nobody touches it ----
  function tick() {
    left -= 1;
    if (left <= 0 && !busy) { clearInterval(clock); location.replace(word('restarts')); return; }
    draw();
  }
  function draw() {
    var bar = one('.clock');
    if (!bar) return;
    bar.hidden = false;
    one('progress', bar).value = Math.max(left, 0);
    one('span', bar).textContent = word('clock').replace('#', Math.max(left, 0));
  }
  function restart() {
    if (!word('restarts')) return;
    clearInterval(clock);
    left = Number(word('seconds'));
    clock = setInterval(tick, 1000);
    if (!one('.clock').hidden) draw();  // else from the first second on
  }
  ['pointerdown', 'keydown', 'input', 'scroll'].forEach(function (kind) {
    document.addEventListener(kind, restart, { passive: true, capture: true });
  });

  function enliven() {
    all('.copy').forEach(function (button) { button.hidden = false; });
    all('textarea[maxlength]').forEach(count);
    if (document.body.hasAttribute('data-touched')) restart();
  }
  window.addEventListener('pageshow', function (event) { if (event.persisted) busy = false; });
  enliven();
}());
